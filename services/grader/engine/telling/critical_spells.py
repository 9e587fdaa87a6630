"""Critical values that were over before anybody could look: within one step, or revealed by late data."""

from collections.abc import Sequence

from msgspec.structs import replace

from services.grader.engine.durations import seconds
from services.grader.engine.fold import Fold
from services.grader.engine.signs.readings import sign_of
from services.grader.engine.state import PatientState
from services.grader.engine.telling.alarms import Over, Raised, raise_alarm
from services.grader.engine.telling.sent import Sent, Spell, Spells
from services.grader.engine.telling.watch import critical_alarm
from services.grader.engine.ward import Ward

KEPT_SPELLS = 32  # told apart; those before them are known as one, so that folding them again pages nobody


def past_critical(state: PatientState, trace: Sequence[Fold], ward: Ward) -> tuple[Sent, list[Raised | Over]]:
    """Each pages once, at a lower priority if it is long over; whatever was looked at is known from then on."""
    said: list[Raised | Over] = []
    sent = state.sent
    for series, since_ms, until_ms, fold in _spells(trace):
        sign = sign_of(series)
        known = sent.critical.get(sign, ())
        stands = series in state.fold.critical or f"critical_value|{sign}" in sent.alarms
        if not stands and not _same(known, since_ms, until_ms):
            late = state.newest_event_ms - since_ms > seconds(ward.rules.late_after_s)
            then = ward._replace(rules=ward.in_force.at(state.history, fold.at_ms))
            alarm = critical_alarm(replace(state, fold=fold), series, since_ms, then)
            sent, raised = raise_alarm(state, sent, alarm._replace(late=late, refuted=late))
            said.append(raised)
        sent = replace(sent, critical={**sent.critical, sign: with_spell(known, since_ms, until_ms)})
    return sent, said


def with_spell(known: Spells, since_ms: int, until_ms: int) -> Spells:
    """The known spells and one more; those that it touches are one with it."""
    same = _same(known, since_ms, until_ms)
    together = [*same, (since_ms, until_ms)]
    whole = (min(start_ms for start_ms, _ in together), max(end_ms for _, end_ms in together))
    return known_spells(sorted([*(spell for spell in known if spell not in same), whole]))


def known_spells(spells: Sequence[Spell]) -> Spells:
    """The newest apart, those before them as one."""
    older, newer = spells[: 1 - KEPT_SPELLS], spells[1 - KEPT_SPELLS :]
    whole = [(older[0][0], max(end_ms for _, end_ms in older))] if older else []
    return (*whole, *newer)


def _same(known: Spells, since_ms: int, until_ms: int) -> list[Spell]:
    return [(start_ms, end_ms) for start_ms, end_ms in known if start_ms <= until_ms and end_ms >= since_ms]


def _spells(trace: Sequence[Fold]) -> list[tuple[str, int, int, Fold]]:
    """Series, when its critical spell began and was last seen, and the fold that first showed it."""
    first: dict[tuple[str, int], Fold] = {}
    last_ms: dict[tuple[str, int], int] = {}
    for fold in trace:
        for spell in fold.critical.items():
            first.setdefault(spell, fold)
            last_ms[spell] = fold.at_ms
    return [(*spell, last_ms[spell], fold) for spell, fold in first.items()]
