"""A monitored grown-up in whom nothing happens, the next record of that monitor, and the two ways it may be taken."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from schemas.reading import event_time
from services.grader.engine import Output
from services.grader.engine.chart import ClinicianGrade
from services.grader.engine.kept import Kept
from services.grader.engine.person import YEAR_MS, Person
from services.grader.engine.signs.track import Finding
from services.grader.engine.state import PatientState, Place
from services.grader.engine.steady.taking_in import commonly
from services.grader.engine.step import Stepped, step
from services.grader.engine.ward import Ward
from tests.vignettes.bed import Bed, ms, when
from tests.vignettes.starting_points import SECOND

VALUES: dict[str, Any] = {
    "heart_rate_bpm": 80, "resp_rate_bpm": 16, "spo2_pct": 97, "temperature_c": 37.9,
    "sbp_mmhg": 118, "dbp_mmhg": 70, "map_mmhg": 86, "bp_source": "arterial",
}  # fmt: skip
NEXT = 1 + 3 * SECOND
NEXT_MS, LAST_MS = ms(NEXT), ms(1 + 2 * SECOND)
WARD, PLACE = Ward(watch_all=True), Place("crs.bedside.v1", 0, 99)
MINUTE_MS = 60_000

Tweak = Callable[[PatientState], PatientState]


def monitored(readings: int = 3, **values: Any) -> PatientState:
    """Seen by the monitor every second from minute 1 on."""
    return monitored_bed(readings, **values).partition.patients["bed-7"]


def monitored_bed(readings: int = 3, **values: Any) -> Bed:
    """The same, to go on with."""
    bed = Bed().admit().on_room_air()
    for second in range(readings):
        bed.monitor(1 + second * SECOND, event_id=f"seen-{second}", **{**VALUES, **values})
    assert bed.said() == []
    return bed


def said_next(minute: float = NEXT, *, only: tuple[str, ...] = tuple(VALUES), **values: Any) -> dict[str, Any]:
    """The next record of that monitor."""
    shown = {name: value for name, value in {**VALUES, **values}.items() if name in only or name in values}
    return {"schema": "crs.vitals.v1", "event_id": "next", "patient_id": "bed-7", "observed_at": when(minute),
            "source": "monitor", **shown}  # fmt: skip


def commonly_taken(
    state: PatientState, record: dict[str, Any], clock_ms: int | None = None
) -> tuple[PatientState, list[Output]] | None:
    """The state after it, and what was said; None where it goes the long way."""
    kept = Kept(state)
    clock_ms = event_time(record) if clock_ms is None else clock_ms
    found = commonly(kept, record, clock_ms or 0, PLACE, WARD)
    assert found.is_common is (found.outputs is not None)
    return None if found.outputs is None else (kept.after(), found.outputs)


def is_taken(state: PatientState, record: dict[str, Any], clock_ms: int | None = None) -> bool:
    return commonly_taken(state, record, clock_ms) is not None


def the_long_way(state: PatientState, record: dict[str, Any], clock_ms: int) -> tuple[PatientState, list[Output]]:
    """Its id is not kept either: nothing rests on it."""
    after = step(state, record, clock_ms=clock_ms, place=PLACE, ward=WARD._replace(thorough=True), common=True)
    assert isinstance(after, Stepped)
    assert after.state is not None
    return after.state, after.outputs


def assert_same(state: PatientState, record: dict[str, Any], clock_ms: int | None = None) -> PatientState:
    """Taken, and state and outputs are those of the long way, but for the folds it may start from again."""
    taken = commonly_taken(state, record, clock_ms)
    slow, said = the_long_way(state, record, clock_ms or event_time(record) or 0)
    assert taken is not None
    assert replace(taken[0], marks=()) == replace(slow, marks=())
    assert taken[1] == said
    return taken[0]


def newest(name: str = "heart_rate_bpm", **fields: Any) -> Tweak:
    return lambda state: replace(state, newest={**state.newest, name: replace(state.newest[name], **fields)})


def track(name: str = "heart_rate_bpm", **fields: Any) -> Tweak:
    def tweaked(state: PatientState) -> PatientState:
        tracks = {**state.fold.tracks, name: replace(state.fold.tracks[name], **fields)}
        return replace(state, fold=replace(state.fold, tracks=tracks))

    return tweaked


def fold(**fields: Any) -> Tweak:
    return lambda state: replace(state, fold=replace(state.fold, **fields))


def chart(**fields: Any) -> Tweak:
    return lambda state: replace(state, fold=replace(state.fold, chart=replace(state.fold.chart, **fields)))


def having(**fields: Any) -> Tweak:
    return lambda state: replace(state, **fields)


def remembered(**fields: Any) -> Tweak:
    return lambda state: replace(state, history=replace(state.history, **fields))


def other_cuff(observed_ms: int) -> Tweak:
    """What the cuff said, beside the arterial line."""
    return lambda state: replace(
        state,
        newest={**state.newest, "sbp_mmhg:cuff": replace(state.newest["sbp_mmhg:arterial"], observed_ms=observed_ms)},
    )


def aged(months_full_ms: int) -> Tweak:
    """Sixty years and one month old from this moment on."""
    return chart(person=Person(age_years=60, age_charted_ms=months_full_ms - YEAR_MS // 12))


def given(at_ms: int) -> Tweak:
    return chart(clinician=ClinicianGrade(0, 0, at_ms, "dr-a"))


def finding(due_ms: int, *, established: bool = False) -> Finding:
    return Finding(ms(1), "seen-0", deep=False, due_ms=due_ms, established=established)
