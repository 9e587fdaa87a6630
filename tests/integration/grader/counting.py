"""An engine that counts: every third record of a patient escalates. What the shell does, whatever the rules say.

Run as a module it is a grader process of its own.
"""

import sys
from collections.abc import Iterable, Iterator

from services.grader.engine import Heard, Origin, Output, Portion, TakenIn
from services.grader.process import run
from services.grader.settings import GraderSettings
from services.runtime import logs

EVERY = 3


class Counting:
    """Patients are numbers."""

    def __init__(self, _number: int) -> None:
        self.clock_ms = 0
        self.patients: dict[str, int] = {}
        self.touched: set[str] = set()
        self.rules_hash = "counting"

    def take_in(self, heard: Iterable[Heard], _covered_upto: int) -> TakenIn:
        return TakenIn(0, None, next(iter(heard), None))

    def apply(self, record: dict, *, clock_ms: int, origin: Origin) -> list[Output]:  # noqa: ARG002
        self.clock_ms = clock_ms
        patient_id = record["patient_id"]
        count = self.patients[patient_id] = self.patients.get(patient_id, 0) + 1
        self.touched.add(patient_id)
        if count % EVERY:
            return []
        value = {"schema": "counted", "escalation_id": f"{patient_id}/{count}", "kind": "crs_rise", "priority": "low"}
        return [Output("escalations", patient_id, value), Output("estimates", patient_id, {"count": count})]

    def applying(self, record: dict, *, clock_ms: int, origin: Origin) -> Iterator[Portion]:
        yield Portion(self.apply(record, clock_ms=clock_ms, origin=origin), is_last=True)

    def advancing(self, now_ms: int) -> Iterator[Portion]:
        self.clock_ms = now_ms
        yield Portion((), is_last=True)

    def resume(self, rules_hash: str) -> bool:
        return rules_hash == self.rules_hash

    def encoded(self, patient_id: str) -> bytes | None:
        return b"%d" % self.patients[patient_id] if patient_id in self.patients else None

    def restore(self, patients: dict[str, bytes], clock_ms: int) -> None:
        self.patients.update({patient_id: int(stored) for patient_id, stored in patients.items()})
        self.clock_ms = clock_ms

    def begin_after(self, lost: int) -> None: ...

    def standing(self, patient_ids: list[str]) -> list[Output]:
        return [Output("estimates", name, {"count": self.patients[name]}) for name in patient_ids]

    def lost(self, first: Origin, last_offset: int) -> list[Output]:  # noqa: ARG002
        return []


if __name__ == "__main__":
    logs.configure("grader")
    sys.exit(run(GraderSettings(), Counting, rules_hash="counting"))
