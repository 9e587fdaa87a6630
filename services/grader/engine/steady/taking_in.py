"""The common record taken in: without a word, or with the estimate that is repeated while data arrive."""

from typing import Any, NamedTuple

from schemas.bedside import VITALS
from schemas.reading import event_time
from services.grader.engine import Output
from services.grader.engine.durations import HOUR_MS, minutes
from services.grader.engine.estimate import fingerprint, graded, with_trend
from services.grader.engine.kept import Kept
from services.grader.engine.state import Place
from services.grader.engine.steady.putting_away import put_away
from services.grader.engine.steady.repeating import is_repeatable, said_again
from services.grader.engine.steady.settling import grows, settled
from services.grader.engine.steady.steady import Steady
from services.grader.engine.ward import Ward

Record = dict[str, Any]
# Now and then a repeated estimate goes the long way: it marks the past, and forgets what is too old.
MARKED_EVERY_MS = HOUR_MS


class Common(NamedTuple):
    """Whether a record changes nothing but values and times; what follows from it, unless it goes the long way."""

    is_common: bool
    outputs: list[Output] | None = None


UNCOMMON = Common(is_common=False)


def commonly(kept: Kept, record: Record, clock_ms: int, place: Place, ward: Ward) -> Common:
    """Take a common record in; every other one leaves the patient as it was, and goes the long way.

    A thorough ward takes none in: it only tells which they are.
    """
    at_ms = event_time(record) if record["schema"] == VITALS else None
    if at_ms is None:
        return UNCOMMON
    steady = kept.steady or kept.settle(lambda state: settled(state, ward))
    if steady is None:
        return UNCOMMON
    if clock_ms < steady.repeat_ms and not ward.thorough:
        taken = steady.take(record, at_ms, clock_ms, place.offset)
        return Common(is_common=True, outputs=[]) if taken else UNCOMMON
    before, due_ms = steady.gathered(), steady.repeat_ms
    steady.until_ms = steady.changes_ms
    if not steady.take(record, at_ms, clock_ms, place.offset):
        return UNCOMMON
    said = None
    try:
        said = None if ward.thorough else _repeated(kept, steady, due_ms, clock_ms, ward)
    finally:
        if said is None:
            kept.go_back(before)
    return Common(is_common=True, outputs=said)


def _repeated(kept: Kept, steady: Steady, due_ms: int, clock_ms: int, ward: Ward) -> list[Output] | None:
    """The estimate again, as it is due while data arrive; None where the long way has to look."""
    base, gathered, next_ms = kept.ungathered(), steady.gathered(), clock_ms + minutes(ward.rules.repeat_min)
    marked_ms, chart = base.marks[-1].at_ms, base.fold.chart
    if gathered is None or clock_ms - marked_ms >= MARKED_EVERY_MS or grows(chart, due_ms, next_ms):
        return None
    state = put_away(base, gathered)
    if steady.said is not None:
        wire = said_again(steady.said, state, gathered, ward.rules)
    else:
        wire = graded(state, state.reached_ms, ward.rules)
        if fingerprint(wire) != state.shown:
            return None
        steady.said = wire if is_repeatable(wire, state) else None
    steady.shown(clock_ms, next_ms)
    return [Output("estimates", state.patient_id, with_trend(wire, state, state.reached_ms, ward.rules))]
