"""The shipped engine with a single patient in it: what a framework keeps a patient, one a key."""

from services.control.bench.admitted import AdmittedWard
from services.control.bench.task import Task
from services.control.bench.ward_stream import patient_name
from services.grader.engine import Origin, Output
from services.grader.engine.partition import Partition


class OnePatient:
    """Restored from stored bytes, and stored again at any time."""

    __slots__ = ("_engine", "name")

    def __init__(self, name: str, stored: bytes | None, clock_ms: int) -> None:
        self.name, self._engine = name, Partition()
        if stored is not None:
            self._engine.restore({name: stored}, clock_ms)

    def grade(self, record: dict[str, object], observed_ms: int | None, clock_ms: int, origin: Origin) -> list[Output]:
        """As the shipped shell asks the engine: what is common first, everything else the long way."""
        engine = self._engine
        clock_ms = max(engine.clock_ms, clock_ms)
        if observed_ms is not None and engine.take(record, observed_ms, clock_ms, origin.offset):
            return []
        return engine.apply(record, clock_ms=clock_ms, origin=origin)

    def stored(self) -> bytes:
        """As in a checkpoint."""
        return self._engine.encoded(self.name) or b""


def admitted(task: Task) -> dict[str, bytes]:
    """Everybody as stored when the log begins, by name."""
    ward = AdmittedWard(task.patients)
    return {patient_name(number): ward.stored(number) for number in range(task.patients)}
