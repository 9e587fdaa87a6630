"""The CRS table, row by row."""

from tests.vignettes.bed import Bed
from tests.vignettes.tables import bounds, rows


def graded(row: dict[str, str]) -> Bed:
    """A patient of whom everything in the row is charted by hand at one time."""
    age = None if row["age"] == "?" else float(row["age"])
    bed = Bed().admit(age_years=age)
    if row["baseline sbp"]:
        bed.chart(0, "baseline", sbp_mmhg=float(row["baseline sbp"]))
    for drug in row["pressors"].split(", "):
        if drug != "?":
            bed.chart(1, "vasopressor", drug=drug)
    if row["device"] != "?":
        flow = {} if row["flow"] in ("", "?") else {"flow_l_min": float(row["flow"])}
        bed.chart(1, "oxygen", device=row["device"], **flow)
    columns = {"temperature_c": "temp °C", "sbp_mmhg": "sbp", "spo2_pct": "spo2"}
    signs = {sign: float(row[column]) for sign, column in columns.items() if row[column] != "?"}
    return bed.vitals(1, heart_rate_bpm=80, **signs)


@rows("crs_grading.md")
def test_vignette(row: dict[str, str]) -> None:
    estimate = graded(row).estimate

    assert (estimate["grade_low"], estimate["grade_high"]) == bounds(row["grade"])
    assert ", ".join(estimate["drivers"]) == row["driven by"]
