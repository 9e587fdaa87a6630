"""The estimate as it goes onto the wire, and the fingerprint that says whether it is worth sending again."""

import hashlib
from typing import Any

from schemas.encoding import canonical
from schemas.estimates import ESTIMATE
from schemas.times import format_time
from services.grader.engine.chart import Chart
from services.grader.engine.crs import reasons
from services.grader.engine.crs.components import device_confirmed, pressors_confirmed
from services.grader.engine.crs.holds import held_until
from services.grader.engine.crs.support_flags import oxygen_flags, vasopressor_flags
from services.grader.engine.durations import minutes
from services.grader.engine.fold import Fold
from services.grader.engine.neuro.icans import counted_score, is_fresh, score_name
from services.grader.engine.neuro.neuro_reasons import because_neuro, missing_neuro
from services.grader.engine.risk.due import vitals_every_h
from services.grader.engine.risk.prompts import prompts
from services.grader.engine.risk.risk import told_risk
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.scores.scores import scores
from services.grader.engine.scores.seen import seen_by_scores
from services.grader.engine.signs.oddities import as_celsius
from services.grader.engine.signs.readings import SIGNS, freshness_limits, sign_of
from services.grader.engine.state import Newest, PatientState
from services.grader.engine.telling.rises import crs_shown
from services.grader.engine.trends.trend import trend

Wire = dict[str, Any]


def estimate(state: PatientState, now_ms: int, rules: RuleSet) -> Wire:
    """What the data establish about one patient now, and what they cannot exclude."""
    return with_trend(graded(state, now_ms, rules), state, now_ms, rules)


def with_trend(wire: Wire, state: PatientState, now_ms: int, rules: RuleSet) -> Wire:
    """The estimate with where its signs are going: worked out only where it is sent."""
    moving = trend(state, now_ms, rules)
    return {**wire, "trend": moving} if moving else wire


def graded(state: PatientState, now_ms: int, rules: RuleSet) -> Wire:
    """The estimate but for its trend: what decides whether it is worth sending again."""
    fold, chart = state.fold, state.fold.chart
    parts = reasons.parts_now(fold, rules)
    high = 4 if state.faulted else fold.high
    held = _held(fold, rules)
    missing = [*reasons.missing(fold, parts), *_missing_neuro(fold, rules)]
    risk = told_risk(chart, now_ms, rules, vitals_every_h=vitals_every_h(state, rules))
    said = prompts(state, now_ms, missing, rules)
    return {
        "schema": ESTIMATE,
        "patient_id": state.patient_id,
        "revision": state.revision,
        "as_of": format_time(state.as_of_ms),
        **_place(chart),
        **({} if (episode_id := state.episode_id(fold)) is None else {"episode_id": episode_id}),
        "grade_low": fold.low,
        "grade_high": high,
        "grade": _as_one(fold.low, high),
        **({} if held is None else {"held": held}),
        "max_grade": fold.episode.max_grade if fold.episode else 0,
        "icans_low": fold.icans_low,
        "icans_high": fold.icans_high,
        "icans": _as_one(fold.icans_low, fold.icans_high),
        "drivers": reasons.drivers(fold, parts),
        "inputs": _inputs(state, now_ms, rules),
        "missing": missing,
        "because": [*reasons.because(fold, parts, rules), *because_neuro(fold, rules)],
        "scores": scores(seen_by_scores(state, now_ms, rules)),
        **({} if risk is None else {"risk_window": risk}),
        **({"prompts": said} if said else {}),
        "rules": dict(rules.reference),
    }


def _as_one(low: int, high: int) -> int | None:
    """What is established; None where nothing is, and not everything is excluded."""
    return low if low or not high else None


