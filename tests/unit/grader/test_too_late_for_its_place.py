"""What a step keeps of an event that comes late: its readings while they may be placed, else that it was there."""

from typing import Any

import pytest
from msgspec.structs import replace

from services.grader.engine.fold import Fold
from services.grader.engine.past.history import Entry, content_of
from services.grader.engine.state import PatientState, Place
from services.grader.engine.step import Refused, Stepped, step
from services.grader.engine.ward import Ward
from tests.vignettes.bed import Bed, ms, when
from tests.vignettes.starting_points import DAY, HOUR, SECOND, WELL, watched, well_bed

MS = SECOND / 1000
PLACE = Place("t", 0, 99)


def vitals(minute: float, source: str = "manual", **fields: Any) -> dict[str, Any]:
    return {"schema": "crs.vitals.v1", "event_id": "next", "patient_id": "bed-7", "observed_at": when(minute),
            "source": source, **fields}  # fmt: skip


def after(state: PatientState, record: dict[str, Any], clock: float) -> PatientState:
    stepped = step(state, record, clock_ms=ms(clock), place=PLACE, ward=Ward(watch_all=True))
    assert isinstance(stepped, Stepped)
    assert stepped.state is not None
    return stepped.state


def state_of(bed: Bed) -> PatientState:
    return bed.partition.patients["bed-7"]


def readings_kept(state: PatientState) -> int:
    """Of the event `next`, whichever way it came."""
    entry = state.history.entries.get("next")
    if entry is not None:
        return len(entry.readings)
    return sum(span.event_id == "next" for spans in state.history.spans.values() for span in spans)


@pytest.mark.parametrize(("late", "kept"), [(DAY, 1), (DAY + MS, 0)])
def test_a_value_taken_by_hand_has_its_place_for_a_day(late, kept):  # settled 14
    state = state_of(well_bed().vitals(2 * HOUR, **WELL))
    assert readings_kept(after(state, vitals(HOUR, heart_rate_bpm=90), HOUR + late)) == kept


@pytest.mark.parametrize(("late", "kept"), [(10, 1), (10 + MS, 0)])
def test_a_monitors_value_has_its_place_for_ten_minutes(late, kept):
    state = state_of(well_bed().monitor(6, heart_rate_bpm=80))
    assert readings_kept(after(state, vitals(5, "monitor", heart_rate_bpm=90), 5 + late)) == kept


def test_the_newest_pressure_counts_however_late_it_comes():  # settled 14
    bed = Bed().admit().on_room_air().vitals(1, temperature_c=38.5, spo2_pct=97)
    bed.monitor(5, sbp_mmhg=80, bp_source="cuff", arrives=20)
    assert bed.interval[0] == 2


def test_nothing_is_placed_where_everything_was_folded_up():
    state = state_of(well_bed().vitals(20, **WELL))
    state = replace(state, marks=(Fold(at_ms=ms(5)),))
    assert readings_kept(after(state, vitals(5, heart_rate_bpm=90), 21)) == 0
    assert readings_kept(after(state, vitals(5 + MS, heart_rate_bpm=90), 21)) == 1


def test_the_newest_vitals_say_whether_a_monitor_is_waited_for():
    state = state_of(well_bed().monitor(10, **WELL))
    late, newer = after(state, vitals(5, heart_rate_bpm=90), 11), after(state, vitals(10.5, heart_rate_bpm=90), 11)
    assert (late.vitals_source, late.vitals_ms) == ("monitor", ms(10))
    assert (newer.vitals_source, newer.vitals_ms) == ("manual", ms(10.5))


def test_a_chart_that_is_too_late_and_replaced_is_remembered_and_says_nothing():
    state = state_of(watched(well_bed(), 2 * HOUR, 26 * HOUR))
    record = {"schema": "crs.clinical.v1", "event_id": "next", "patient_id": "bed-7", "recorded_at": when(2 * HOUR - 5),
              "kind": "oxygen", "device": "bipap"}  # fmt: skip
    found = after(state, record, 26 * HOUR + 1)
    assert found.fold.chart.oxygen == state.fold.chart.oxygen
    superseded = {**record, "kind": "superseded"}
    assert found.history.entries["next"] == Entry(ms(2 * HOUR - 5), "next", content_of(record), (), superseded)
    assert after(found, record, 26 * HOUR + 2) is found


def test_an_event_known_by_one_name_is_known_when_it_is_passed_on_from_another():
    state = after(state_of(well_bed()), vitals(1, heart_rate_bpm=90), 2)
    passed_on = vitals(1, heart_rate_bpm=90, forwarded_from=["bed-3"])
    assert state.taken == ()
    assert after(state, passed_on, 3) is state
    other = {**passed_on, "heart_rate_bpm": 91}
    refused = step(state, other, clock_ms=ms(3), place=PLACE, ward=Ward())
    assert refused == Refused("conflicting_event_id", "event_id")


def test_what_was_measured_at_the_very_admission_is_of_the_new_stay():
    bed = well_bed().chart(20, "encounter", action="discharge").vitals(30, heart_rate_bpm=90)
    bed.vitals(30 - MS, resp_rate_bpm=20).admit(30, event_id="admit-2")
    state = state_of(bed)
    assert (set(state.newest), state.vitals_ms) == ({"heart_rate_bpm"}, None)
