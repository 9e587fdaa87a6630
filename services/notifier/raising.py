"""An escalation begins an alarm, climbs the one that stands for the same thing, or ends. Pure."""

from dataclasses import replace

from schemas.escalations import Escalation
from schemas.times import parse_time
from services.notifier.alarm import Alarm, Cause, Standing, State
from services.notifier.climbing import sound
from services.notifier.decision import grade_of
from services.notifier.policy import Policy, ladder_for, level_of

RESOLVED = "resolved"


def key_of(escalation: Escalation) -> str:
    """What the escalation is about; equal to the key of the alarm it belongs to."""
    sign = escalation.get("sign")
    return escalation["kind"] if sign is None else f"{escalation['kind']}/{sign}"


def raised(escalation: Escalation, standing: Alarm | None, *, policy: Policy, now_ms: int, rounds: int = 0) -> Alarm:
    """The alarm after this escalation, sounding from the first hop.

    Args:
        escalation: what is raised.
        standing: the alarm that stands for the same thing; None if there is none.
        policy: whom to call.
        now_ms: the notifier's clock.
        rounds: how many were begun by one that has just ended.
    """
    if standing is None:
        return replace(_first(escalation, policy, now_ms), round=rounds + 1)
    climbed = replace(
        _first(escalation, policy, now_ms),
        standing=(*standing.standing, _standing(escalation)),
        revision=standing.revision,
        actor=standing.actor,
        acted_ms=standing.acted_ms,
        answers=standing.answers,
        members=(*standing.members, escalation["escalation_id"]),
        round=standing.round,
    )
    worse = (climbed.grade or 0) > (standing.grade or 0)
    return sound(climbed, Cause.WORSENED if worse else Cause.RAISED, now_ms)


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


def _first(escalation: Escalation, policy: Policy, now_ms: int) -> Alarm:
    grade, unit = grade_of(escalation), escalation.get("unit")
    level = level_of(escalation["kind"], escalation["priority"], grade)
    return Alarm(
        escalation_id=escalation["escalation_id"],
        kind=escalation["kind"],
        priority=escalation["priority"],
        raised_ms=parse_time(escalation["detected_at"]),
        ladder=ladder_for(policy, level, unit=unit),
        policy_hash=policy.hash,
        sign=escalation.get("sign"),
        grade=grade,
        unit=unit,
        bed=escalation.get("bed"),
        standing=(_standing(escalation),),
        members=(escalation["escalation_id"],),
        round_ms=now_ms,
    )


def _standing(escalation: Escalation) -> Standing:
    return Standing(escalation["escalation_id"], escalation.get("previous_grade"))
