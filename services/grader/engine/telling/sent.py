"""What was already said about a patient, so that nothing is said twice and nothing that returns stays unsaid."""

from msgspec import field
from msgspec.structs import replace

from services.grader.engine.durations import NOTHING_YET_MS
from services.grader.engine.value import Value

Spell = tuple[int, int]  # of a critical value: when it began, when it was last seen
Spells = tuple[Spell, ...]
INCIDENTS = ("engine_fault", "data_gap")  # stand until the next record, however much time passes


class OpenRise(Value, frozen=True):
    """A rise that has not been resolved: it ends when the grade is back at or below the one it rose from.

    Without an id it was told under the name of a merged patient, and is resolved there.
    """

    escalation_id: str
    grade: int
    rose_from: int
    at_ms: int


class Ladder(Value, frozen=True):
    """Rises of one kind: the grade last reported, how many were sent by scope and grade, and which are open."""

    reported: int = 0
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    open: tuple[OpenRise, ...] = ()

    def highest(self, scope: str) -> int:
        """The highest grade sent in this episode (ICANS: stay), withdrawn ones included."""
        return max((int(grade) for grade in self.counts.get(scope, {})), default=0)

    def next_rise(self, scope: str, grade: int) -> int:
        """Rises are counted and never renumbered (`settled.md` 22)."""
        return self.counts.get(scope, {}).get(str(grade), 0) + 1

    def renamed(self, scope: str, now: str) -> "Ladder":
        """What was counted under one name counts under another too."""
        theirs, ours = self.counts.get(scope, {}), self.counts.get(now, {})
        both = {grade: theirs.get(grade, 0) + ours.get(grade, 0) for grade in {**theirs, **ours}}
        return replace(self, counts={**self.counts, now: both}) if both else self


class OpenAlarm(Value, frozen=True):
    """A condition that was escalated and still stands; without an id, as for rises."""

    escalation_id: str
    kind: str


class Sent(Value, frozen=True):
    """Everything said: rises, conditions that stand by key, spells counted, and inputs paged for as missing.

    `watched_ms` is since when the grade pages: what passed before the enrolment is not paged for afterwards.
    """

    crs: Ladder = Ladder()
    icans: Ladder = Ladder()
    alarms: dict[str, OpenAlarm] = field(default_factory=dict)
    spells: dict[str, int] = field(default_factory=dict)
    critical: dict[str, Spells] = field(default_factory=dict)
    missing_scope: str = ""
    missing_paged: tuple[str, ...] = ()
    watched_ms: int = NOTHING_YET_MS

    @property
    def is_nothing(self) -> bool:
        """Whether no page ever went out."""
        return not (self.crs.counts or self.icans.counts or self.alarms or self.spells or self.missing_paged)

    @property
    def has_incident(self) -> bool:
        """Whether the next record ends a fault or a gap."""
        return any(alarm.kind in INCIDENTS for alarm in self.alarms.values())

    def with_incident(self, kind: str, offset: int, escalation_id: str) -> "Sent":
        """A fault or a gap was paged."""
        return replace(self, alarms={**self.alarms, f"{kind}|#{offset}": OpenAlarm(escalation_id, kind)})
