"""Patients who left: a day after discharge their state goes, and a tombstone takes their estimate off the topic.

Enrolment outlives that: who is admitted again before the risk window of the latest dose ends is paged for at once
(`settled.md` 26), and in the same topic there is nobody to ask. So until then these stay in memory, and in checkpoints:

- the stay, dose, age and baseline, which a new stay keeps (`settled.md` 21); by the stay an old admission that is sent
  again is known as old;
- what was said, by its counts: a discharge cancelled late goes on with the same stay, and no id may come twice;
- the revision and the clock of the last estimate, which never go back; retractions that wait for their event.

Of who was paged for, a name for whatever comes without an admission stays for as long after that: escalations are named
after the stay, and a second stay without a name would give them ids that were used.

A merged patient's name is remembered for as long as anything may still come under it: the risk window, from the last
event that was passed on.

Signs, support, examinations and the history of events are gone for everybody. Of who has no risk window and was never
paged for, all is gone.
"""

from typing import Any

from msgspec.structs import replace

from schemas.times import format_time
from services.grader.engine import Output
from services.grader.engine.chart import Chart, Stay
from services.grader.engine.durations import NOTHING_YET_MS, days, hours
from services.grader.engine.fold import Fold
from services.grader.engine.past.history import History
from services.grader.engine.risk.risk import enrolled_until_ms
from services.grader.engine.state import EpisodeName, PatientState
from services.grader.engine.telling.sent import Sent
from services.grader.engine.ward import Ward


def forget_ms(state: PatientState, ward: Ward) -> int | None:
    """When the state goes, or what is left of it; None while the patient is here."""
    if state.merge is not None and state.merge.acknowledged:
        return state.merge.last_ms + days(ward.rules.enrolment_days)
    stay = state.stay
    if _is_a_name(state):
        return state.reached_ms + days(ward.rules.enrolment_days)
    if stay.status != "discharged" or stay.discharged_ms is None:
        return None
    gone_ms = stay.discharged_ms + hours(ward.rules.forget_h)
    return max(gone_ms, _window_ms(state, ward)) if state.forgotten else gone_ms


def forgotten(state: PatientState, now_ms: int, ward: Ward) -> tuple[PatientState | None, list[Output]]:
    """What is left of a patient whose time has come, and the tombstone unless it was sent."""
    if state.gone:
        return None, []
    outputs = [] if state.forgotten else [Output("estimates", state.patient_id, None)]
    if _window_ms(state, ward) > now_ms:
        return _enrolment(state, now_ms), outputs
    if state.sent.is_nothing or _is_a_name(state):
        return None, outputs
    return replace(_enrolment(state, now_ms), sent=Sent(spells=state.sent.spells), **_next_stay(state)), outputs


def _window_ms(state: PatientState, ward: Ward) -> int:
    dose = state.fold.chart.dose
    return NOTHING_YET_MS if dose is None else enrolled_until_ms(dose, ward.rules)


def _is_a_name(state: PatientState) -> bool:
    """Whether all that is left is what the next stay is called."""
    return state.forgotten and state.stay.status == "unknown"


def _next_stay(state: PatientState) -> dict[str, Any]:
    """What comes without an admission is another stay than the one before."""
    left_ms = state.stay.discharged_ms or 0
    stay = Stay(encounter_id=f"after {format_time(left_ms)}", admitted_ms=left_ms)
    fold = Fold(left_ms, left_ms, chart=Chart(stay, newest_ms=_encounters(state)))
    return {"fold": fold, "marks": (fold,), "history": History(), "episodes": ()}


def _encounters(state: PatientState) -> dict[str, int]:
    """By which an old admission that is sent again is known as old."""
    return {kind: at_ms for kind, at_ms in state.fold.chart.newest_ms.items() if kind == "encounter"}


def _last_episode(state: PatientState, left_ms: int) -> tuple[EpisodeName, ...]:
    """After which gaps are named (`PatientState.missing_scope`); over, whatever fever comes next."""
    return tuple(replace(name, keys=(), closed_ms=name.closed_ms or left_ms) for name in state.episodes[-1:])


def _enrolment(state: PatientState, now_ms: int) -> PatientState:
    chart = state.fold.chart
    left_ms = chart.stay.discharged_ms or 0
    # As of the discharge: what was charted since and comes late is still placed after it.
    fold = Fold(left_ms, left_ms, chart=Chart(chart.stay, chart.person, chart.baseline, chart.dose))
    return PatientState(
        state.patient_id,
        fold,
        (fold,),
        History(retracted=state.history.retracted),
        sent=replace(state.sent, watched_ms=NOTHING_YET_MS),
        episodes=_last_episode(state, left_ms),
        revision=state.revision + 1,
        as_of_ms=max(state.as_of_ms, now_ms),
        reached_ms=now_ms,
        place=state.place,
        newest_event_ms=state.newest_event_ms,
        forgotten=True,
        merge=state.merge,
        taken=state.taken,
    )
