"""What a step says after its event was placed: escalations with their evidence, then at most one estimate."""

from collections.abc import Callable
from typing import Any, NamedTuple

from msgspec.structs import replace

from schemas import ids
from services.grader.engine import Output
from services.grader.engine.durations import NOTHING_YET_MS, minutes, seconds
from services.grader.engine.estimate import fingerprint, graded, with_trend
from services.grader.engine.fold import Fold
from services.grader.engine.past.in_force import InForce
from services.grader.engine.past.keeping import keep_what_was_said
from services.grader.engine.past.placing import Placed
from services.grader.engine.signs.readings import GRADED_SIGNS, freshness_limits
from services.grader.engine.state import PatientState
from services.grader.engine.telling import alarms, escalation, rises
from services.grader.engine.telling.critical_spells import past_critical
from services.grader.engine.telling.episode_names import named
from services.grader.engine.telling.escalation import Telling
from services.grader.engine.telling.rises import Ended, Passage, Rise, Said, Scale
from services.grader.engine.telling.sent import Ladder, Sent
from services.grader.engine.telling.watch import newest_of, standing_alarms, ward_score
from services.grader.engine.trends.trending import after_record
from services.grader.engine.ward import Ward


class Step(NamedTuple):
    """What is being stepped through: the state before, the record (None: time alone), the clock, what ran out by."""

    before: PatientState | None
    record: dict[str, Any] | None
    clock_ms: int
    reached_ms: int
    ward: Ward
    retraction: bool = False


def conclude(step: Step, placed: Placed) -> tuple[PatientState, list[Output]]:
    """The state that remembers what was said, and what was said."""
    ward = step.ward
    if step.before is not None and not step.retraction and ward.pages(placed.state.fold.chart):
        placed = keep_what_was_said(placed, step.before.fold, step.clock_ms, ward.in_force)
    state = placed.state
    state = replace(
        state,
        episodes=named(state.episodes, [placed.start, *placed.trace], state.fold),
        revision=state.revision + 1,
        as_of_ms=max(state.as_of_ms, step.clock_ms),
        reached_ms=step.reached_ms,
        trends=after_record(step.before, step.record, state, step.clock_ms, ward.rules),
        faulted=state.faulted and step.record is None,
    )
    telling = Telling(state, step.clock_ms, state.place, ward.rules)
    sent, told = _rises(step, placed, state, telling)
    state = _remembered(replace(state, sent=sent), step)
    sent, more = _alarms(step, placed, state)
    state = replace(state, sent=sent)
    outputs: list[Output] = []
    for wire in [*told, *more]:
        outputs.append(Output("escalations", state.patient_id, wire))
        evidence = escalation.evidence(wire, step.before, step.record, telling)
        outputs.append(Output("evidence", state.patient_id, evidence))
    return _shown(state, step, outputs)


def _scales(state: PatientState) -> tuple[Scale, Scale]:
    patient_id = state.patient_id

    def identified(kind: str) -> Callable[[str, int, int], str]:
        return lambda scope, grade, rise: ids.rise_id(patient_id, scope, kind, grade, rise)

    def episode(fold: Fold) -> str:
        return state.episode_id(fold) or ""

    def stay(fold: Fold) -> str:
        return fold.chart.stay.encounter_id

    crs = Scale("crs_rise", lambda fold: fold.low, rises.crs_shown, episode, identified("crs_rise"))
    icans = Scale(
        "icans_rise", lambda fold: fold.icans_low, lambda fold: fold.icans_hold.level, stay,
        identified("icans_rise"),
    )  # fmt: skip
    return crs, icans


def _rises(step: Step, placed: Placed, state: PatientState, telling: Telling) -> tuple[Sent, list[dict[str, Any]]]:
    sent = _watched(_of_this_stay(state.sent, step.before, placed), step, state)
    told: list[dict[str, Any]] = []
    changed = [fold for fold in _seen_here(placed) if fold.at_ms >= sent.watched_ms or not placed.rewritten]
    passage = Passage(
        placed.before, changed, state.fold, placed.rewritten, step.retraction, state.newest_event_ms,
        seconds(step.ward.rules.late_after_s),
    )  # fmt: skip
    crs, icans = _scales(state)
    ladders: dict[str, Ladder] = {}
    for scale, ladder in ((crs, sent.crs), (icans, sent.icans)):
        ladders[scale.kind], said = _followed(ladder, scale, passage, step)
        told += [_told(item, scale, telling, step.ward.in_force) for item in said]
    return replace(sent, crs=ladders["crs_rise"], icans=ladders["icans_rise"]), told


def _seen_here(placed: Placed) -> list[Fold]:
    """What may be otherwise than it was; of a past that late news tell anew without what came after a discharge."""
    return [fold for fold in placed.changed if not (placed.rewritten and fold.chart.stay.status == "discharged")]


def _of_this_stay(sent: Sent, before: PatientState | None, placed: Placed) -> Sent:
    """A stay that late news give another name is the same stay: what was said in it was said."""
    was, now = "" if before is None else before.stay.encounter_id, placed.state.stay.encounter_id
    return replace(sent, icans=sent.icans.renamed(was, now)) if placed.rewritten and was != now else sent


