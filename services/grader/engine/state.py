"""Everything the engine keeps of one patient, and its form in a checkpoint.

Immutable throughout: a state before a record is simply kept, which is what evidence and the fallback of a fault need.
"""

from functools import cache
from typing import Any, NamedTuple

from msgspec import convert, field
from msgspec.json import Decoder, Encoder

from services.grader.engine.chart import Chart, Stay
from services.grader.engine.durations import NOTHING_YET_MS, SECOND_MS
from services.grader.engine.fold import Fold
from services.grader.engine.past.history import History
from services.grader.engine.signs.readings import STREAMS
from services.grader.engine.telling.sent import Sent
from services.grader.engine.trends.trend_points import Trend
from services.grader.engine.value import Value, plain

STATE_VERSION = 1


class Newest(Value, frozen=True):
    """The newest reading of a sign and source in full, however late it came."""

    value: float
    observed_ms: int
    source: str
    manner: str
    event_id: str
    flags: tuple[str, ...] = ()
    site: str | None = None

    @property
    def placed_ms(self) -> int:
        """Where freshness is counted from: streams are placed to the second."""
        return self.observed_ms - self.observed_ms % SECOND_MS if self.source in STREAMS else self.observed_ms


class EpisodeName(Value, frozen=True):
    """An episode keeps the name it got first, whatever later turns out to have opened it."""

    episode_id: str
    keys: tuple[str, ...]
    opened_ms: int
    closed_ms: int | None = None


class Place(NamedTuple):
    """Where the last record of this patient lies."""

    topic: str
    partition: int
    offset: int


NOWHERE = Place("", 0, 0)


class Merge(Value, frozen=True):
    """Where a merged patient goes on: what comes is passed on; `last_ms` is when something last was.

    `left` is the patient as the survivor took over: what goes on if the merge turns out to be an error.
    """

    into: str
    handover_id: str
    event_id: str
    merged_ms: int
    last_ms: int
    acknowledged: bool = False
    left: "PatientState | None" = None


class Taken(NamedTuple):
    """A patient who was merged into this one."""

    patient_id: str
    handover_id: str
    merged_ms: int


class PatientState(Value, frozen=True):
    """One patient."""

    patient_id: str
    fold: Fold = Fold()
    marks: tuple[Fold, ...] = (Fold(),)
    history: History = History()
    newest: dict[str, Newest] = field(default_factory=dict)
    trends: dict[str, Trend] = field(default_factory=dict)
    sent: Sent = Sent()
    episodes: tuple[EpisodeName, ...] = ()
    revision: int = 0
    as_of_ms: int = NOTHING_YET_MS
    reached_ms: int = NOTHING_YET_MS
    place: Place = NOWHERE
    newest_event_ms: int = NOTHING_YET_MS
    vitals_ms: int | None = None
    vitals_source: str = ""
    high_before: dict[str, int] = field(default_factory=dict)
    score_name: str = ""
    score_ms: int | None = None
    score_below_ms: int | None = None
    shown: str = ""
    shown_ms: int = NOTHING_YET_MS
    faulted: bool = False
    forgotten: bool = False
    merge: Merge | None = None
    taken: tuple[Taken, ...] = ()

    @property
    def gone(self) -> bool:
        """Whether the patient is graded under another name only."""
        return self.merge is not None and self.merge.acknowledged

    @property
    def is_here(self) -> bool:
        """Whether the patient is graded, and under this name."""
        return self.stay.status != "discharged" and not self.gone and not self.forgotten

    @property
    def stay(self) -> Stay:
        """The encounter."""
        return self.fold.chart.stay

    @property
    def missing_scope(self) -> str:
        """Within which an input that is missing is paged for once: the episode, else since admission or the last close.

        After a close the scope carries the closed episode's name: what is paged for then needs an id of its own.
        """
        stay = self.fold.chart.stay
        closed = [name.episode_id for name in self.episodes if (name.closed_ms or 0) > stay.admitted_ms]
        return self.episode_id(self.fold) or "|".join([stay.encounter_id, *closed[-1:]])

    def episode_id(self, fold: Fold) -> str | None:
        """The name of the episode a fold is in."""
        key = fold.episode.key if fold.episode else None
        return next((item.episode_id for item in self.episodes if key in item.keys), None)


def unheard_of(patient_id: str, stay: str) -> PatientState:
    """A patient of whom nothing has come yet; `stay` is the name of the encounter until one is charted."""
    fold = Fold(chart=Chart(stay=Stay(encounter_id=stay))) if stay else Fold()
    return PatientState(patient_id, fold, (fold,))


class StateVersionUnknown(Exception):
    """A checkpoint was written by a version of the engine that this one does not know."""


@cache
def _decoder() -> Decoder[PatientState]:
    return Decoder(PatientState)


_ENCODER = Encoder()


def encode_state(state: PatientState) -> dict[str, Any]:
    """The state as plain data for JSON, with its version; what is usual is left out, so that equal states are equal."""
    return {"v": STATE_VERSION, "state": plain(state)}


def decode_state(encoded: dict[str, Any]) -> PatientState:
    """The state that was encoded; it says and does the same.

    Raises:
        StateVersionUnknown: written by another version.
    """
    if encoded.get("v") != STATE_VERSION:
        raise StateVersionUnknown(f"state version {encoded.get('v')}, this engine knows {STATE_VERSION}")
    return convert(encoded["state"], PatientState)


def state_to_json(state: PatientState) -> bytes:
    """The same without its version, as JSON; fast, and not bound to leave out all that is usual."""
    return _ENCODER.encode(state)


def state_from_json(body: bytes) -> PatientState:
    """The state that was made JSON."""
    return _decoder().decode(body)
