"""One alarm instance, in the states of ISA-18.2 (`alerting.md` 2.6). Values only; `climbing.py` moves them.

An instance is one concern of one patient (kind and sign): the rises of an episode climb the same alarm, so that an
acknowledged Grade 2 sounds again at Grade 3 and nobody is called twice for the same thing. It stands while any of its
escalations is unresolved, and stays latched when it clears before anybody acknowledged it.
"""

from dataclasses import dataclass
from enum import StrEnum

from services.notifier.policy import Ladder


class State(StrEnum):
    """ISA-18.2 in the words of the wire; a closed alarm is not on the wire any more."""

    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    LATCHED = "cleared_unacknowledged"
    CLOSED = "closed"


class Cause(StrEnum):
    """Why an alarm changed, and why a page goes out. Kept in the ledger, counted, shown."""

    RAISED = "raised"
    WORSENED = "worsened"
    NOT_ANSWERED = "nobody answered"
    REPEATED = "nobody answered the whole ladder"
    ANSWER_EXPIRED = "acknowledgement expired"
    SNOOZE_ENDED = "snooze ended"
    DECLINED = "declined"
    UNREACHABLE = "hop could not be reached"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    NOTED = "noted"
    REFUSED = "response refused"
    EASED = "one rise resolved, the alarm stands"
    CLEARED = "resolved"


@dataclass(frozen=True, slots=True)
class Standing:
    """An unresolved escalation of the alarm, and the grade it rose from."""

    escalation_id: str
    previous_grade: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one response."""

    response_id: str
    accepted: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody is to be called now: one rung of the ladder."""

    escalation_id: str
    round: int
    hop: int
    roles: tuple[str, ...]
    cause: Cause


@dataclass(frozen=True, slots=True)
class Alarm:
    """The instance.

    Attributes:
        escalation_id: the newest escalation that stands; pages are about this one.
        standing: its unresolved escalations, oldest first.
        members: every escalation it ever had; answers to any of them are answers to this alarm.
        revision: rises with every change.
        sounded_at_revision: the revision at which it last began to sound: an answer to an older one is void.
        ladder: as the policy said when it was raised; later edits do not reach a running alarm.
        cause: why it changed last.
        calls_because: why the next call goes out; notes and refused answers do not change that.
        round: how often the ladder was begun; part of every page's id, so that a repeat is a page of its own.
        next_hop: index of the rung that is due next; None after the last.
        until_ms: end of the acknowledgement or snooze; None where it does not end by time.
    """

    escalation_id: str
    kind: str
    priority: str
    raised_ms: int
    ladder: Ladder
    policy_hash: str
    sign: str | None = None
    grade: int | None = None
    unit: str | None = None
    bed: str | None = None
    standing: tuple[Standing, ...] = ()
    members: tuple[str, ...] = ()
    state: State = State.UNACKNOWLEDGED
    revision: int = 1
    sounded_at_revision: int = 1
    cause: Cause = Cause.RAISED
    calls_because: Cause = Cause.RAISED
    round: int = 1
    round_ms: int = 0
    next_hop: int | None = 0
    actor: str | None = None
    acted_ms: int | None = None
    until_ms: int | None = None
    answers: tuple[Answer, ...] = ()

    @property
    def key(self) -> str:
        """What the alarm is about; at most one of a patient's alarms has it."""
        return self.kind if self.sign is None else f"{self.kind}/{self.sign}"
