"""What was said of two patients who are one: nothing of it is said again, and no id comes twice.

What stands open under the old name is resolved there; here it counts as said, without an id to resolve.
"""

from msgspec.structs import replace

from services.grader.engine.state import PatientState
from services.grader.engine.telling.critical_spells import known_spells
from services.grader.engine.telling.sent import Ladder, OpenAlarm, OpenRise, Sent, Spells

Counts = dict[str, dict[str, int]]


def joined_sent(survivor: PatientState, other: PatientState, whole: PatientState) -> Sent:
    """Everything said for either, counted in the episode and the stay that the two are in now."""
    scope = whole.missing_scope
    one, two = survivor.sent, other.sent
    ours, theirs = _scopes(survivor, whole), _scopes(other, whole)
    spells = _spells(one.spells, survivor, whole)
    for key, count in _spells(two.spells, other, whole).items():
        spells[key] = spells.get(key, 0) + count
    return Sent(
        _ladder(one.crs, two.crs, ours, theirs),
        _ladder(one.icans, two.icans, ours, theirs),
        {**{key: _untold(alarm) for key, alarm in two.alarms.items()}, **one.alarms},
        spells,
        _critical(one, two),
        scope,
        tuple(sorted({*_paged(survivor, ours, scope), *_paged(other, theirs, scope)})),
    )


def _scopes(state: PatientState, whole: PatientState) -> dict[str, str]:
    """What the episodes and the stay of one of the two are called now."""
    found = {name.episode_id: _name_now(name.keys, name.episode_id, whole) for name in state.episodes}
    if state.stay.status != "discharged":
        found[state.stay.encounter_id] = whole.stay.encounter_id
    return found


def _name_now(keys: tuple[str, ...], episode_id: str, whole: PatientState) -> str:
    return next((name.episode_id for name in whole.episodes if set(name.keys) & set(keys)), episode_id)


def _ladder(one: Ladder, two: Ladder, ours: dict[str, str], theirs: dict[str, str]) -> Ladder:
    counts: Counts = {}
    for side, names in ((two, theirs), (one, ours)):
        for scope, grades in side.counts.items():
            known = counts.setdefault(names.get(scope, scope), {})
            for grade, number in grades.items():
                known[grade] = known.get(grade, 0) + number
    said = tuple(replace(rise, escalation_id="") for rise in two.open)
    return Ladder(max(one.reported, two.reported), counts, tuple(sorted((*one.open, *said), key=_when)))


def _when(rise: OpenRise) -> tuple[int, int, str]:
    return rise.at_ms, rise.grade, rise.escalation_id


def _untold(alarm: OpenAlarm) -> OpenAlarm:
    return replace(alarm, escalation_id="")


def _spells(spells: dict[str, int], state: PatientState, whole: PatientState) -> dict[str, int]:
    """Counted in the stay that goes on too; that one may turn out to be an error."""
    own, now = f"{state.stay.encounter_id}|", f"{whole.stay.encounter_id}|"
    if state.stay.status == "discharged":
        return dict(spells)
    return {**spells, **{now + key.removeprefix(own): count for key, count in spells.items() if key.startswith(own)}}


def _critical(one: Sent, two: Sent) -> dict[str, Spells]:
    """Those before the newest are known as one, so that folding them again pages nobody."""
    return {
        sign: known_spells(sorted((*one.critical.get(sign, ()), *two.critical.get(sign, ()))))
        for sign in {**two.critical, **one.critical}
    }


def _paged(state: PatientState, names: dict[str, str], scope: str) -> tuple[str, ...]:
    """Missing inputs that were paged for in what is now the episode, or the stay."""
    own = "|".join(names.get(part, part) for part in state.sent.missing_scope.split("|"))
    return state.sent.missing_paged if own == scope else ()
