"""Accept or refuse what people answer. Pure.

An answer covers what was on the screen and no more: an acknowledgement of Grade 2 never covers Grade 3, and one that
was pressed while the alarm moved under the finger is refused with the reason, never half applied.
"""

from dataclasses import replace

from schemas.responses import Response
from schemas.times import parse_time
from services.notifier.alarm import Alarm, Answer, Cause, State
from services.notifier.climbing import SECOND_MS, hurry, sound

KEPT_ANSWERS = 10

WORSE_SINCE = "the alarm has become worse since it was shown"
CHANGED_SINCE = "the alarm has sounded again since it was shown"
NOT_SEEN = "the answer does not say which grade was on the screen"
FROM_THE_FUTURE = "the answer names a revision that does not exist yet"
NO_REASON = "a snooze needs a reason"
NO_END = "a snooze needs an end"
ENDED_ALREADY = "the snooze would have ended already"
NEVER_SNOOZED = "this alarm cannot be snoozed"
TOO_LONG = "the snooze is longer than the ward's policy allows for this alarm"
NOTHING_TO_DECLINE = "nothing is being asked of anybody just now"
OVER = "the alarm is over"


def respond(alarm: Alarm, response: Response, now_ms: int) -> Alarm:
    """The alarm with the response applied, or with its refusal noted; the last of `answers` says which."""
    refusal = _void(alarm, response) or _not_allowed(alarm, response, now_ms)
    applied = replace(alarm, cause=Cause.REFUSED) if refusal else _apply(alarm, response, now_ms)
    answer = Answer(response["response_id"], refusal is None, refusal)
    noted = replace(applied, answers=(*alarm.answers, answer)[-KEPT_ANSWERS:])
    return noted if noted.revision > alarm.revision else replace(noted, revision=alarm.revision + 1)


def _void(alarm: Alarm, response: Response) -> str | None:
    """Why the answer is not about the alarm as it stands; notes and feedback are about whatever was seen."""
    if response["action"] in ("note", "feedback"):
        return None
    seen_revision, seen_grade = response["seen"]["revision"], response["seen"].get("grade")
    if seen_revision > alarm.revision:
        return FROM_THE_FUTURE
    if seen_grade is not None and seen_grade < (alarm.grade or 0):
        return WORSE_SINCE
    if seen_revision == 0:  # the screen had the escalation but not yet our word on it
        if response["escalation_id"] != alarm.escalation_id:
            return CHANGED_SINCE
        return NOT_SEEN if seen_grade is None and alarm.grade else None
    return CHANGED_SINCE if seen_revision < alarm.sounded_at_revision else None


def _not_allowed(alarm: Alarm, response: Response, now_ms: int) -> str | None:
    action = response["action"]
    if action == "snooze":
        return _no_snooze(alarm, response, now_ms)
    if action == "decline" and alarm.state not in (State.UNACKNOWLEDGED, State.ACKNOWLEDGED):
        return NOTHING_TO_DECLINE
    return None


def _no_snooze(alarm: Alarm, response: Response, now_ms: int) -> str | None:
    if alarm.state is State.LATCHED:
        return OVER
    if alarm.ladder.snooze_max_s == 0:
        return NEVER_SNOOZED
    if not response.get("reason", "").strip():
        return NO_REASON
    if "until" not in response:
        return NO_END
    until_ms = parse_time(response["until"])
    if until_ms <= now_ms:
        return ENDED_ALREADY
    return TOO_LONG if until_ms > now_ms + alarm.ladder.snooze_max_s * SECOND_MS else None


def _apply(alarm: Alarm, response: Response, now_ms: int) -> Alarm:
    action = response["action"]
    if action in ("note", "feedback"):
        return replace(alarm, cause=Cause.NOTED)
    # A board's clock may run ahead; an answer never counts from the future.
    at_ms = min(parse_time(response["at"]), now_ms)
    acted = replace(alarm, actor=response["author"], acted_ms=at_ms)
    if action == "decline":
        given_back = acted.state is State.ACKNOWLEDGED
        return sound(acted, Cause.DECLINED, now_ms) if given_back else hurry(acted, Cause.DECLINED, now_ms)
    if action == "snooze":
        return replace(acted, state=State.SNOOZED, cause=Cause.SNOOZED, until_ms=parse_time(response["until"]))
    if acted.state is State.LATCHED:
        return replace(acted, state=State.CLOSED, cause=Cause.ACKNOWLEDGED, until_ms=None)
    holds_s = acted.ladder.acknowledged_s
    until_ms = None if holds_s is None else at_ms + holds_s * SECOND_MS
    return replace(acted, state=State.ACKNOWLEDGED, cause=Cause.ACKNOWLEDGED, until_ms=until_ms)
