"""Why a grade is what it is: drivers, missing inputs, and the rules that spoke with value, limit and source."""

from collections.abc import Iterator
from typing import Any

from schemas.times import format_time
from services.grader.engine.chart import Oxygen
from services.grader.engine.crs import attribution, would_change
from services.grader.engine.crs.components import (
    DEVICE,
    FINDING_OF,
    INPUT_OF,
    PRESSOR,
    PRESSURE,
    SATURATION,
    Part,
    parts_of,
    saturation_series,
)
from services.grader.engine.crs.grading import hypotension_limit
from services.grader.engine.crs.holds import ChartedHold, MeasuredHold
from services.grader.engine.fold import Fold
from services.grader.engine.past.timeline import limits_of
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.signs.readings import PRESSURES, TEMPERATURE
from services.grader.engine.signs.track import Track, newest_ms

Because = dict[str, Any]
Parts = dict[str, Part]
DRIVERS = ("fever", "hypotension", "hypoxia")
MISSING_ORDER = ("temperature_c", "sbp_mmhg", "vasopressor", "spo2_pct", "oxygen_device")


def parts_now(fold: Fold, rules: RuleSet) -> Parts:
    """The components as they count for CRS."""
    return attribution.without_attributed(fold.chart, parts_of(fold.tracks, fold.chart, fold.reached_ms, rules))


def drivers(fold: Fold, parts: Parts) -> list[str]:
    """Every established component, held ones included."""
    held = fold.holds.levels()
    found = {FINDING_OF[name] for name, part in parts.items() if part.low or held[name]}
    if fold.counting:
        found.add("fever")
    return [name for name in DRIVERS if name in found]


def missing(fold: Fold, parts: Parts) -> list[str]:
    """The inputs that widen the interval, and only those."""
    if fold.high == fold.low:
        return []
    # What could at most make the grade that another finding makes already widens nothing, with or without fever.
    reached = max(fold.low, *(part.low for part in parts.values()))
    found = {INPUT_OF[name] for name, part in parts.items() if part.high > reached}
    if not fold.counting:  # and unknown: where it is known to be absent, or explained, there is no interval
        found.add("temperature_c")
    return [name for name in MISSING_ORDER if name in found]


def because(fold: Fold, parts: Parts, rules: RuleSet) -> list[Because]:
    """One entry a driver, strongest rule first within it."""
    found = drivers(fold, parts)
    reasons: list[Because] = []
    if "fever" in found:
        reasons.append(_fever(fold, rules))
    if "hypotension" in found:
        reasons.extend(_hypotension(fold, parts, rules))
    if "hypoxia" in found:
        reasons.extend(_hypoxia(fold, parts, rules))
    return reasons


def _fever(fold: Fold, rules: RuleSet) -> Because:
    change = {"would_change": would_change.fever(rules)}
    if not fold.fever:
        text = "fever counts until the episode closes"
        return {"rule": "fever_latched", "text": text, "citation": rules.source("fever_c"), **change}
    return _measured("fever_c", fold.tracks[TEMPERATURE], fold, (rules.fever_c, "Cel"), rules) | change


def _hypotension(fold: Fold, parts: Parts, rules: RuleSet) -> Iterator[Because]:
    drugs = sorted(fold.chart.running())
    if parts[PRESSOR].low:
        yield {
            "rule": "vasopressors",
            "value": ", ".join(drugs),
            "threshold": "two or more besides vasopressin are Grade 4",
            "citation": rules.source("vasopressors"),
            "would_change": would_change.pressors(parts[PRESSOR].low, rules),
        }
    elif fold.holds.pressor.held:
        yield _still_held("vasopressors", fold.holds.pressor, rules)
    limit = limits_of(fold.chart, fold.at_ms, rules).sbp_mmhg
    low = [track for name in PRESSURES if (track := fold.tracks.get(name)) and track.finding]
    if parts[PRESSURE].low:
        change = would_change.measured(limit, "mmHg", rules, on_pressors=bool(drugs))
        rule = _pressure_rule(fold, limit, rules)
        yield from (_measured(rule, track, fold, (limit, "mm[Hg]"), rules) | {"would_change": change} for track in low)
    elif fold.holds.pressure.level:
        yield _still_held("hypotension", fold.holds.pressure, rules)


def _pressure_rule(fold: Fold, limit: float, rules: RuleSet) -> str:
    """Which rule set the limit: the patient's own baseline, the adult limit, or the age band."""
    months = fold.chart.person.age_months(fold.at_ms)
    if limit > hypotension_limit(months, None, rules):
        return "baseline_share"
    if months is None or months >= 12 * rules.child_until_years:
        return "adult_sbp_mmhg"
    if months < rules.neonate_until_months:
        return "neonate_sbp_mmhg"
    return "infant_sbp_mmhg" if months < rules.infant_until_months else "child_sbp_mmhg"


def _hypoxia(fold: Fold, parts: Parts, rules: RuleSet) -> Iterator[Because]:
    oxygen = fold.chart.oxygen
    if parts[DEVICE].low and oxygen is not None:
        yield _device(oxygen, rules)
    elif fold.holds.device.held:
        yield _still_held("oxygen_device", fold.holds.device, rules)
    series = saturation_series(fold.tracks, fold.chart, rules)
    if parts[SATURATION].low:
        home = limits_of(fold.chart, fold.at_ms, rules).spo2_home_pct
        limit = home if series != "spo2_pct" and home is not None else rules.low_spo2_pct
        change = {"would_change": would_change.measured(limit, "%", rules)}
        yield _measured("low_spo2_pct", fold.tracks[series], fold, (limit, "%"), rules) | change
    elif fold.holds.saturation.level:
        yield _still_held("hypoxia", fold.holds.saturation, rules)


def _device(oxygen: Oxygen, rules: RuleSet) -> Because:
    flow_decides = "cannula" in oxygen.device
    found: Because = {"rule": "oxygen_device", "value": oxygen.device}
    if flow_decides and oxygen.flow_l_min is not None:
        found |= {"value": f"{oxygen.device} {oxygen.flow_l_min:g} L/min"}
    if flow_decides:
        found |= {"threshold": f"low flow is at most {rules.low_flow_l_min:g} L/min"}
    return found | {
        "observed_at": format_time(oxygen.at_ms),
        "citation": rules.source("low_flow_l_min" if flow_decides else "device_grades"),
        "would_change": would_change.device(oxygen, rules),
    }


def _still_held(rule: str, hold: MeasuredHold | ChartedHold, rules: RuleSet) -> Because:
    return {
        "rule": rule,
        "text": "improvement not yet confirmed",
        "citation": rules.source("hold_min"),
        "would_change": would_change.held(hold, rules),
    }


def _measured(rule: str, track: Track, fold: Fold, limit: tuple[float, str], rules: RuleSet) -> Because:
    return {
        "rule": rule,
        "value": track.value,
        "threshold": limit[0],
        "unit": limit[1],
        "observed_at": format_time(newest_ms(track, fold.at_ms)),
        "citation": rules.source(rule),
    }
