"""Hospitalizations: who the patient is, and from when to when a row of another table can belong to the stay."""

from collections.abc import Collection, Iterable

from services.grader.clif.events import Stay
from services.grader.clif.reasons import Rows
from services.grader.clif.tables import HOSPITALIZATION, Row


class Stays:
    """All hospitalizations in which any sign was charted.

    Args:
        rows: of `clif_hospitalization`.
        charted: hospitalizations that have vitals; the others have nothing to grade.
        unused: counts the rows that are not used.
    """

    def __init__(self, rows: Iterable[Row], charted: Collection[str], unused: Rows) -> None:
        self._unused = unused
        self.known: dict[str, Stay] = {}
        self._others: set[str] = set()
        for row in rows:
            reason = self._take(row, charted)
            if reason is not None:
                unused.count(HOSPITALIZATION, reason)

    def _take(self, row: Row, charted: Collection[str]) -> str | None:
        stay_id, patient_id, admitted_ms = row["hospitalization_id"], row["patient_id"], row["admission_dttm"]
        if stay_id is None or patient_id is None:
            return "no_value"
        if admitted_ms is None:
            return "no_time"
        if stay_id not in charted:
            self._others.add(stay_id)
            return "no_vitals"
        self.known[stay_id] = Stay(stay_id, patient_id, admitted_ms, row["discharge_dttm"], row["age_at_admission"])
        return None

    def use(self, table: str, stay_id: str | None, at_ms: int | None) -> Stay | None:
        """The stay that a row belongs to; None, and the row is counted, where it cannot be used."""
        stay = self.known.get(stay_id or "")
        if stay is None:
            self._unused.count(table, "no_vitals" if stay_id in self._others else "unknown_stay")
        elif at_ms is None:
            self._unused.count(table, "no_time")
        elif stay.discharged_ms is not None and at_ms > stay.discharged_ms:
            self._unused.count(table, "after_discharge")
        else:
            return stay
        return None
