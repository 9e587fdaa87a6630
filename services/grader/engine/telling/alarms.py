"""Raising and resolving the conditions of `watch.py`: each pages when it begins to stand, once a spell."""

from typing import NamedTuple

from msgspec.structs import replace

from schemas import ids
from services.grader.engine.state import PatientState
from services.grader.engine.telling.sent import INCIDENTS, OpenAlarm, Sent
from services.grader.engine.telling.watch import Alarm

SPELLED = ("critical_value", "ward_score", "neuro_due", "grade_disagreement")
REASONS = {
    "critical_value": "improved",
    "ward_score": "improved",
    "grade_disagreement": "improved",
    "possible_crs": "data_returned",
    "neuro_due": "data_returned",
    "technical_stale": "data_returned",
    "technical_silent": "data_returned",
    "engine_fault": "data_returned",  # graded again
    "data_gap": "data_returned",
}
KEPT_STAYS = 4  # an admission that is retracted brings the stay before it back


class Raised(NamedTuple):
    """A condition to page."""

    alarm: Alarm
    escalation_id: str


class Over(NamedTuple):
    """A condition that stands no more."""

    escalation_id: str
    reason: str


def update(
    state: PatientState, standing: dict[str, Alarm], cause: str | None, *, heard: bool
) -> tuple[Sent, list[Raised | Over]]:
    """What has to be said about conditions, and what was said then.

    Args:
        state: the patient now; `state.sent` is what was said before, `scoped`.
        standing: what stands now.
        cause: `retracted`, `discharged` or `merged` where that is why conditions ended; None for their own reason.
        heard: whether a record came; an incident stands however much time passes.
    """
    said: list[Raised | Over] = []
    sent = state.sent
    for key, opened in sorted(sent.alarms.items()):
        if key.partition("#")[0] not in standing and (heard or opened.kind not in INCIDENTS):
            sent = replace(sent, alarms={name: item for name, item in sent.alarms.items() if name != key})
            if opened.escalation_id:  # else it was told under another name, and resolved there
                said.append(Over(opened.escalation_id, cause or REASONS[opened.kind]))
    for key, alarm in standing.items():
        again = alarm.kind == "possible_crs"
        if alarm.muted or (key in sent.alarms and not again):
            continue
        sent, raised = raise_alarm(state, sent, alarm)
        said.append(raised)
    return sent, said


def scoped(state: PatientState) -> Sent:
    """Missing inputs are paged for once an episode; without one, once since admission or the last close.

    Asked before what stands is looked for: in a new episode what was paged for is due again at once.
    """
    scope, sent = state.missing_scope, state.sent
    return sent if sent.missing_scope == scope else replace(sent, missing_scope=scope, missing_paged=())


def raise_alarm(state: PatientState, sent: Sent, alarm: Alarm) -> tuple[Sent, Raised]:
    """Count the spell, name the escalation, remember that it is open."""
    stay = state.stay.encounter_id
    spells = _of_known_stays(sent.spells, stay)
    if alarm.kind in SPELLED:
        spell_key = f"{stay}|{alarm.key}"
        spell = spells.get(spell_key, 0) + 1
        spells = {**spells, spell_key: spell}
        name = ids.spell_id(state.patient_id, stay, alarm.kind, alarm.sign, spell)
    elif alarm.kind == "possible_crs":
        name = ids.possible_crs_id(state.patient_id, sent.missing_scope, alarm.missing)
        sent = replace(sent, missing_paged=tuple(sorted({*sent.missing_paged, *alarm.missing})))
    else:
        # A second spell on the same last reading (discharged by mistake, a reading retracted) pages again, so it needs
        # an id of its own; the first keeps the plain one. These ids do not name the stay.
        subject = f"|{alarm.key}|{alarm.basis}"
        spell_key = f"{stay}{subject}"
        spell = 1 + max((count for name, count in spells.items() if name.endswith(subject)), default=0)
        # Last readings only get newer; only nothing heard since admission may come again, when a merge is undone.
        first, others = f"{stay}|{alarm.key}|{stay}", f"{stay}|{alarm.key}|"
        spells = {name: count for name, count in spells.items() if name == first or not name.startswith(others)}
        spells = {**spells, spell_key: spell}
        basis = alarm.basis if spell == 1 else f"{alarm.basis}#{spell}"
        name = ids.technical_id(state.patient_id, alarm.kind, alarm.sign, basis)
    opened = OpenAlarm(name, alarm.kind)
    # A second `possible_crs` stands beside the first: both are over when the gap closes.
    key = alarm.key if alarm.key not in sent.alarms else f"{alarm.key}#{name}"
    return replace(sent, spells=spells, alarms={**sent.alarms, key: opened}), Raised(alarm, name)


def _of_known_stays(spells: dict[str, int], stay: str) -> dict[str, int]:
    """Without those of stays before the last few; the present one comes last."""
    own = {name: count for name, count in spells.items() if name.startswith(f"{stay}|")}
    others = {name: count for name, count in spells.items() if name not in own}
    stays = list(dict.fromkeys(name.partition("|")[0] for name in others))[1 - KEPT_STAYS :]
    return {**{name: count for name, count in others.items() if name.partition("|")[0] in stays}, **own}
