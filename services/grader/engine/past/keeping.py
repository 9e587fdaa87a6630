"""Late data may raise a past grade at once, but never withdraw what was said (`settled.md` 16).

A rise that was sent and that the rewritten past no longer supports goes into the hold from now: it falls like any other
improvement. Only a retraction withdraws.
"""

from typing import Any

from services.grader.engine.durations import NOTHING_YET_MS
from services.grader.engine.fold import Fold
from services.grader.engine.past.history import Entry
from services.grader.engine.past.in_force import InForce
from services.grader.engine.past.placing import Placed, place_entry
from services.grader.engine.telling.sent import Ladder


def keep_what_was_said(placed: Placed, before: Fold, clock_ms: int, in_force: InForce) -> Placed:
    """The placed state, with the levels that the old past showed put into the hold where the new one lost them."""
    state, folds = placed.state, [placed.before, *placed.changed]
    sent = state.sent
    crs = _is_unsupported(sent.crs, state.fold.low, [(fold.at_ms, fold.low) for fold in folds])
    icans = _is_unsupported(sent.icans, state.fold.icans_low, [(fold.at_ms, fold.icans_low) for fold in folds])
    if not placed.rewritten or not (crs or icans):
        return placed
    levels = before.holds.levels() if crs else dict.fromkeys(before.holds.levels(), 0)
    record: dict[str, Any] = {"kind": "kept", "levels": {**levels, "icans": before.icans_low if icans else 0}}
    record["episode"] = _episode(before) if crs else None
    entry = Entry(clock_ms, f"kept:{state.revision}:{clock_ms}", "", (), record)
    kept = place_entry(state, entry, clock_ms, in_force)
    return placed._replace(state=kept.state, trace=[*placed.trace, *kept.trace])


def _is_unsupported(ladder: Ladder, level: int, past: list[tuple[int, int]]) -> bool:
    if level >= ladder.reported:
        return False
    since_ms = min((rise.at_ms for rise in ladder.open if rise.grade >= ladder.reported), default=NOTHING_YET_MS)
    return not any(reached >= ladder.reported for at_ms, reached in past if at_ms >= since_ms)


def _episode(fold: Fold) -> dict[str, Any] | None:
    episode = fold.episode
    return None if episode is None else {"key": episode.key, "opened_ms": episode.opened_ms}
