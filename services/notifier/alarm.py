"""One alarm instance as a state machine after ISA-18.2 (`alerting.md` 2.6). Pure: values in, values out, `now` given.

An instance is one concern of one patient (kind and sign): the rises of an episode climb the same alarm, so that an
acknowledged Grade 2 sounds again at Grade 3 and nobody is called twice for the same thing. It stands while any of its
escalations is unresolved, and stays latched when it clears before anybody acknowledged it.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from services.notifier.policy import Ladder

SECOND_MS = 1000


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


def sound(alarm: Alarm, cause: Cause, now_ms: int) -> Alarm:
    """Begin to sound (again): unanswered, from the first hop, and no earlier answer counts any more."""
    revision = alarm.revision + 1
    return replace(
        alarm,
        state=State.UNACKNOWLEDGED,
        revision=revision,
        sounded_at_revision=revision,
        cause=cause,
        calls_because=cause,
        round=alarm.round + 1,
        round_ms=now_ms,
        next_hop=0,
        until_ms=None,
    )


def clear(alarm: Alarm, *, escalation_id: str, latch: bool) -> Alarm:
    """One of its escalations is resolved: the alarm eases, or, when it was the last, closes or latches.

    Args:
        alarm: as it stands.
        escalation_id: the resolved one; an id that does not stand changes nothing.
        latch: whether this reason keeps an unanswered alarm on the board.
    """
    ended = next((one for one in alarm.standing if one.escalation_id == escalation_id), None)
    if ended is None:
        return alarm
    left = tuple(one for one in alarm.standing if one is not ended)
    changed = replace(alarm, standing=left, revision=alarm.revision + 1)
    if left:
        grades = [grade for grade in (alarm.grade, ended.previous_grade) if grade is not None]
        return replace(
            changed, cause=Cause.EASED, escalation_id=left[-1].escalation_id, grade=min(grades) if grades else None
        )
    unanswered = alarm.state in (State.UNACKNOWLEDGED, State.SNOOZED)
    state = State.LATCHED if unanswered and latch else State.CLOSED
    return replace(changed, cause=Cause.CLEARED, state=state, until_ms=None, next_hop=None)


def hurry(alarm: Alarm, cause: Cause, now_ms: int) -> Alarm:
    """Climb to the next hop at once; after the last, begin again. Later hops follow at their usual distance."""
    if alarm.state is not State.UNACKNOWLEDGED:
        return alarm
    if alarm.next_hop is None:
        return sound(alarm, cause, now_ms)
    begun_ms = now_ms - alarm.ladder.hops[alarm.next_hop].after_s * SECOND_MS
    round_ms = min(alarm.round_ms, begun_ms)
    return replace(alarm, revision=alarm.revision + 1, cause=cause, calls_because=cause, round_ms=round_ms)


def advance(alarm: Alarm, now_ms: int) -> tuple[Alarm, tuple[Call, ...]]:
    """All that time brings up to and including now: an answer that ends, hops that are due."""
    if _answer_ended(alarm, now_ms):
        ended = Cause.SNOOZE_ENDED if alarm.state is State.SNOOZED else Cause.ANSWER_EXPIRED
        alarm = sound(alarm, ended, now_ms)
    elif _repeat_due(alarm, now_ms):
        alarm = sound(alarm, Cause.REPEATED, now_ms)
    calls: list[Call] = []
    while (due_ms := _hop_due_ms(alarm)) is not None and due_ms <= now_ms:
        hop = alarm.next_hop or 0
        calls.append(Call(alarm.escalation_id, alarm.round, hop, alarm.ladder.hops[hop].roles, alarm.calls_because))
        alarm = replace(
            alarm,
            next_hop=hop + 1 if hop + 1 < len(alarm.ladder.hops) else None,
            round_ms=_begun_ms(alarm, hop, now_ms),
            revision=alarm.revision + 1,
            cause=alarm.calls_because,
            calls_because=Cause.NOT_ANSWERED,
        )
    return alarm, tuple(calls)


def next_step_ms(alarm: Alarm) -> int | None:
    """When time alone changes the alarm next; None where only an event can."""
    if alarm.state in (State.ACKNOWLEDGED, State.SNOOZED):
        return alarm.until_ms
    due_ms = _hop_due_ms(alarm)
    return due_ms if due_ms is not None else _repeat_ms(alarm)


def next_roles(alarm: Alarm) -> tuple[str, ...]:
    """Whom the next step calls."""
    sounding = alarm.state is State.UNACKNOWLEDGED and alarm.next_hop is not None
    return alarm.ladder.hops[alarm.next_hop or 0 if sounding else 0].roles


def _begun_ms(alarm: Alarm, hop: int, now_ms: int) -> int:
    """The repeat counts from when the last hop was really called: after an outage that may be late."""
    last = hop + 1 == len(alarm.ladder.hops)
    return max(alarm.round_ms, now_ms - alarm.ladder.hops[hop].after_s * SECOND_MS) if last else alarm.round_ms


def _answer_ended(alarm: Alarm, now_ms: int) -> bool:
    answered = alarm.state in (State.ACKNOWLEDGED, State.SNOOZED)
    return answered and alarm.until_ms is not None and alarm.until_ms <= now_ms


def _hop_due_ms(alarm: Alarm) -> int | None:
    if alarm.state is not State.UNACKNOWLEDGED or alarm.next_hop is None:
        return None
    return alarm.round_ms + alarm.ladder.hops[alarm.next_hop].after_s * SECOND_MS


def _repeat_ms(alarm: Alarm) -> int | None:
    ladder = alarm.ladder
    if alarm.state is not State.UNACKNOWLEDGED or alarm.next_hop is not None or ladder.repeat_s is None:
        return None
    return alarm.round_ms + (ladder.hops[-1].after_s + ladder.repeat_s) * SECOND_MS


def _repeat_due(alarm: Alarm, now_ms: int) -> bool:
    repeat_ms = _repeat_ms(alarm)
    return repeat_ms is not None and repeat_ms <= now_ms