def _watched(sent: Sent, step: Step, state: PatientState) -> Sent:
    """Paged for from now on, if this is what enrolled the patient."""
    before, pages = step.before, step.ward.pages
    known = before is None or before.stay.status == "discharged" or pages(before.fold.chart)
    return sent if known or not pages(state.fold.chart) else replace(sent, watched_ms=step.clock_ms)


def _followed(ladder: Ladder, scale: Scale, passage: Passage, step: Step) -> tuple[Ladder, Said]:
    """The ladder where this patient is paged for; a standing grade is raised at once when that begins."""
    if not step.ward.pages(passage.now.chart):
        return rises.ended_all(ladder, passage.now, _gone(passage.now) or "retracted")
    if step.before is None or not step.ward.pages(step.before.fold.chart):
        # The grade that stands, held or not (`settled.md` 26): nobody was told of it.
        passage, scale = passage._replace(trace=[passage.now], rewritten=False), replace(scale, shown=scale.level)
    return rises.follow(ladder, scale, passage)


def _gone(fold: Fold) -> str | None:
    """Why nobody is paged for a patient who has left."""
    return "discharged" if fold.chart.stay.status == "discharged" else None


def _told(item: Rise | Ended, scale: Scale, telling: Telling, in_force: InForce) -> dict[str, Any]:
    if isinstance(item, Rise):  # late news may reveal one of before an activation: by the rules that it rose by
        then = in_force.at(telling.state.history, item.fold.at_ms)
        return escalation.told_rise(item, scale, telling._replace(rules=then))
    return escalation.told_end(item, telling)


def _alarms(step: Step, placed: Placed, state: PatientState) -> tuple[Sent, list[dict[str, Any]]]:
    sent = state.sent
    past: list[alarms.Raised | alarms.Over] = []
    if state.stay.status != "discharged":
        sent, past = past_critical(state, _seen_here(placed), step.ward)
    state = replace(state, sent=alarms.scoped(replace(state, sent=sent)))
    cause = _gone(state.fold) or ("retracted" if step.retraction else None)
    standing = standing_alarms(state, step.reached_ms, step.ward)
    sent, said = alarms.update(state, standing, cause, heard=step.record is not None)
    telling = Telling(state, step.clock_ms, state.place, step.ward.rules)
    return sent, [_alarm_told(item, telling) for item in [*past, *said]]


def _alarm_told(item: alarms.Raised | alarms.Over, telling: Telling) -> dict[str, Any]:
    if isinstance(item, alarms.Raised):
        return escalation.told_alarm(item.alarm, item.escalation_id, telling)
    return escalation.told_resolved((item.escalation_id,), item.reason, telling.state.fold.at_ms, telling)


def _remembered(state: PatientState, step: Step) -> PatientState:
    """What later alarms ask about now: the bound before a sign went stale, since when the ward score stands."""
    rules, high = step.ward.rules, state.fold.high
    fresh = {
        sign: high
        for sign in GRADED_SIGNS
        if (newest := newest_of(state, sign)) is not None
        and step.reached_ms - newest.placed_ms < freshness_limits(newest.manner, rules)[0]
    }
    if step.record is not None and step.record["schema"] == "crs.vitals.v1":
        fresh[""] = high
    return _scored(replace(state, high_before={**state.high_before, **fresh}), step)


def _scored(state: PatientState, step: Step) -> PatientState:
    """A ward score that was paged for stands until it has been lower for as long as a grade is held: no flapping.

    As with a grade, time alone is no improvement: signs taken at the end of that time have to say so again.
    Hand-charted signs come hourly, and one better reading between two bad ones would page every hour.
    """
    now_ms, scored = step.reached_ms, ward_score(state, step.reached_ms, step.ward)
    if state.score_name != scored.name:  # grown up, or of another age than thought: another score, from its start
        state = replace(state, score_name=scored.name, score_ms=None, score_below_ms=None)
    if scored.score.low >= scored.threshold:
        return replace(state, score_ms=now_ms if state.score_ms is None else state.score_ms, score_below_ms=None)
    if f"ward_score|{scored.name}" not in state.sent.alarms:
        return replace(state, score_ms=None, score_below_ms=None)
    if ward_score(state, now_ms, step.ward, last_known=True).score.low >= scored.threshold:
        return replace(state, score_below_ms=None)  # a sign that went stale is no improvement
    below_ms = now_ms if state.score_below_ms is None else state.score_below_ms
    if (state.vitals_ms or NOTHING_YET_MS) - below_ms < minutes(step.ward.rules.hold_min):
        return replace(state, score_below_ms=below_ms)
    return replace(state, score_ms=None, score_below_ms=None)


def _shown(state: PatientState, step: Step, outputs: list[Output]) -> tuple[PatientState, list[Output]]:
    """At most one estimate, of the present; none after discharge (`settled.md` 21 and 33)."""
    was_gone = step.before is not None and step.before.stay.status == "discharged"
    if was_gone and state.stay.status == "discharged":
        return state, outputs
    wire = graded(state, step.reached_ms, step.ward.rules)
    shown = fingerprint(wire)
    due = step.record is not None and step.clock_ms - state.shown_ms >= minutes(step.ward.rules.repeat_min)
    if shown == state.shown and not due:
        return state, outputs
    told = with_trend(wire, state, step.reached_ms, step.ward.rules)
    outputs.append(Output("estimates", state.patient_id, told))
    return replace(state, shown=shown, shown_ms=step.clock_ms, forgotten=False), outputs
