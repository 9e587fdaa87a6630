"""What a contestant is told: one JSON file."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from schemas.topics import BEDSIDE
from services.control.bench.bench_topics import RIVAL_OUTPUTS
from services.runtime.settings import KafkaSettings
from services.runtime.topics import topic_name


@dataclass(frozen=True, slots=True)
class Task:
    """Where the records are and what is known of the ward.

    Attributes:
        patients: of the admitted ward; a contestant that keeps state computes it anew.
        ends: of each partition, where the log ends.
        counting: path of the shared count.
        folder: where the contestant may write.
    """

    bootstrap_servers: str
    topic_prefix: str
    partitions: int
    patients: int
    ends: list[int]
    counting: str
    folder: str

    @property
    def kafka(self) -> KafkaSettings:
        """As settings."""
        return KafkaSettings(
            bootstrap_servers=self.bootstrap_servers, topic_prefix=self.topic_prefix, partitions=self.partitions
        )

    @property
    def bedside(self) -> str:
        """The topic's full name."""
        return topic_name(self.topic_prefix, BEDSIDE)

    @property
    def outputs(self) -> str:
        """Full name of the topic for what a contestant says."""
        return topic_name(self.topic_prefix, RIVAL_OUTPUTS)

    @property
    def ends_by_partition(self) -> dict[int, int]:
        """Where each partition of it ends."""
        return dict(enumerate(self.ends))

    def write(self, path: Path) -> None:
        """Into a file."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")


def read_task(path: str) -> Task:
    """Out of the file that the command line names."""
    return Task(**json.loads(Path(path).read_text(encoding="utf-8")))
