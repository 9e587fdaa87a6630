"""An engine some of whose patients could not be restored: they are set aside until they are back from the log.

Everybody else is graded as always. What concerns who is set aside is left to the engine that rebuilds them from the
same records, `rebuilding.py`: it grades each of those records as well, so none goes by ungraded.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from services.grader.buckets import bucket_of
from services.grader.engine import Engine, Heard, Origin, Output, Portion, TakenIn
from services.grader.stored.patients import upgraded


class Aside:
    """An engine for the patients who could be read; see `engine.Engine` for what its methods promise.

    Args:
        engine: grades them, and everybody once `join` was called.
        buckets: numbers of the buckets that could not be read.
        everybody: nothing could be read.
    """

    def __init__(self, engine: Engine, *, buckets: frozenset[int], everybody: bool) -> None:
        self.engine = engine
        self.patients: set[str] = set()
        self.buckets, self._everybody = buckets, everybody

    def __contains__(self, patient_id: str) -> bool:
        """Whether this patient is set aside."""
        return self._everybody or patient_id in self.patients or bucket_of(patient_id) in self.buckets

    @property
    def is_needed(self) -> bool:
        """Whether anybody may be set aside at all."""
        return self._everybody or bool(self.buckets) or bool(self.patients)

    @property
    def clock_ms(self) -> int:
        """Of the engine."""
        return self.engine.clock_ms

    @clock_ms.setter
    def clock_ms(self, clock_ms: int) -> None:
        self.engine.clock_ms = clock_ms

    @property
    def touched(self) -> set[str]:
        """Of the engine."""
        return self.engine.touched

    @touched.setter
    def touched(self, touched: set[str]) -> None:
        self.engine.touched = touched

    @property
    def rules_hash(self) -> str:
        """Of the engine."""
        return self.engine.rules_hash

    def resume(self, rules_hash: str) -> bool:
        """As the engine does."""
        return self.engine.resume(rules_hash)

    def take_in(self, heard: Iterable[Heard], _covered_upto: int) -> TakenIn:
        """Nothing is taken in the short way meanwhile."""
        return TakenIn(0, None, next(iter(heard), None))

    def applying(self, record: dict[str, Any], *, clock_ms: int, origin: Origin) -> Iterator[Portion]:
        """Nothing of who is set aside."""
        if "patient_id" in record and record["patient_id"] in self:
            return iter([Portion((), is_last=True)])
        return self.engine.applying(record, clock_ms=clock_ms, origin=origin)

    def advancing(self, now_ms: int) -> Iterator[Portion]:
        """As the engine does."""
        return self.engine.advancing(now_ms)

    def encoded(self, patient_id: str) -> Any:
        """As the engine does."""
        return self.engine.encoded(patient_id)

    def restore(self, patients: Mapping[str, Any], clock_ms: int) -> None:
        """Take over who can be read, and set the others aside."""
        try:
            self.engine.restore({name: upgraded(stored) for name, stored in patients.items()}, clock_ms)
        except Exception:
            for patient_id, stored in patients.items():
                self._restore_one(patient_id, stored, clock_ms)

    def _restore_one(self, patient_id: str, stored: Any, clock_ms: int) -> None:
        try:
            self.engine.restore({patient_id: upgraded(stored)}, clock_ms)
        except Exception:  # whatever is wrong with it; how many there are is logged by who asked
            self.patients.add(patient_id)

    def begin_after(self, lost: int) -> None:
        """As the engine does."""
        self.engine.begin_after(lost)

    def standing(self, patient_ids: Iterable[str]) -> Iterable[Output]:
        """Of who is not set aside."""
        return self.engine.standing([patient_id for patient_id in patient_ids if patient_id not in self])

    def lost(self, first: Origin, last_offset: int) -> Iterable[Output]:
        """Of who is not set aside."""
        return self.engine.lost(first, last_offset)

    def join(self, apart: Engine) -> Engine:
        """The engine, with the patients of another one that has graded just as far; from now on it grades all."""
        if self._everybody:
            self.engine.resume(apart.rules_hash)
        stored = {patient_id: apart.encoded(patient_id) for patient_id in sorted(apart.touched)}
        there = {patient_id: state for patient_id, state in stored.items() if state is not None}
        self.engine.restore(there, apart.clock_ms)
        self.engine.touched |= there.keys() | self.patients
        self.patients, self.buckets, self._everybody = set(), frozenset(), False
        return self.engine
