"""One record, one moment: what `step` and `tick` return, what they refuse and by which field, and when they are due."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from services.grader.engine.chart import Chart, Stay
from services.grader.engine.durations import DAY_MS
from services.grader.engine.fold import Episode, Fold
from services.grader.engine.past.history import short_name
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.ruleset.site_rules import overridden
from services.grader.engine.state import (
    EpisodeName,
    Merge,
    Newest,
    PatientState,
    Place,
    StateVersionUnknown,
    decode_state,
    encode_state,
)
from services.grader.engine.step import Refused, Stepped, next_deadline, step, tick
from services.grader.engine.ward import Ward
from tests.vignettes.bed import HOUR_MIN, Bed, ms, when
from tests.vignettes.merges import NEW, OLD, merged, under, written
from tests.vignettes.starting_points import SECOND, WELL, febrile_bed, well_bed

WARD = Ward(watch_all=True)
PLACE = Place("crs.bedside.v1", 3, 77)
MS = SECOND / 1000
STRICTER = overridden(DEFAULT_RULES, {"id": "site-2", "low_spo2_pct": 92})


def state_of(bed: Bed, patient: str = "bed-7") -> PatientState:
    return bed.partition.patients[patient]


def vitals(minute: float, event_id: str = "next", source: str = "manual", **values: Any) -> dict[str, Any]:
    return {"schema": "crs.vitals.v1", "event_id": event_id, "patient_id": "bed-7", "observed_at": when(minute),
            "source": source, **values}  # fmt: skip


def clinical(minute: float, kind: str, event_id: str = "next", **fields: Any) -> dict[str, Any]:
    return {"schema": "crs.clinical.v1", "event_id": event_id, "patient_id": "bed-7", "recorded_at": when(minute),
            "kind": kind, **fields}  # fmt: skip


def stepped(state: PatientState | None, record: dict[str, Any], clock: float, ward: Ward = WARD) -> Stepped | Refused:
    return step(state, record, clock_ms=ms(clock), place=PLACE, ward=ward)


# --- refused, known, common ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "field"),
    [(vitals(15, heart_rate_bpm=80), "observed_at"), (clinical(15, "oxygen", device="room_air"), "recorded_at")],
)
def test_what_lies_more_than_ten_minutes_ahead_is_refused_by_its_time(record, field):  # settled 13
    assert stepped(None, record, 5 - MS) == Refused("future_time", field)
    assert isinstance(stepped(None, record, 5), Stepped)


def test_a_retraction_of_a_retraction_is_refused():  # settled 35
    bed = well_bed().chart(1, "oxygen", device="bipap", event_id="slip")
    bed.chart(2, "retraction", retracts="slip", event_id="taken-back")
    record = clinical(3, "retraction", retracts="taken-back")
    assert stepped(state_of(bed), record, 3) == Refused("bad_retraction", "retracts")


@pytest.mark.parametrize("source", ["manual", "monitor"])
def test_an_id_with_other_content_is_refused_and_a_repeat_changes_nothing(source):
    bed = well_bed().vitals(1, source=source, event_id="next", heart_rate_bpm=80)
    state = state_of(bed)
    assert stepped(state, vitals(1, source=source, heart_rate_bpm=81), 2) == Refused("conflicting_event_id", "event_id")
    repeated = stepped(state, vitals(1, source=source, heart_rate_bpm=80.0), 2)
    assert repeated == Stepped(state, [])
    assert isinstance(repeated, Stepped)
    assert repeated.state is state


def test_what_was_taken_back_before_it_came_never_counts():
    bed = well_bed().chart(1, "retraction", retracts="next")
    state = state_of(bed)
    assert stepped(state, clinical(0.5, "oxygen", device="bipap"), 2) == Stepped(state, [])


def test_of_a_record_that_changes_nothing_but_values_and_times_no_id_is_kept():
    state = state_of(Bed().admit().on_room_air().monitor(1, **WELL).monitor(1 + SECOND, **WELL))
    record, minute = vitals(1 + 2 * SECOND, source="monitor", **WELL), 1 + 2 * SECOND
    known, unknown = (
        step(state, record, clock_ms=ms(minute), place=PLACE, ward=WARD, common=common) for common in (False, True)
    )
    assert isinstance(known, Stepped)
    assert isinstance(unknown, Stepped)
    assert known.state is not None
    assert unknown.state is not None
    assert set(known.state.history.seen) - set(state.history.seen) == {short_name("next")}
    assert unknown.state.history.seen == state.history.seen
    assert unknown.state == replace(known.state, history=unknown.state.history)
    assert (unknown.state.place, unknown.outputs, known.outputs) == (PLACE, [], [])
    assert unknown.state.trends["heart_rate_bpm"].readings == 3


def test_ids_of_a_stream_are_forgotten_when_they_are_older_than_what_may_come_late():
    bed = Bed().admit().on_room_air().monitor(1, heart_rate_bpm=80, event_id="next")
    other = vitals(1, source="monitor", heart_rate_bpm=180)
    assert stepped(state_of(bed), other, 11) == Refused("conflicting_event_id", "event_id")
    assert isinstance(stepped(state_of(bed), other, 11 + MS), Stepped)


def test_rules_that_come_into_force_say_nothing_of_somebody_unheard_of():
    record = {"schema": "crs.rules.v1", "rules_id": "n", "rules_hash": "x", "activated_by": "dr-ito"}
    assert stepped(None, record, 2) == Stepped(None, [])


# --- where and when --------------------------------------------------------------------------------------------------


def test_a_page_names_the_record_that_decided_it_and_its_evidence_what_was_known_before():
    state = state_of(febrile_bed())
    record = clinical(10, "vasopressor", drug="norepinephrine")
    after = stepped(state, record, 10)
    assert isinstance(after, Stepped)
    page, evidence, shown = (output.value for output in after.outputs)
    here = {"topic": "crs.bedside.v1", "partition": 3, "first_offset": 77, "last_offset": 77}
    assert page["provenance"] == evidence["provenance"] == here
    assert (page["occurred_at"], page["detected_at"], shown["as_of"]) == (when(10), when(10), when(10))
    assert evidence["state_before"] == encode_state(state)
    assert evidence["record"] == record
    assert {output.key for output in after.outputs} == {"bed-7"}


def test_a_page_by_time_alone_has_evidence_of_the_state_before_and_no_record():
    state = state_of(febrile_bed().monitor(2, **WELL).until(16.9))
    due_ms = next_deadline(state, state.reached_ms, WARD)
    assert due_ms == ms(17)
    after, outputs = tick(state, due_ms, WARD)
    assert after is not None
    page, evidence = (output.value for output in outputs[:2])
    assert (page["kind"], page["occurred_at"]) == ("technical_silent", when(17))
    assert "record" not in evidence
    assert evidence["state_before"] == encode_state(state)


@pytest.mark.parametrize("way", ["record", "rules"])
@pytest.mark.parametrize(("minute", "shown"), [(271, "fresh"), (271 + MS, "stale")])
def test_what_runs_out_at_a_moment_comes_after_what_happens_at_it(way, minute, shown):
    bed = Bed(ready=[STRICTER]).admit().on_room_air().vitals(1, temperature_c=37, **WELL)
    if way == "record":
        bed.vitals(minute, heart_rate_bpm=81)
    else:
        bed.activate(minute, STRICTER.hash)
    assert bed.estimate["as_of"] == when(minute)
    assert bed.estimate["inputs"]["temperature_c"]["state"] == shown
    state = state_of(bed)
    assert (state.reached_ms, state.place.offset) == (ms(minute) - 1, 5)


def test_an_activation_pages_with_the_record_that_brought_it_and_what_was_known_before():
    bed = Bed(ready=[STRICTER]).admit().on_room_air().vitals(1, temperature_c=38.5, **WELL | {"spo2_pct": 91})
    before = state_of(bed)
    bed.activate(10, STRICTER.hash)
    page = bed.escalations("crs_rise")[-1]
    evidence = [output.value for output in bed.outputs if output.topic == "evidence"][-1]
    assert (page["grade"], page["previous_grade"], page["provenance"]["last_offset"]) == (2, 1, 5)
    assert (evidence["record"]["rules_hash"], evidence["state_before"]) == (STRICTER.hash, encode_state(before))


def test_a_moment_is_evaluated_at_itself_and_not_with_the_next():
    bed = febrile_bed().chart(5, "oxygen", device="bipap").chart(5, "vasopressor", drug="norepinephrine")
    bed.chart(10, "oxygen", device="room_air").chart(10 + MS, "vasopressor", drug="none").until(40)
    assert (bed.interval[0], state_of(bed).fold.at_ms) == (3, ms(40))
    assert bed.until(40 + MS).interval[0] == 1


def test_a_discharge_that_was_told_days_late_is_forgotten_at_the_next_moment():
    bed = well_bed().chart(1, "encounter", action="discharge", arrives=20 * HOUR_MIN)
    state = state_of(bed)
    assert next_deadline(state, ms(20 * HOUR_MIN), WARD) == ms(25 * HOUR_MIN + 1 - HOUR_MIN)
    assert next_deadline(state, ms(50 * HOUR_MIN), WARD) == ms(50 * HOUR_MIN) + 1


# --- under both names ------------------------------------------------------------------------------------------------


def test_a_merged_name_remembers_only_what_was_passed_on_last_and_where():
    bed = merged(febrile_bed(), 10)
    before = state_of(bed, OLD)
    under(bed, OLD).vitals(30, heart_rate_bpm=90)
    after = state_of(bed, OLD)
    assert before.merge is not None
    assert after == replace(before, place=after.place, merge=replace(before.merge, last_ms=ms(30)))
    assert after.place.offset > before.place.offset
    gone_ms = ms(30) + 30 * DAY_MS
    assert next_deadline(after, ms(31), WARD) == gone_ms
    assert next_deadline(after, gone_ms, WARD) == gone_ms + 1


def test_a_merge_says_what_its_time_brings_and_hands_over():
    bed = febrile_bed()
    count = len(bed.outputs)
    merged(bed, 10)
    assert [output.topic for output in bed.outputs[count:]][:2] == ["estimates", "bedside"]
    assert len(written(bed)) == 2  # the handover, and the answer


def test_a_merge_that_is_taken_back_shows_the_patient_again_at_once():
    bed = merged(febrile_bed(), 10, event_id="merge-1")
    count, before = len(bed.outputs), state_of(bed, OLD)
    under(bed, OLD).chart(11, "retraction", retracts="merge-1")
    after = state_of(bed, OLD)
    assert (after.merge, after.revision, after.stay) == (None, before.revision + 1, before.stay)
    assert [output.key for output in bed.outputs[count:] if output.topic == "estimates"] == [OLD]
    assert state_of(bed, NEW).fold.low == 1


# --- the state -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("source", "placed"), [("monitor", 5000), ("wearable", 5000), ("manual", 5700)])
def test_a_reading_of_a_stream_is_as_old_as_its_second(source, placed):
    assert Newest(80, 5700, source, "fast", "e").placed_ms == placed


def test_a_checkpoint_keeps_all_earlier_folds_so_that_a_restart_folds_again_from_the_same_ones():
    folds = tuple(Fold(at_ms=at_ms) for at_ms in range(1, 7))
    assert decode_state(encode_state(PatientState("bed-7", marks=folds))).marks == folds


def test_a_state_comes_back_from_json_as_it_was():
    assert encode_state(PatientState("bed-7")) == {
        "v": 1,
        "state": {"patient_id": "bed-7"},
    }  # what is usual is left out
    bed = merged(febrile_bed().monitor(2, **WELL).chart(3, "oxygen", device="cpap"), 10)
    for patient in (OLD, NEW):
        encoded = encode_state(state_of(bed, patient))
        assert json.loads(json.dumps(encoded)) == encoded
        assert encode_state(decode_state(encoded)) == encoded


def test_a_state_of_another_version_is_named_and_not_read():
    with pytest.raises(StateVersionUnknown, match="state version 99, this engine knows 1"):
        decode_state({"v": 99, "state": {}})


LEFT = Fold(chart=Chart(stay=Stay("discharged")))
MERGED = Merge("bed-8", "h", "m", 0, 0)


@pytest.mark.parametrize(
    ("fields", "here"),
    [
        ({}, True),
        ({"fold": LEFT}, False),
        ({"forgotten": True}, False),
        ({"fold": LEFT, "forgotten": True}, False),
        ({"merge": MERGED}, True),  # graded under both names until the survivor has taken over
        ({"merge": replace(MERGED, acknowledged=True)}, False),
        ({"merge": replace(MERGED, acknowledged=True), "forgotten": True}, False),
    ],
)
def test_who_has_left_is_forgotten_or_goes_on_under_another_name_is_not_here(fields, here):
    assert PatientState("bed-7", **fields).is_here is here


def closed(name: str, at_ms: int | None) -> EpisodeName:
    return EpisodeName(name, (name,), 0, at_ms)


@pytest.mark.parametrize(
    ("admitted_ms", "episodes", "scope"),
    [
        (10, (), "admit-1"),
        (10, (closed("a", 11),), "admit-1|a"),
        (10, (closed("a", 10),), "admit-1"),  # of the stay before
        (10, (closed("a", 11), closed("b", 12)), "admit-1|b"),
        (0, (closed("a", None),), "admit-1"),
    ],
)
def test_a_missing_input_is_paged_for_once_since_admission_or_the_last_close(
    admitted_ms, episodes, scope
):  # settled 24
    bare = PatientState("bed-7", episodes=episodes)
    stay = replace(bare.stay, encounter_id="admit-1", admitted_ms=admitted_ms)
    fold = replace(bare.fold, chart=replace(bare.fold.chart, stay=stay))
    assert replace(bare, fold=fold).missing_scope == scope
    inside = replace(fold, episode=Episode("c", 5))
    assert replace(bare, fold=inside, episodes=(*episodes, closed("c", None))).missing_scope == "c"