def _place(chart: Chart) -> Wire:
    stay, dose = chart.stay, chart.dose
    found = {
        "unit": stay.unit,
        "bed": stay.bed,
        "encounter": stay.status,
        "product": dose.product if dose else None,
        "dosed_at": format_time(dose.at_ms) if dose else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _missing_neuro(fold: Fold, rules: RuleSet) -> list[str]:
    """An examination is missed only where neurotoxicity is waited for."""
    return missing_neuro(fold, rules) if fold.chart.dose is not None else []


def _held(fold: Fold, rules: RuleSet) -> Wire | None:
    """An improvement being confirmed; None while nothing supports a lower grade."""
    to = crs_shown(fold)
    if not fold.counting or to >= fold.low:
        return None
    hold_ms, holds = minutes(rules.hold_min), fold.holds
    levels = holds.levels()
    due = [held_until(hold, hold_ms) for name, hold in holds.named().items() if levels[name] > to]
    return {"to": to, "until": format_time(max(at_ms for at_ms in due if at_ms is not None))}


def _inputs(state: PatientState, now_ms: int, rules: RuleSet) -> Wire:
    inputs: Wire = {}
    by_sign: dict[str, list[tuple[str, Newest]]] = {}
    for name, item in sorted(state.newest.items()):
        by_sign.setdefault(sign_of(name), []).append((name, item))
    for sign in SIGNS:
        found = by_sign.get(sign)
        if found is None:
            if sign not in ("dbp_mmhg", "map_mmhg"):
                inputs[sign] = {"state": "never"}
            continue
        found.sort(key=lambda item: item[1].observed_ms, reverse=True)
        inputs[sign] = _measured(found[0][1], now_ms, rules)
        for name, item in found[1:]:  # both pressure sources are shown, never mixed
            inputs[name] = _measured(item, now_ms, rules)
    return inputs | _charted(state.fold, now_ms, rules)


def _measured(item: Newest, now_ms: int, rules: RuleSet) -> Wire:
    stale_ms, lost_ms = freshness_limits(item.manner, rules)
    age_ms = now_ms - item.placed_ms
    converted = as_celsius(item.value, rules) if "unit_suspect" in item.flags else None
    return {
        "value": item.value,
        "observed_at": format_time(item.observed_ms),
        "state": "lost" if age_ms >= lost_ms else "stale" if age_ms >= stale_ms else "fresh",
        "source": item.source,
        **({} if item.site is None else {"site": item.site}),
        **({} if converted is None else {"converted": converted}),
        **({"flags": list(item.flags)} if item.flags else {}),
    }


def _charted(fold: Fold, now_ms: int, rules: RuleSet) -> Wire:
    chart, oxygen = fold.chart, fold.chart.oxygen
    inputs: Wire = {"oxygen_device": {"state": "never"}, "vasopressor": {"state": "never"}}
    if oxygen is not None:
        flow = "" if oxygen.flow_l_min is None else f" {oxygen.flow_l_min:g} L/min"
        fresh = device_confirmed(chart, now_ms, rules)
        inputs["oxygen_device"] = _said(oxygen.device + flow, oxygen.at_ms, fresh=fresh) | _flagged(
            oxygen_flags(oxygen, chart, rules)
        )
    if chart.pressors_ms is not None:
        running = ", ".join(sorted(chart.running())) or "none"
        fresh = pressors_confirmed(chart, now_ms, rules)
        inputs["vasopressor"] = _said(running, chart.pressors_ms, fresh=fresh) | _flagged(
            vasopressor_flags(chart, rules)
        )
    name = counted_score(chart.neuro, chart.person, fold.at_ms, rules)
    exam = chart.neuro.get(name)
    if exam is None:
        inputs[score_name(chart.person.age_months(fold.at_ms), rules)] = {"state": "never"}
    else:
        inputs[name] = _said(exam.value, exam.at_ms, fresh=is_fresh(exam, now_ms, rules))
    return inputs


def _flagged(flags: list[str]) -> Wire:
    return {"flags": flags} if flags else {}


def _said(value: int | str | bool, at_ms: int, *, fresh: bool) -> Wire:
    return {
        "value": value,
        "observed_at": format_time(at_ms),
        "state": "fresh" if fresh else "stale",
        "source": "charted",
    }


# Values, their times and raw numbers do not make an estimate worth sending again; states and decisions do.
_VOLATILE = ("revision", "as_of", "trend")
_CLOCK = ("day", "hours_since_dose")


def fingerprint(wire: Wire) -> str:
    """Equal for estimates that say the same; short, for it is part of the state."""
    stable = {name: value for name, value in wire.items() if name not in _VOLATILE}
    # Which of two pressure sources is the newer one changes with every reading: only their states count.
    stable["inputs"] = sorted(
        (sign_of(name), item["state"], item.get("source"), item.get("flags", []))
        for name, item in wire["inputs"].items()
    )
    stable["because"] = [item["rule"] for item in wire["because"]]
    if "risk_window" in wire:
        stable["risk_window"] = {name: value for name, value in wire["risk_window"].items() if name not in _CLOCK}
    stable["scores"] = sorted(wire["scores"])
    return hashlib.sha256(canonical(stable)).hexdigest()[:16]
