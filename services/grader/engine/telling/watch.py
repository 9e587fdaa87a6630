"""Conditions that stand now, apart from the grade's own rises: what is critical, missing, silent, due or disputed.

Each is a key with what an escalation of it would say. Raising and resolving them is `alarms.py`'s business: a
condition pages when it begins to stand and is resolved when it stands no more.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from schemas.times import format_time
from services.grader.engine.crs import reasons
from services.grader.engine.durations import NOTHING_YET_MS, minutes, seconds
from services.grader.engine.neuro.examinations import is_exam_due, neuro_due_ms
from services.grader.engine.neuro.icans import counted_score, score_name
from services.grader.engine.neuro.neuro_reasons import because_due
from services.grader.engine.risk.due import due_times
from services.grader.engine.risk.risk import risk_times
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.scores.scores import Range, Seen, news2, pews
from services.grader.engine.scores.seen import seen_by_scores
from services.grader.engine.signs.readings import GRADED_SIGNS, SPOT, STREAMS, freshness_limits, sign_of
from services.grader.engine.state import Newest, PatientState
from services.grader.engine.ward import Ward

Because = dict[str, Any]
SILENT = "technical_silent|"  # its key
# A rate of zero is either the worst or a sensor that fell off: who is paged is told both.
MAY_BE = {"heart_rate_bpm": "no pulse or sensor off", "resp_rate_bpm": "apnoea or sensor off"}


class Alarm(NamedTuple):
    """A condition as an escalation would tell it."""

    kind: str
    sign: str | None
    priority: str
    occurred_ms: int
    because: tuple[Because, ...] = ()
    missing: tuple[str, ...] = ()
    basis: str = ""  # what the id of a technical kind rests on
    muted: bool = False  # stands, but is not raised now
    late: bool = False
    refuted: bool = False

    @property
    def key(self) -> str:
        """One alarm a key at a time."""
        return f"{self.kind}|{self.sign or ''}"


def standing_alarms(state: PatientState, now_ms: int, ward: Ward) -> dict[str, Alarm]:
    """Everything that stands at `now_ms`."""
    if state.stay.status == "discharged":
        return {}
    found = [*_critical(state, ward), *_technical(state, now_ms, ward)]
    if ward.pages(state.fold.chart):
        found += [*_gap(state, now_ms, ward), *_neuro(state, now_ms, ward)]
        found += [*_disputed(state), *_scored(state, now_ms, ward)]
    return {alarm.key: alarm for alarm in found}


def is_excused(state: PatientState, now_ms: int) -> bool:
    """Whether silence is expected: off the unit until the expected return, or monitoring stopped by order."""
    stay = state.stay
    away = stay.status == "off_unit" and (stay.expected_return_ms is None or now_ms < stay.expected_return_ms)
    return away or state.fold.chart.monitoring_stopped


def _critical(state: PatientState, ward: Ward) -> Iterator[Alarm]:
    for series, since_ms in sorted(state.fold.critical.items()):
        yield critical_alarm(state, series, since_ms, ward)


def critical_alarm(state: PatientState, series: str, since_ms: int, ward: Ward) -> Alarm:
    """A value incompatible with life, with or without fever."""
    limits = {"spo2_pct": ward.rules.critical_spo2_pct, "sbp_mmhg": ward.rules.critical_sbp_mmhg}
    sign, track = sign_of(series), state.fold.tracks[series]
    because: Because = {"rule": "critical_value", "threshold": limits.get(sign, 0)}
    because |= {"text": MAY_BE[sign]} if sign in MAY_BE else {}
    because |= {"value": track.value, "observed_at": format_time(track.last_ms)}
    return Alarm("critical_value", sign, "high", since_ms, (because,))


def _technical(state: PatientState, now_ms: int, ward: Ward) -> Iterator[Alarm]:
    excused = is_excused(state, now_ms)
    silent = _silent(state, now_ms, ward, excused)
    if silent is not None:
        yield silent
    arriving = state.vitals_ms is not None and now_ms - state.vitals_ms < minutes(ward.rules.others_arrive_min)
    for sign in GRADED_SIGNS:
        newest = newest_of(state, sign)
        if newest is None:
            continue
        lost_ms = max(_lost_ms(item, ward) for item in _readings_of(state, sign))
        if now_ms >= lost_ms:
            priority = "medium" if state.high_before.get(sign, 0) >= 2 else "low"
            because: Because = {"rule": "lost", "observed_at": format_time(newest.observed_ms)}
            yield Alarm("technical_stale", sign, priority, lost_ms, (because,),
                        basis=format_time(newest.observed_ms), muted=excused or not arriving)  # fmt: skip


def _lost_ms(newest: Newest, ward: Ward) -> int:
    return newest.placed_ms + freshness_limits(newest.manner, ward.rules)[1]


def newest_of(state: PatientState, sign: str) -> Newest | None:
    """The newest reading of a sign, whichever source it came from."""
    return max(_readings_of(state, sign), key=lambda item: item.observed_ms, default=None)


def _readings_of(state: PatientState, sign: str) -> list[Newest]:
    """One of each source: a pressure line that is taken out leaves the cuff."""
    return [item for name, item in state.newest.items() if sign_of(name) == sign]


def silent_ms(state: PatientState, ward: Ward) -> int | None:
    """When nothing at all has come for too long; None where nobody is waited for.

    Patients who come back to the unit, and those who are monitored again, are waited for from then on. A silence that
    was paged for stands until data come.
    """
    stay, rules = state.stay, ward.rules
    if stay.status not in ("admitted", "off_unit"):
        return None
    if state.vitals_ms is None:
        enrolled = ward.watch_all or ward.is_enrolled(state.fold.chart)
        return _waited_from(state, stay.admitted_ms) + minutes(rules.silent_admitted_min) if enrolled else None
    streamed = state.vitals_source in STREAMS
    limit_min = rules.silent_monitor_min if streamed else rules.silent_charted_min
    return _waited_from(state, state.vitals_ms) + minutes(limit_min)


def _waited_from(state: PatientState, last_ms: int) -> int:
    if SILENT in state.sent.alarms:
        return last_ms
    return max(last_ms, state.stay.back_ms or NOTHING_YET_MS, state.fold.chart.monitored_ms or NOTHING_YET_MS)


def _silent(state: PatientState, now_ms: int, ward: Ward, excused: bool) -> Alarm | None:
    due_ms = silent_ms(state, ward)
    if due_ms is None or now_ms < due_ms:
        return None
    if state.vitals_ms is None:
        return Alarm("technical_silent", None, "high", due_ms, basis=state.stay.encounter_id, muted=excused)
    priority = "high" if state.high_before.get("", 0) >= 2 else "medium"
    return Alarm("technical_silent", None, priority, due_ms, basis=format_time(state.vitals_ms), muted=excused)


def gap_due_ms(state: PatientState, ward: Ward) -> int | None:
    """When a gap in the data has lasted long enough to page."""
    gap_ms = state.fold.gap_ms
    return None if gap_ms is None else gap_ms + seconds(ward.rules.gap_persistence_s)


def _gap(state: PatientState, now_ms: int, ward: Ward) -> Iterator[Alarm]:
    due_ms = gap_due_ms(state, ward)
    if due_ms is None or now_ms < due_ms:
        return
    fold = state.fold
    missing = tuple(reasons.missing(fold, reasons.parts_now(fold, ward.rules)))
    news = set(missing) - set(state.sent.missing_paged)
    yield Alarm("possible_crs", None, "medium", due_ms, missing=missing,
                muted=not news or is_excused(state, now_ms))  # fmt: skip


def _neuro(state: PatientState, now_ms: int, ward: Ward) -> Iterator[Alarm]:
    chart, rules = state.fold.chart, ward.rules
    due_ms = neuro_due_ms(chart, now_ms, rules)
    if due_ms is not None and now_ms >= due_ms:
        sign = score_name(chart.person.age_months(now_ms), rules)
        last = counted_score(chart.neuro, chart.person, now_ms, rules)
        because = because_due(sign, last, chart.neuro.get(last), rules)
        called = is_exam_due(chart, now_ms, rules)
        yield Alarm("neuro_due", sign, "low", due_ms, (because,), (sign,), muted=not called)


def _disputed(state: PatientState) -> Iterator[Alarm]:
    given, fold = state.fold.chart.clinician, state.fold
    if given is None or state.newest_event_ms <= given.at_ms:
        return
    for name, low, grade in (("crs", fold.low, given.crs), ("icans", fold.icans_low, given.icans)):
        if grade is not None and low > grade:
            because = {"rule": "clinician_grade", "value": low, "threshold": grade}
            yield Alarm("grade_disagreement", name, "medium", fold.at_ms, (because,))


class WardScore(NamedTuple):
    """The score that pages at this age, and from when."""

    name: str
    score: Range
    rule: str
    threshold: int


def ward_score(state: PatientState, now_ms: int, ward: Ward, *, last_known: bool = False) -> WardScore:
    """NEWS2; for patients too young for it Bedside PEWS."""
    return score_of(seen_by_scores(state, now_ms, ward.rules, last_known=last_known), ward.rules)


def score_of(seen: Seen, rules: RuleSet) -> WardScore:
    """The same of what is seen."""
    if seen.child_months is None:
        return WardScore("news2", news2(seen), "ward_score_news2", rules.ward_score_news2)
    return WardScore("pews", pews(seen, seen.child_months), "ward_score_pews", rules.ward_score_pews)


def score_due_ms(state: PatientState, ward: Ward) -> int | None:
    """When a ward score counts: at once on hand-charted values, after the persistence of streams otherwise."""
    if state.score_ms is None:
        return None
    by_hand = all(newest.manner == SPOT for newest in state.newest.values())
    return state.score_ms + (0 if by_hand else seconds(ward.rules.fast_persistence_s))


def _scored(state: PatientState, now_ms: int, ward: Ward) -> Iterator[Alarm]:
    due_ms = score_due_ms(state, ward)
    if due_ms is None or now_ms < due_ms:
        return
    scored = ward_score(state, now_ms, ward)
    said = any(item.grade >= ward.rules.ward_score_said_grade for item in state.sent.crs.open)
    because = {
        "rule": scored.rule,
        "value": scored.score.low,
        "threshold": scored.threshold,
        "citation": ward.rules.source(scored.rule),
    }
    yield Alarm("ward_score", scored.name, "high", due_ms, (because,), muted=said)


def watch_times(state: PatientState, ward: Ward) -> Iterator[int]:
    """When time alone may make a condition stand."""
    if state.stay.status == "discharged":
        return
    for due_ms in (
        silent_ms(state, ward),
        gap_due_ms(state, ward),
        neuro_due_ms(state.fold.chart, state.fold.at_ms, ward.rules),
        score_due_ms(state, ward),
        state.stay.expected_return_ms,
    ):
        if due_ms is not None:
            yield due_ms
    for newest in state.newest.values():
        yield _lost_ms(newest, ward)
    yield from due_times(state, ward.rules)
    if state.fold.chart.dose is not None:
        yield from risk_times(state.fold.chart.dose, ward.rules)
