"""What `crswatch doctor` finds: one sentence a subject, and whether somebody has to do something."""

from enum import Enum
from typing import NamedTuple


class State(Enum):
    """How a finding is shown."""

    GOOD = "ok"
    NOTE = "note"
    WRONG = "WRONG"


class Finding(NamedTuple):
    """One sentence; where it is wrong, the sentence says what to do."""

    state: State
    subject: str
    sentence: str


def good(subject: str, sentence: str) -> Finding:
    """As it should be."""
    return Finding(State.GOOD, subject, sentence)


def note(subject: str, sentence: str) -> Finding:
    """Worth knowing; nothing is broken."""
    return Finding(State.NOTE, subject, sentence)


def wrong(subject: str, sentence: str) -> Finding:
    """Something will not work until somebody acts."""
    return Finding(State.WRONG, subject, sentence)
