"""Why we page, or why we stay silent. Pure: asks no clock, sends nothing.

One enum answers "why was I not paged?": it is stored with every escalation and every page, counted and shown as is.
"""

from enum import StrEnum

from schemas.escalations import Escalation, Kind
from services.notifier.alarm import Alarm, State

KNOWN_KINDS: tuple[str, ...] = Kind.__args__  # type: ignore[attr-defined]


class Verdict(StrEnum):
    """What was decided, and the reason, in one sentence."""

    PAGE_FIRST = "page: first alarm of its kind for this patient"
    PAGE_WORSE = "page: worse than what stands"
    PAGE_RETURNED = "page: back after it had cleared"
    PAGE_AGAIN = "page: raised anew while the alarm stands"
    PAGE_UNKNOWN_KIND = "page: a kind this version does not know, called for by its priority"
    TELL_RESOLVED = "page: over, told to everyone who was paged"
    SILENT_FOLDED = "silent: a newer one of the same backlog is paged in its place"
    SILENT_OVER = "silent: over before anybody could be paged"
    SILENT_ANSWERED = "silent: answered before anybody could be paged"
    SILENT_NOBODY_TO_TELL = "silent: over, and nobody had been paged"

    @property
    def pages(self) -> bool:
        """True where somebody is called."""
        return self.value.startswith("page")


def decide(escalation: Escalation, standing: Alarm | None) -> Verdict:
    """Weigh a raised escalation against the alarm that stands for the same thing, if one does.

    Every escalation with an id of its own is news: the grader names the same facts alike, so a repeat never gets here.
    Whether the page still goes out once a backlog is folded is `after_folding`'s to say.
    """
    if escalation["kind"] not in KNOWN_KINDS:
        return Verdict.PAGE_UNKNOWN_KIND
    if standing is None:
        return Verdict.PAGE_FIRST
    if standing.state is State.LATCHED:
        return Verdict.PAGE_RETURNED
    if (grade_of(escalation) or 0) > (standing.grade or 0):
        return Verdict.PAGE_WORSE
    return Verdict.PAGE_AGAIN


def after_folding(verdict: Verdict, escalation_id: str, alarm: Alarm | None) -> Verdict:
    """What is left of a verdict when everything that was waiting has been taken together.

    Args:
        verdict: what `decide` said.
        escalation_id: what it was said of.
        alarm: the alarm as it stands afterwards; None where it is over.
    """
    if alarm is None or alarm.state is State.LATCHED:
        return Verdict.SILENT_OVER
    if alarm.state is not State.UNACKNOWLEDGED:
        return Verdict.SILENT_ANSWERED
    return verdict if alarm.escalation_id == escalation_id else Verdict.SILENT_FOLDED


def grade_of(escalation: Escalation) -> int | None:
    """The grade the escalation is about: ICANS for `icans_rise`, CRS for the rest; None for what has no grade."""
    if escalation["kind"] == "icans_rise":
        return escalation.get("icans", escalation.get("grade"))
    return escalation.get("grade")
