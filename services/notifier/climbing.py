"""How an alarm sounds, climbs its ladder and begins again. Pure: values in, values out, `now` given."""

from dataclasses import replace

from services.notifier.alarm import Alarm, Call, Cause, State

SECOND_MS = 1000


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
