"""What the board remembers about one bed: the newest word of every topic, nothing computed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from services.dashboard.trends import Trends

Event = Mapping[str, Any]

SIGNS = ("temperature_c", "heart_rate_bpm", "sbp_mmhg", "dbp_mmhg", "map_mmhg", "resp_rate_bpm", "spo2_pct")


class Reading(NamedTuple):
    """The newest live value of one sign."""

    value: float
    observed_ms: int
    source: str
    event_id: str
    bp_source: str = ""


class Origin(NamedTuple):
    """Where a record stands in Kafka, and when the broker appended it."""

    topic: str
    partition: int
    offset: int
    appended_ms: int

    @property
    def event_id(self) -> str:
        """The id of the server-sent event that this record causes."""
        return f"{self.topic}/{self.partition}/{self.offset}"


class Raised(NamedTuple):
    """An escalation as read, with the time the broker took it."""

    event: Event
    appended_ms: int


@dataclass(slots=True)
class Bed:
    """One patient in one bed, or a whole unit where an escalation concerns all of it."""

    patient_id: str
    partition: int = 0
    unit: str = ""
    bed: str = ""
    present: bool = True
    estimate: Event | None = None
    alarms: Event | None = None
    alarms_appended_ms: int = 0
    readings: dict[str, Reading] = field(default_factory=dict)
    escalations: dict[str, Raised] = field(default_factory=dict)
    resolved: dict[str, str] = field(default_factory=dict)
    deliveries: dict[str, dict[tuple[str, str, int], Event]] = field(default_factory=dict)
    sent: dict[str, Event] = field(default_factory=dict)
    trends: Trends = field(default_factory=Trends)

    def place(self, event: Event) -> None:
        """Take unit and bed from any record that names them."""
        self.unit = event.get("unit", self.unit)
        self.bed = event.get("bed", self.bed)
