"""What a replay would have cost the ward: alerts per patient-day by kind, and the time in each grade."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from schemas.bedside import VITALS
from schemas.escalations import ESCALATION
from schemas.estimates import ESTIMATE
from schemas.times import parse_time
from services.grader.replay import BadLine, Line

HOUR_MS = 3_600_000
# Between two observations further apart than this nobody watched: the time counts for nothing.
WATCHED_GAP_MS = 8 * HOUR_MS
UNKNOWN = "not known"


class Tally:
    """Counts while the lines and what follows from them pass by."""

    def __init__(self) -> None:
        self.alerts: Counter[tuple[str, str]] = Counter()
        self.patients: dict[tuple[str, str], set[str]] = {}
        self.grade_ms: Counter[str] = Counter()
        self._seen_ms: dict[str, int] = {}
        self._grade: dict[str, str] = {}

    def watch(self, lines: Iterable[Line | BadLine]) -> Iterator[Line | BadLine]:
        """The same lines; the time between a patient's observations counts as watched."""
        for line in lines:
            if isinstance(line, Line) and line.record["schema"] == VITALS:
                self._observe(line.record["patient_id"], parse_time(line.record["observed_at"]))
            yield line

    def hear(self, values: Iterable[dict[str, Any] | BadLine]) -> Iterator[dict[str, Any] | BadLine]:
        """The same values; escalations are counted, estimates say in which grade time passes."""
        for value in values:
            if not isinstance(value, BadLine):
                self._count(value)
            yield value

    def _observe(self, patient_id: str, at_ms: int) -> None:
        before_ms = self._seen_ms.get(patient_id, at_ms)
        if 0 < at_ms - before_ms <= WATCHED_GAP_MS:
            self.grade_ms[self._grade.get(patient_id, UNKNOWN)] += at_ms - before_ms
        self._seen_ms[patient_id] = max(before_ms, at_ms)

    def _count(self, value: dict[str, Any]) -> None:
        if value["schema"] == ESTIMATE:
            grade = value["grade"]
            self._grade[value["patient_id"]] = UNKNOWN if grade is None else str(grade)
        elif value["schema"] == ESCALATION:
            key = (value["kind"], _detail(value))
            self.alerts[key] += 1
            self.patients.setdefault(key, set()).add(value["patient_id"])

    def sentences(self) -> Iterator[str]:
        """The table, for standard error. No patient is named."""
        days = sum(self.grade_ms.values()) / HOUR_MS / 24
        yield f"{len(self._seen_ms):,} patients, {days:,.1f} patient-days watched (observations at most 8 h apart)"
        yield f"{'kind':18}{'of':18}{'alerts':>8}{'per patient-day':>18}{'patients':>10}"
        paged = [key for key in sorted(self.alerts) if key[0] != "resolved"]
        for key in paged:
            yield self._row(*key, self.alerts[key], days, len(self.patients[key]))
        everyone = set().union(*(self.patients[key] for key in paged))
        yield self._row("all", "", sum(self.alerts[key] for key in paged), days, len(everyone))
        for grade, passed_ms in sorted(self.grade_ms.items()):
            yield f"CRS grade {grade}: {passed_ms / HOUR_MS:,.0f} h, {passed_ms / sum(self.grade_ms.values()):.1%}"

    @staticmethod
    def _row(kind: str, detail: str, alerts: int, days: float, patients: int) -> str:
        rate = f"{alerts / days:.3f}" if days else "-"
        return f"{kind:18}{detail:18}{alerts:8,}{rate:>18}{patients:10,}"


def _detail(value: dict[str, Any]) -> str:
    """What tells alerts of one kind apart: the grade of a rise, the sign of a condition."""
    if value["kind"] == "crs_rise":
        return f"grade {value['grade']}"
    if value["kind"] == "icans_rise":
        return f"grade {value['icans']}"
    return str(value.get("sign", ""))
