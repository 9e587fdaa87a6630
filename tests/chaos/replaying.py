"""What one undisturbed process, without Kafka, says of the recorded bedside topic, ticks included."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from schemas.bedside import TICK
from schemas.encoding import canonical
from schemas.reasons import Refusal
from services.grader.addressing import with_its_bytes
from services.grader.engine import Origin, Output
from services.grader.engine.partition import Partition
from services.grader.intake import read, rejection

NAMES = {"escalations": "escalation_id", "evidence": "escalation_id", "rejected": "rejected_id"}

Said = tuple[str, bytes]


@dataclass
class Replayed:
    """What the undisturbed process says.

    Attributes:
        said: by short topic name, what has an id there: id and content.
        estimates: every estimate that is true of a patient at a revision, sent or not.
        standing: the last one of everybody who is still here.
        gone: whose estimate was taken off the topic.
        written: records that it writes into the bedside topic itself.
    """

    said: dict[str, set[Said]] = field(default_factory=lambda: {name: set() for name in NAMES})
    estimates: set[bytes] = field(default_factory=set)
    standing: dict[str, dict[str, Any]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    written: set[bytes] = field(default_factory=set)

    def take(self, outputs: Iterable[Output]) -> None:
        for topic, key, value in outputs:
            if value is None:
                self.gone.add(key)
            elif topic == "bedside":
                self.written.add(canonical(value))
            elif topic in NAMES:
                self.said[topic].add((value[NAMES[topic]], canonical(value)))
            else:
                self.gone.discard(key)
                self.estimates.add(canonical(value))


def replayed(records: Iterable[Any], partitions: int) -> Replayed:
    """Each partition's records through an engine of its own, in the order of the log."""
    engines = [Partition(watch_all=True) for _ in range(partitions)]
    found = Replayed()
    for record in records:
        engine = engines[record.partition]
        found.take(_outputs(engine, record, partitions))
        touched, engine.touched = engine.touched, set()
        found.take(engine.standing(sorted(touched)))
    for engine in engines:
        found.standing |= {output.key: output.value for output in engine.standing(engine.patients) if output.value}
    return found


def _outputs(engine: Partition, record: Any, partitions: int) -> Iterable[Output]:
    event = read(record, partitions)
    if isinstance(event, Refusal):
        return [Output("rejected", "", rejection(record, event))]
    clock_ms = max(engine.clock_ms, record.timestamp)
    if event["schema"] == TICK:
        return engine.advance(clock_ms)
    outputs = engine.apply(event, clock_ms=clock_ms, origin=Origin(record.topic, record.partition, record.offset))
    return [_with_its_bytes(output, record.value) for output in outputs]


def _with_its_bytes(output: Output, body: bytes) -> Output:
    """A refused record is kept as it came."""
    rejected = output.topic == "rejected" and output.value is not None
    return output._replace(value=with_its_bytes(output.value, body)) if rejected else output
