"""What the shell asks of the engine. The engine is `partition.Partition`; tests put another one in its place."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple, Protocol


class Origin(NamedTuple):
    """Where a record lies."""

    topic: str
    partition: int
    offset: int


class Output(NamedTuple):
    """Something to publish; `topic` is the short name, and a value of None takes the key out of a compacted topic."""

    topic: Literal["estimates", "escalations", "evidence", "rejected", "bedside"]
    key: str
    value: dict[str, Any] | None


class Portion(NamedTuple):
    """Part of what follows from a record; with the last one the record is applied whole, and its clock is reached."""

    outputs: Iterable[Output]
    is_last: bool


# A record with its `offset` and `timestamp`, what was read of it (maybe as `schemas/rates.py`), and when vitals were
# observed: None beside everything that is no event of vitals.
Heard = tuple[Any, Any, int | None]


class TakenIn(NamedTuple):
    """How many common records came first, the last of them, and the first other one; None where there is none."""

    many: int
    last: Any
    other: Heard | None


class Engine(Protocol):
    """The patients of one partition and its clock: pure, without Kafka."""

    clock_ms: int
    touched: set[str]

    @property
    def rules_hash(self) -> str:
        """Of the rule set in force."""

    def resume(self, rules_hash: str) -> bool:
        """Before restoring: the rule set that was in force; False if this engine does not have it."""

    def take_in(self, heard: Iterable[Heard], covered_upto: int) -> TakenIn:
        """Take in vitals about which nothing is said, up to the first other record: go on there with `applying`.

        What lies before `covered_upto` is none of them.
        """

    def applying(self, record: dict[str, Any], *, clock_ms: int, origin: Origin) -> Iterator[Portion]:
        """Deadlines strictly before the clock, then the record; states may be stored between two portions."""

    def advancing(self, now_ms: int) -> Iterator[Portion]:
        """All deadlines up to and including now."""

    def encoded(self, patient_id: str) -> bytes | None:
        """A patient for a checkpoint; None for a patient that is not kept any more."""

    def restore(self, patients: Mapping[str, bytes], clock_ms: int) -> None:
        """Take over stored patients."""

    def begin_after(self, lost: int) -> None:
        """Before the first record: those before that offset are gone, and ids they gave must not be given again."""

    def standing(self, patient_ids: Iterable[str]) -> Iterable[Output]:
        """What was last shown of patients, again: nothing changes by it."""

    def lost(self, first: Origin, last_offset: int) -> Iterable[Output]:
        """What is said of all patients when records from `first` to `last_offset` are gone for good."""


EngineFactory = Callable[[int], Engine]
