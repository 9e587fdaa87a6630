"""Every topic, once: what is in it, who writes, who reads, how long it is kept, who may read it.

Topics are created from this, and the README's table, AsyncAPI and the deployment are rendered from it.
"""

from dataclasses import dataclass, field
from typing import Any

from schemas.alarms import Alarms
from schemas.bedside import Bedside
from schemas.deliveries import Delivery
from schemas.escalations import Escalation
from schemas.estimates import Estimate
from schemas.evidence import Evidence
from schemas.rejected import Rejected
from schemas.responses import Response

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic.

    Attributes:
        name: without the prefix of the installation.
        model: the type of its records; None where the owner alone reads it.
        key: what the record key is.
        partitions: a fixed count, or None to share `CRSWATCH_PARTITIONS` with all patient topics.
        retention_ms: how long records are kept; None where the topic is compacted.
        readers: who may read it, in words; access lists are made from producer and consumers.
    """

    name: str
    description: str
    model: Any
    key: str
    producers: tuple[str, ...]
    consumers: tuple[str, ...]
    retention_ms: int | None
    readers: str
    partitions: int | None = None
    config: dict[str, str] = field(default_factory=dict)

    @property
    def compacted(self) -> bool:
        """True where only the newest record of a key has to stay."""
        return self.retention_ms is None

    @property
    def partitioned(self) -> bool:
        """True where the partition count is `CRSWATCH_PARTITIONS`."""
        return self.partitions is None

    def settings(self) -> dict[str, str]:
        """Kafka's topic settings, the retention included."""
        kept = (
            {"cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.1", "max.compaction.lag.ms": "600000"}
            if self.retention_ms is None
            else {"cleanup.policy": "delete", "retention.ms": str(self.retention_ms)}
        )
        return kept | self.config


PATIENT = "patient_id in UTF-8"
# What the grader says has the time of the bedside record it follows from, however wrong the broker's clock was then:
# Kafka refuses what is more than an hour ahead, and what is refused once would be refused after every restart.
ANY_TIME = {"message.timestamp.after.max.ms": str(2**63 - 1)}

BEDSIDE = Topic(
    "crs.bedside.v1",
    "Vitals, charted events, handovers, rule activations and ticks: one order for everything that matters.",
    Bedside,
    f"{PATIENT}; none for ticks and rule activations",
    ("ingest", "dashboard", "grader"),
    ("grader", "dashboard"),
    7 * DAY_MS,
    "services",
    # One clock for all records, so the broker's. Never written in transactions: their markers take offsets.
    config={"message.timestamp.type": "LogAppendTime"},
)
ESTIMATES = Topic(
    "crs.estimates.v1",
    "The estimated grade of each patient as an interval, with reasons.",
    Estimate,
    PATIENT,
    ("grader",),
    ("dashboard",),
    None,
    "services",
    config=ANY_TIME,
)
ESCALATIONS = Topic(
    "crs.escalations.v1",
    "What somebody must act on, and the end of it.",
    Escalation,
    f"{PATIENT}; the unit for unit_silent",
    ("grader", "notifier", "ingest"),
    ("notifier", "dashboard"),
    30 * DAY_MS,
    "services",
    config=ANY_TIME,
)
EVIDENCE = Topic(
    "crs.evidence.v1",
    "State before, deciding record and time of each escalation: what explain recomputes from.",
    Evidence,
    PATIENT,
    ("grader",),
    ("control",),
    90 * DAY_MS,
    "operators",
    config={"max.message.bytes": "8388608", **ANY_TIME},
)
RESPONSES = Topic(
    "crs.responses.v1",
    "Acknowledgements, snoozes, declines, notes and feedback.",
    Response,
    PATIENT,
    ("dashboard",),
    ("notifier",),
    90 * DAY_MS,
    "services",
)
ALARMS = Topic(
    "crs.alarms.v1",
    "Open and latched alarms of each patient, as the notifier decided.",
    Alarms,
    PATIENT,
    ("notifier",),
    ("dashboard",),
    None,
    "services",
)
DELIVERIES = Topic(
    "crs.deliveries.v1",
    "Every attempt to reach somebody and how it ended.",
    Delivery,
    PATIENT,
    ("notifier",),
    ("dashboard",),
    30 * DAY_MS,
    "services",
)
REJECTED = Topic(
    "crs.rejected.v1",
    "Refused bytes with the reason; nothing refused is lost.",
    Rejected,
    "the record's own key (above 1 MiB its beginning), or none",
    ("ingest", "grader", "notifier"),
    ("control",),
    7 * DAY_MS,
    "operators only",
    partitions=3,
    # Room for the longest key and, in base64, the most bytes that are kept (schemas/rejected.py).
    config={"max.message.bytes": "2097152", **ANY_TIME},
)
GRADER_STATE = Topic(
    "crs.grader-state.v1",
    "The grader's checkpoints: buckets of patients and a manifest per partition, written in transactions.",
    None,
    "bucket or manifest name",
    ("grader",),
    ("grader",),
    None,
    "grader only",
    config={"segment.bytes": "16777216", "max.compaction.lag.ms": "60000", "max.message.bytes": "16777216"},
)

TOPICS: tuple[Topic, ...] = (
    BEDSIDE,
    ESTIMATES,
    ESCALATIONS,
    EVIDENCE,
    RESPONSES,
    ALARMS,
    DELIVERIES,
    REJECTED,
    GRADER_STATE,
)
