"""One series as it stands: its newest reading, and the finding that is pending or established on it.

A finding is *established* once it has lasted (`settled.md` 11): by deadline, no second reading needed, unless a normal
one intervened. One rule set for streams, cuffs, patches and hand-charted values; readings of each manner follow their
own. Tracks are immutable.
"""

from msgspec.structs import replace

from services.grader.engine.durations import minutes, seconds
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.signs.readings import (
    ABNORMAL,
    CRITICAL,
    CUFF,
    DEEP,
    FAST,
    NORMAL,
    PATCH,
    SUSPECT,
    Reading,
    freshness_limits,
)
from services.grader.engine.value import Value


class Finding(Value, frozen=True):
    """Consecutive readings beyond a limit."""

    since_ms: int
    event_id: str
    deep: bool
    due_ms: int
    established: bool


class Dense(Value, frozen=True):
    """Readings known to follow each other evenly: first, every `step_ms`, until. Only while a past is replayed."""

    first_ms: int
    step_ms: int
    until_ms: int


class Track(Value, frozen=True):
    """The state of one series."""

    last_ms: int
    value: float
    category: int
    manner: str
    finding: Finding | None = None
    critical: Finding | None = None
    dense: Dense | None = None


def observe(track: Track | None, reading: Reading, event_id: str, rules: RuleSet, dense: Dense | None = None) -> Track:
    """The series after one more reading, later than those before."""
    finding = track.finding if track else None
    critical = track.critical if track else None
    if reading.category != SUSPECT:  # neither fever nor its absence: whatever was pending goes on
        finding = _continued(finding, reading, event_id, ABNORMAL, rules)
        critical = _continued(critical, reading, event_id, CRITICAL, rules)
    return Track(reading.at_ms, reading.value, reading.category, reading.manner, finding, critical, dense)


def recategorised(track: Track, category: int, at_ms: int, rules: RuleSet) -> Track:
    """The newest reading held against new limits, which count from now."""
    if category == track.category:
        return track
    reading = Reading("", at_ms, track.value, category, track.manner)
    finding = _continued(track.finding, reading, "limits", ABNORMAL, rules)
    critical = _continued(None, reading, "limits", CRITICAL, rules)  # or it was not
    return replace(track, category=category, finding=finding, critical=critical)


def _continued(
    finding: Finding | None, reading: Reading, event_id: str, threshold: int, rules: RuleSet
) -> Finding | None:
    if reading.category < threshold:
        return None
    deep = reading.category >= DEEP
    if finding is None:
        due = reading.at_ms + _lasting(reading.manner, deep, threshold, rules)
        return Finding(reading.at_ms, event_id, deep, due, due <= reading.at_ms)
    if finding.established or finding.due_ms <= reading.at_ms:
        return replace(finding, established=True)
    deep = deep and finding.deep
    due = _due_again(finding, reading, deep, threshold, rules)
    return replace(finding, deep=deep, due_ms=due, established=due <= reading.at_ms)


def _due_again(finding: Finding, reading: Reading, deep: bool, threshold: int, rules: RuleSet) -> int:
    """When a further reading establishes it by its own manner."""
    if reading.manner == CUFF and threshold == ABNORMAL:
        return reading.at_ms  # the second low reading of a cuff
    return finding.since_ms + _lasting(reading.manner, deep, threshold, rules)


def _lasting(manner: str, deep: bool, threshold: int, rules: RuleSet) -> int:
    """How long a finding must last, by the manner of its readings."""
    if threshold == CRITICAL:
        return 0 if manner not in (FAST, CUFF, PATCH) else seconds(rules.critical_persistence_s)
    return {
        FAST: seconds(rules.deep_persistence_s if deep else rules.fast_persistence_s),
        CUFF: minutes(rules.cuff_persistence_min),
        PATCH: minutes(rules.patch_persistence_min),
    }.get(manner, 0)


def settle(track: Track, at_ms: int) -> Track:
    """Establish what has lasted long enough by now."""
    finding, critical = _settled(track.finding, at_ms), _settled(track.critical, at_ms)
    if finding is track.finding and critical is track.critical:
        return track
    return replace(track, finding=finding, critical=critical)


def _settled(finding: Finding | None, at_ms: int) -> Finding | None:
    if finding is None or finding.established or finding.due_ms > at_ms:
        return finding
    return replace(finding, established=True)


def newest_ms(track: Track, at_ms: int) -> int:
    """Time of the newest reading at or before `at_ms`."""
    dense = track.dense
    if dense is None or at_ms < dense.first_ms:
        return track.last_ms
    return dense.first_ms + (min(at_ms, dense.until_ms) - dense.first_ms) // dense.step_ms * dense.step_ms


def next_reading_ms(track: Track, from_ms: int) -> int | None:
    """Time of the first reading at or after `from_ms` that is known to come while a past is replayed."""
    dense = track.dense
    if dense is None or from_ms > dense.until_ms:
        return None
    steps = max(0, -(-(from_ms - dense.first_ms) // dense.step_ms))
    return dense.first_ms + steps * dense.step_ms


def freshness(track: Track | None, at_ms: int, rules: RuleSet) -> str:
    """fresh, stale, lost or never; a limit is reached at age >= limit."""
    if track is None:
        return "never"
    stale, lost = freshness_limits(track.manner, rules)
    age = at_ms - newest_ms(track, at_ms)
    return "lost" if age >= lost else "stale" if age >= stale else "fresh"


def is_established(track: Track | None) -> bool:
    """Whether the newest readings establish a finding (fresh or not)."""
    return track is not None and track.finding is not None and track.finding.established


def is_pending(track: Track) -> bool:
    """Whether a finding waits for its time."""
    return track.finding is not None and not track.finding.established


def is_normal(track: Track) -> bool:
    """Whether the newest reading is a normal one."""
    return track.category == NORMAL


def deadlines(track: Track, rules: RuleSet) -> list[int]:
    """Times at which time alone may change what this series says."""
    due = [item.due_ms for item in (track.finding, track.critical) if item is not None and not item.established]
    last = track.dense.until_ms if track.dense else track.last_ms
    return [*due, *(last + limit for limit in freshness_limits(track.manner, rules))]
