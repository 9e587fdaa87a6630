"""A row of a CRS table as a bed: what was charted when, and what the table says about it.

A column that a table does not have is charted as well: the tables show only what they are about.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from tests.vignettes.bed import HOUR_MIN, Bed, when
from tests.vignettes.tables import bounds

Row = dict[str, str]
NOW = 24 * HOUR_MIN  # minutes after admission
EARLIER = NOW - 2 * HOUR_MIN
WELL = {"age": "55", "sbp": "118", "pressors": "none", "device": "room_air", "spo2": "97"}
SIGNS = {"temperature_c": "temp °C", "sbp_mmhg": "sbp", "map_mmhg": "map", "spo2_pct": "spo2"}


def graded(row: Row) -> Bed:
    """The patient of a row, now."""
    row = WELL | row
    age = {} if row["age"] == "?" else {"age_years": float(row["age"])}
    weight = {"weight_kg": float(row["weight kg"])} if row.get("weight kg") else {}
    bed = Bed(unit_profile=_profile(row.get("unit gives", ""))).admit(**{"age_years": None, **age, **weight})
    for minute, happens in sorted(_events(bed, row), key=lambda event: event[0]):
        happens(minute)
    return bed.until(NOW + 1 if row.get("explained") else NOW)


def _profile(gives: str) -> dict[str, Any] | None:
    """`vasopressors 0, oxygen 3` of the unit in which everybody here lies."""
    most = dict(item.split() for item in gives.split(", ") if item)
    units = {"onc": {support: int(grade) for support, grade in most.items()}}
    return {"version": "1", "signed_off_by": "the unit's lead", "units": units} if most else None


def _events(bed: Bed, row: Row) -> Iterator[tuple[float, Any]]:
    yield from _history(bed, row)
    for drug in row["pressors"].split(", "):
        if drug != "?":
            name, _, rate = drug.partition(" at ")
            running = {"rate": float(rate)} if rate else {}
            yield _minute(row.get("pressors charted", "")), partial(bed.chart, kind="vasopressor", drug=name, **running)
    if row["device"] != "?":
        yield _minute(row.get("device charted", "")), partial(bed.chart, kind="oxygen", **_device(row))
    signs = {sign: float(row[column]) for sign, column in SIGNS.items() if row.get(column, "?") != "?"}
    site = {"temperature_site": row["site"]} if "site" in row else {}
    yield NOW, partial(bed.vitals, heart_rate_bpm=80, **signs, **site)
    if row.get("explained"):
        yield NOW + 1, partial(
            bed.chart, kind="attribution", finding=row["explained"], cause="another", author="dr-a",
            expires_at=when(NOW + HOUR_MIN),
        )  # fmt: skip


def _history(bed: Bed, row: Row) -> Iterator[tuple[float, Any]]:
    """What was known or happened before."""
    home = {
        "sbp_mmhg": float(row["baseline sbp"]) if row.get("baseline sbp") else None,
        "oxygen_device": row.get("home device") or None,
        "spo2_target_low_pct": float(row["home target"]) if row.get("home target") else None,
    }
    known = {name: value for name, value in home.items() if value is not None}
    if known:
        yield 1, partial(bed.chart, kind="baseline", **known)
    if row.get("earlier temp °C"):
        yield EARLIER, partial(bed.vitals, temperature_c=float(row["earlier temp °C"]))
    if row.get("given"):
        drug, _, hours_ago = row["given"].partition(" ")
        yield _minute(hours_ago), partial(bed.chart, kind="medication", drug=drug)
    if row.get("lab"):
        code, value, unit = row["lab"].split()
        yield EARLIER, partial(bed.chart, kind="lab", code=code, value=float(value), unit=unit)


def _minute(hours_ago: str) -> float:
    """`4 h ago`, or nothing for now."""
    return NOW - float(hours_ago.split()[0]) * HOUR_MIN if hours_ago else NOW


def _device(row: Row) -> dict[str, Any]:
    """`nasal_cannula 2`, or the flow in a column of its own."""
    device, _, flow = row["device"].partition(" ")
    flow = flow or row.get("flow", "")
    return {"device": device} if flow in ("", "?") else {"device": device, "flow_l_min": float(flow)}


def check(row: Row) -> None:
    """Everything that the row says about this patient holds.

    Raises:
        AssertionError: the grader says something else.
    """
    estimate = graded(row).estimate
    low, high = bounds(row["grade"])
    expected = {
        "grade_low": low,
        "grade_high": high,
        "grade": None if low == 0 and high > 0 else low,
        "drivers": row["driven by"],
    }
    seen = {name: estimate[name] for name in expected} | {"drivers": ", ".join(estimate["drivers"])}
    if "missing" in row:
        expected["missing"] = row["missing"]
        seen["missing"] = ", ".join(name for name in estimate["missing"] if name not in ("ice", "capd"))
    if "flags" in row:
        expected["flags"] = row["flags"]
        seen["flags"] = ", ".join(estimate["inputs"]["oxygen_device"].get("flags", []))
    if "prompt" in row:
        sentence = row["prompt"].removeprefix("not: ")
        expected["prompt"] = sentence == row["prompt"]
        seen["prompt"] = sentence in estimate.get("prompts", [])
    assert seen == expected, (seen, expected)
