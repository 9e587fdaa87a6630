"""A vitals record as readings: one for each series, with what its value means and how it came.

A *series* is what may be compared with itself: the cuff and the arterial line are two series of one sign, and SpO2
against the patient's own target is one more. A *category* is what the rest of the engine needs of a value. A *manner*
is how a reading came: it decides how long a finding must last and when the reading goes stale.
"""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any, NamedTuple

from schemas.fields import QUANTITIES
from services.grader.engine.durations import SECOND_MS
from services.grader.engine.ruleset.rules import RuleSet

NORMAL, SUSPECT, ABNORMAL, DEEP, CRITICAL = range(5)

SPOT, FAST, CUFF, PATCH, PROBE = "spot", "fast", "cuff", "patch", "probe"

TEMPERATURE, HEART_RATE, RESP_RATE, SPO2 = "temperature_c", "heart_rate_bpm", "resp_rate_bpm", "spo2_pct"
SPO2_HOME = "spo2_pct:home"  # against the patient's own target
CUFF_SBP, ARTERIAL_SBP = "sbp_mmhg:cuff", "sbp_mmhg:arterial"
PRESSURES = (CUFF_SBP, ARTERIAL_SBP)
GRADED_SIGNS = (TEMPERATURE, HEART_RATE, RESP_RATE, SPO2, "sbp_mmhg")
SIGNS = (*GRADED_SIGNS, "dbp_mmhg", "map_mmhg")
STREAMS = ("monitor", "wearable")


class Limits(NamedTuple):
    """What this patient's values are held against right now."""

    sbp_mmhg: float
    spo2_home_pct: float | None


class Reading(NamedTuple):
    """One value of one series."""

    series: str
    at_ms: int
    value: float
    category: int
    manner: str


@cache
def sign_of(series: str) -> str:
    """The wire name of a series."""
    return series.partition(":")[0]


def pressure_source(record: dict[str, Any]) -> str:
    """Which of the two pressure series a record belongs to; what is not said to be arterial is a cuff."""
    return "arterial" if record.get("bp_source") == "arterial" else "cuff"


def series_of(sign: str, record: dict[str, Any]) -> str:
    """The series that a graded sign of a record belongs to."""
    return f"{sign}:{pressure_source(record)}" if sign == "sbp_mmhg" else sign


def manner_of(sign: str, record: dict[str, Any]) -> str:
    """How a reading came (`settled.md` 10 and 11)."""
    if record["source"] not in STREAMS:
        return SPOT
    if sign == TEMPERATURE:
        patch = record["source"] == "wearable" or record.get("temperature_site") == "axillary"
        return PATCH if patch else PROBE
    if sign in ("sbp_mmhg", "dbp_mmhg", "map_mmhg") and pressure_source(record) == "cuff":
        return CUFF
    return FAST


def freshness_limits(manner: str, rules: RuleSet) -> tuple[int, int]:
    """Milliseconds after which a reading of this manner is stale, and lost."""
    limits: tuple[int, int] | None = rules.freshness_ms.get(manner)
    return limits or rules.freshness_ms[SPOT]


def placed_ms(record: dict[str, Any], at_ms: int) -> int:
    """Where a reading is placed: streams to the second, so that of two in one second the worse can count."""
    return at_ms - at_ms % SECOND_MS if record["source"] in STREAMS else at_ms


def readings_of(record: dict[str, Any], at_ms: int, limits: Limits, rules: RuleSet) -> Iterator[Reading]:
    """Readings of the series that grade or page; diastolic and mean pressure are only shown."""
    placed = placed_ms(record, at_ms)
    for sign in GRADED_SIGNS:
        if sign in record:
            series = series_of(sign, record)
            for name in (series, SPO2_HOME) if sign == SPO2 and limits.spo2_home_pct is not None else (series,):
                category = categorise(name, record[sign], limits, rules)
                yield Reading(name, placed, record[sign], category, manner_of(sign, record))


def categorise(series: str, value: float, limits: Limits, rules: RuleSet) -> int:
    """What a value means; flagged values count at face value, a temperature of suspect unit aside."""
    if series == TEMPERATURE:
        return _temperature(value, rules)
    if series in (HEART_RATE, RESP_RATE):
        return CRITICAL if value <= 0 else NORMAL
    if series in PRESSURES:
        return _below(value, limits.sbp_mmhg, rules.critical_sbp_mmhg, rules)
    home = limits.spo2_home_pct
    limit = home if series == SPO2_HOME and home is not None else rules.low_spo2_pct
    return _below(value, limit, rules.critical_spo2_pct, rules)


def _below(value: float, limit: float, critical: float, rules: RuleSet) -> int:
    if value < critical:
        return CRITICAL
    if value >= limit:
        return NORMAL
    return DEEP if value <= limit - rules.deep_units else ABNORMAL


def _temperature(value: float, rules: RuleSet) -> int:
    if value > rules.suspect_temperature_c:
        return SUSPECT
    return ABNORMAL if rounded_temperature(value) >= rules.fever_c else NORMAL


def rounded_temperature(value: float) -> float:
    """To 0.1, half up: 37.95 is 38.0 (`clinical.md` 10.1(8))."""
    return float(Decimal(str(value)).quantize(Decimal("0.1"), ROUND_HALF_UP))


def flags_of(sign: str, value: float, *, infant: bool, rules: RuleSet) -> list[str]:
    """What is odd about a value that is kept all the same."""
    if sign == TEMPERATURE and value > rules.suspect_temperature_c:
        return ["unit_suspect"]
    low, high = QUANTITIES[sign].plausible
    if sign == RESP_RATE and infant:
        high = rules.infant_resp_rate_bpm
    return [] if low <= value <= high else ["implausible"]
