"""One bed as its tile needs it: plain values for the browser, and the words where words are needed."""

from typing import Any

from schemas.fields import QUANTITIES
from schemas.times import format_time, parse_time
from services.dashboard.alarm_list import alarms_of
from services.dashboard.beds import SIGNS, Bed, Event
from services.dashboard.words import how_missing, name_of, reasons

_STAY = ("product", "dosed_at", "held", "max_grade", "drivers", "scores", "prompts", "risk_window", "as_of", "revision")


def on_board(bed: Bed) -> bool:
    """Whether the bed has a tile: somebody lies in it, or an alarm of it is still open."""
    return bed.present or bool(alarms_of(bed))


def tile(bed: Bed) -> dict[str, Any]:
    """The tile's whole content. Ages are left to the browser, which has the clock."""
    estimate = bed.estimate
    shown: dict[str, Any] = {
        "patient_id": bed.patient_id,
        "partition": bed.partition,
        "unit": bed.unit,
        "bed": bed.bed,
        "encounter": estimate["encounter"] if estimate else "unknown",
        "signs": _signs(bed),
        "alarms": alarms_of(bed),
    }
    return shown | _graded(estimate) if estimate else shown


def _graded(estimate: Event) -> dict[str, Any]:
    inputs = estimate["inputs"]
    graded = {name: estimate[name] for name in _STAY if name in estimate}
    graded["crs"] = {
        "low": estimate["grade_low"],
        "high": estimate["grade_high"],
        "known": estimate["grade"] is not None,
    }
    graded["icans"] = {
        "low": estimate["icans_low"],
        "high": estimate["icans_high"],
        "known": estimate["icans"] is not None,
    }
    graded["why"] = reasons(estimate["because"])
    graded["because"] = estimate["because"]
    graded["missing"] = [
        {"input": name, "name": name_of(name), "how": how_missing(name, inputs.get(name, {}).get("state", "never"))}
        for name in estimate["missing"]
    ]
    graded["support"] = {name: dict(value) for name, value in inputs.items() if name not in SIGNS}
    graded["rules"] = estimate["rules"]["id"]
    return graded


def _signs(bed: Bed) -> dict[str, Any]:
    inputs = bed.estimate["inputs"] if bed.estimate else {}
    return {sign: shown for sign in SIGNS if (shown := _sign(bed, sign, inputs.get(sign)))}


def _sign(bed: Bed, sign: str, graded: Event | None) -> dict[str, Any] | None:
    """The newer of what the grader used and what the bedside sent since; the grader's state where it is the former."""
    live = bed.readings.get(sign)
    if live is None:
        return dict(graded) if graded else None
    graded_ms = parse_time(graded["observed_at"]) if graded and "observed_at" in graded else None
    if graded is not None and graded_ms is not None and graded_ms >= live.observed_ms:
        return dict(graded)
    shown = {
        "value": live.value,
        "observed_at": format_time(live.observed_ms),
        "state": "fresh",
        "source": live.source,
    }
    if live.bp_source:
        shown["bp_source"] = live.bp_source
    low, high = QUANTITIES[sign].plausible
    if not low <= live.value <= high:
        shown["flags"] = ["implausible"]
    return shown
