"""One patient as a partition keeps it: whole while there is something to decide, else small.

Of a hundred thousand patients nearly all are steady: of those the state is kept deflated, as a checkpoint has it, and
beside it only what was gathered since. It is made whole again when a record says more, or time does.
"""

import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

import orjson

from services.grader.engine.kept_words import WORDS
from services.grader.engine.state import (
    STATE_VERSION,
    PatientState,
    StateVersionUnknown,
    state_from_json,
    state_to_json,
)
from services.grader.engine.steady.gathered import Gathered, gathered_from
from services.grader.engine.steady.putting_away import put_away
from services.grader.engine.steady.steady import Steady

IDLE_CHECKPOINTS = 2  # then a state is small until it is needed again: what comes twice in a while is made whole once
_SMALL, _BARE, _MEMORY = 6, -15, 9  # of zlib: a state is deflated seldom; no header, the most memory for its tables


class Stored(NamedTuple):
    """A patient as read from a checkpoint, not yet whole; `due_ms` is before anything that time alone may change."""

    deflated: bytes
    gathered: Gathered | None
    due_ms: int | None


class Kept:
    """One patient: the state, or its deflated form, and what was gathered since."""

    __slots__ = ("_deflated", "_gathered", "_idle", "_state", "steady")

    def __init__(self, state: PatientState | None, stored: Stored | None = None) -> None:
        self._state = state
        self._deflated = None if stored is None else stored.deflated
        self._gathered = None if stored is None else stored.gathered
        self._idle = 0  # checkpoints since the state was needed
        self.steady: Steady | None = None

    def after(self) -> PatientState:
        """The state after everything."""
        state = self.ungathered()
        gathered = self._gathered if self.steady is None else self.steady.gathered()
        return state if gathered is None else put_away(state, gathered)

    def ungathered(self) -> PatientState:
        """The state that what was gathered since belongs to."""
        self._idle = 0
        if self._state is None:
            self._state = inflated(self._deflated or b"")
        return self._state

    def glance(self) -> PatientState:
        """The same, to look at once: what was small stays small."""
        small = self._state is None
        state = self.after()
        if small:
            self._state = None
        return state

    def whole(self) -> PatientState:
        """The same; from here on nothing is gathered until the patient is settled again."""
        state = self.after()
        if state is not self._state:
            self.now(state)
        self.steady = None
        return state

    def left(self, patient_id: str) -> PatientState:
        """What a fault leaves: all of it, else what does not come of the stream since; the page says what is lost."""
        for state in (self.whole, self.ungathered):
            with suppress(Exception):
                return state()
        return PatientState(patient_id)

    def settle(self, steady_of: Callable[[PatientState], Steady | None]) -> Steady | None:
        """Look whether the patient is steady; who was small is small again at once.

        Of a ward just restored everybody is looked at within a second: all of them whole together would take ten times
        the memory, which no process gives back.
        """
        if self._state is not None:
            self.steady = steady_of(self.whole())
            return self.steady
        steady = steady_of(state := self.after())
        if steady is not None and (self._gathered is None or steady.go_on(self._gathered)):
            self._state = None
        elif state is not self._state:
            self.now(state)
        self.steady = steady
        return steady

    def go_back(self, gathered: Gathered | None) -> None:
        """As before a record was taken in on trial: the state it started from, and what had been gathered by then."""
        self._gathered, self.steady = gathered, None

    def now(self, state: PatientState) -> None:
        """Another state in its place."""
        self._idle = 0
        self._state, self._deflated, self._gathered, self.steady = state, None, None, None

    def stored(self, due_ms: int | None) -> bytes:
        """For a checkpoint. A state that is not needed soon is kept deflated from here on."""
        gathered = self._gathered if self.steady is None else self.steady.gathered()
        if self._deflated is None:
            self._deflated = deflated(self._state)
        self._idle += 1
        if self._idle >= IDLE_CHECKPOINTS:
            self._state = None
            if self.steady is not None:
                self.steady.said = None
        return b"%b\n%b" % (orjson.dumps([STATE_VERSION, due_ms, gathered], default=tuple), self._deflated)


def read_stored(stored: bytes) -> Stored:
    """A patient from a checkpoint.

    Raises:
        StateVersionUnknown: written by another version, or not by us.
    """
    head, _, body = stored.partition(b"\n")
    try:
        version, due_ms, gathered = orjson.loads(head)
    except (ValueError, TypeError):
        raise StateVersionUnknown("not a stored patient") from None
    if version != STATE_VERSION:
        raise StateVersionUnknown(f"state version {version}, this engine knows {STATE_VERSION}")
    return Stored(body, None if gathered is None else gathered_from(gathered), due_ms)


def deflated(state: PatientState | None) -> bytes:
    """A state made small."""
    if state is None:
        raise ValueError("a patient without a state")
    packer = zlib.compressobj(_SMALL, zlib.DEFLATED, _BARE, _MEMORY, zlib.Z_DEFAULT_STRATEGY, WORDS)
    return packer.compress(state_to_json(state)) + packer.flush()


def inflated(body: bytes) -> PatientState:
    """The state that was made small."""
    return state_from_json(zlib.decompressobj(_BARE, WORDS).decompress(body))
