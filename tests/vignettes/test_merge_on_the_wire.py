"""What a merge writes: the handover and its answer, what is passed on, and how the old name ends."""

import pytest
from msgspec.structs import replace

from schemas.encoding import encode
from schemas.ids import handover_id
from services.grader.engine.chart import Chart
from services.grader.engine.fold import Fold
from services.grader.engine.merging import leaving
from services.grader.engine.past.history import History
from services.grader.engine.past.points import points_after
from services.grader.engine.state import Merge, PatientState, Place, Taken, decode_state
from tests.vignettes.bed import START_MS, Bed, ms, when
from tests.vignettes.merges import DAY, NEW, OLD, WELL, febrile, merged, under, written


def deteriorated(**options) -> Bed:
    """Everything open under the old name: two rises of the grade, two of ICANS, a critical value."""
    bed = febrile(**options).vitals(5, sbp_mmhg=84).chart(6, "neuro", ice=8, consciousness="awake")
    bed.chart(7, "neuro", ice=3, consciousness="awake").vitals(8, heart_rate_bpm=0)
    assert bed.said() == ["crs_rise 2 #1", "icans_rise 1 #1", "icans_rise 2 #1", "critical_value heart_rate_bpm"]
    return bed


def on_bedside(bed: Bed, schema: str = "crs.handover.v1"):
    return [output for output in bed.outputs if output.topic == "bedside" and output.value["schema"] == schema]


def pages(bed: Bed) -> dict[str, str]:
    """Ids of what was told, by what it was."""
    names = {"crs_rise": "grade", "icans_rise": "icans"}
    return {f"{page['kind']} {page.get(names.get(page['kind'], 'sign'))}": page["escalation_id"]
            for page in bed.escalations() if page["kind"] != "resolved"}  # fmt: skip


def test_the_handover_holds_the_state_and_everything_that_is_open():
    bed = deteriorated(hands_over=False)
    merged(bed, 10, event_id="merge-1", arrives=12)
    (output,) = on_bedside(bed)
    state, named = decode_state(output.value["state"]), pages(bed)
    assert output.key == NEW
    assert output.value == {
        "schema": "crs.handover.v1",
        "handover_id": handover_id("merge-1"),
        "patient_id": NEW,
        "merged_patient_id": OLD,
        "merged_at": when(10),
        "state": output.value["state"],
        "escalations": [
            {"escalation_id": named["crs_rise 1"], "kind": "crs_rise", "grade": 1},
            {"escalation_id": named["crs_rise 2"], "kind": "crs_rise", "grade": 2},
            {"escalation_id": named["icans_rise 1"], "kind": "icans_rise", "grade": 1},
            {"escalation_id": named["icans_rise 2"], "kind": "icans_rise", "grade": 2},
            {"escalation_id": named["critical_value heart_rate_bpm"], "kind": "critical_value"},
        ],
    }
    here = bed.partition.patients[OLD]
    assert here.merge == Merge(NEW, output.value["handover_id"], "merge-1", ms(10), ms(12))
    assert (state.merge, state.fold, state.sent, state.history) == (None, here.fold, here.sent, here.history)


def test_the_answer_comes_under_the_old_name():
    bed = merged(febrile(), 10)
    handover, answer = on_bedside(bed)
    assert answer.key == OLD
    assert answer.value == {
        "schema": "crs.handover.v1",
        "handover_id": handover.value["handover_id"],
        "patient_id": OLD,
        "merged_patient_id": OLD,
        "merged_at": when(10),
        "acknowledges": True,
    }


def test_what_is_passed_on_goes_to_the_survivors_partition():
    bed = under(merged(febrile(), 10), OLD).vitals(11, sbp_mmhg=84)
    assert [output.key for output in on_bedside(bed, "crs.vitals.v1")] == [NEW]


def test_everything_open_under_the_old_name_is_resolved_there_with_its_evidence():
    bed = deteriorated(hands_over=False)
    handover = written(merged(bed, 10))[0]
    bed.deliver(handover, 11)
    before, answer, told = bed.known(OLD), written(bed)[1], len(bed.outputs)
    bed.deliver(answer, 12)
    named = pages(bed)
    outputs = bed.outputs[told:]
    assert [(output.topic, output.key) for output in outputs] == [
        *[("escalations", OLD), ("evidence", OLD)] * 3,
        ("estimates", OLD),
    ]
    ends = [output.value for output in outputs if output.topic == "escalations"]
    assert [end["resolves"] for end in ends] == [
        sorted([named["crs_rise 1"], named["crs_rise 2"]]),
        sorted([named["icans_rise 1"], named["icans_rise 2"]]),
        [named["critical_value heart_rate_bpm"]],
    ]
    for end in ends:
        assert (end["kind"], end["reason"], end["patient_id"], end["occurred_at"]) == (
            "resolved",
            "merged",
            OLD,
            when(12),
        )
        assert (end["grade"], end["icans"], end["episode_id"]) == (2, 2, bed.escalations("crs_rise")[0]["episode_id"])
    for evidence in (output.value for output in outputs if output.topic == "evidence"):
        assert evidence["record"] == answer
        assert evidence["state_before"] == before


def test_what_is_left_of_the_old_name_is_who_it_was_and_what_was_said():
    bed = deteriorated(hands_over=False).chart(8, "immunotherapy", product="axi-cel").chart(8, "baseline", sbp_mmhg=110)
    bed.chart(9, "retraction", retracts="not here yet")
    handover = written(merged(bed, 10, event_id="merge-1"))[0]
    before = bed.partition.patients[OLD]
    bed.deliver(handover, 11).deliver(written(bed)[1], 12)
    chart, sent = before.fold.chart, before.sent
    fold = Fold(chart=Chart(chart.stay, chart.person, chart.baseline, chart.dose))
    assert (chart.dose.product, chart.baseline.sbp_mmhg, sent.icans.counts) == (
        "axi-cel",
        110,
        {"admit-1": {"1": 1, "2": 1}},
    )
    assert bed.partition.patients[OLD] == PatientState(
        OLD,
        fold,
        (fold,),
        History(retracted={"not here yet": ms(9)}),
        sent=replace(
            sent, crs=replace(sent.crs, reported=0, open=()), icans=replace(sent.icans, reported=0, open=()), alarms={}
        ),
        episodes=before.episodes,
        revision=before.revision + 1,
        as_of_ms=ms(12),
        reached_ms=ms(12) - 1,
        place=Place("crs.bedside.v1", 0, bed.partition.patients[OLD].place.offset),
        newest_event_ms=before.newest_event_ms,
        merge=Merge(
            NEW, handover["handover_id"], "merge-1", ms(10), ms(12), acknowledged=True, left=replace(before, merge=None)
        ),
    )
    assert bed.partition.patients[OLD].place.offset > before.place.offset


def test_an_answer_again_or_to_another_handover_changes_nothing():
    bed = merged(febrile(hands_over=False), 10)
    bed.deliver(written(bed)[0], 11)
    answer, told = written(bed)[1], len(bed.outputs)
    bed.deliver({**answer, "handover_id": "another"}, 12)
    assert (len(bed.outputs), bed.partition.patients[OLD].gone) == (told, False)
    bed.deliver(answer, 13)
    ended, told = bed.partition.patients[OLD], len(bed.outputs)
    bed.deliver(answer, 14).deliver({**answer, "handover_id": "another"}, 15)
    assert (len(bed.outputs), bed.partition.patients[OLD]) == (told, ended)
    bed.deliver({**answer, "patient_id": "bed-1"}, 16)
    assert "bed-1" not in bed.partition.patients


def test_an_old_name_under_which_nothing_more_came_is_remembered_from_the_answer():
    bed = merged(febrile(hands_over=False), 10)
    bed.deliver(written(bed)[0], 11).deliver(written(bed)[1], DAY)
    bed.until(31 * DAY - 0.01)
    assert OLD in bed.partition.patients
    bed.until(31 * DAY)
    assert OLD not in bed.partition.patients


def long_known() -> Bed:
    """Eighty hand-charted pressures, and a few minutes of monitor."""
    bed = febrile(hands_over=False).vitals(2, **WELL).vitals(3, **WELL)
    for number in range(80):
        fever = {"temperature_c": 38.2} if number < 4 else {}
        bed.vitals(10 + number, source="interface", sbp_mmhg=84, event_id=f"charted-{number}", **fever)
    for second in range(0, 20, 2):
        bed.monitor(85 + second / 60, spo2_pct=96, event_id=f"early-{second}")
        bed.monitor(89 + second / 60, spo2_pct=96, event_id=f"late-{second}")
    return bed.chart(89.5, "retraction", retracts="not here yet")


def handed(bed: Bed, monkeypatch, most_bytes: int) -> tuple[dict, PatientState]:
    monkeypatch.setattr(leaving, "MOST_STATE_BYTES", most_bytes)
    handover = written(merged(bed, 90))[0]
    return handover, decode_state(handover["state"])


def test_a_state_that_just_fits_goes_over_whole_and_of_one_byte_more_the_older_half_is_folded_up(monkeypatch):
    whole, state = handed(long_known(), monkeypatch, 10**9)
    size = len(encode(whole["state"]))
    assert handed(long_known(), monkeypatch, size)[1] == state
    halved = handed(long_known(), monkeypatch, size - 1)[1]
    points = points_after(state.history, START_MS - 1)
    start = halved.marks[0]
    assert len(halved.marks) == 1
    assert start.at_ms == points[len(points) // 2].at_ms
    assert points_after(halved.history, 0)[-20:] == points[-20:]
    assert {point.at_ms for point in points_after(halved.history, start.at_ms)} == {
        point.at_ms for point in points if point.at_ms > start.at_ms
    }
    # On the first fever the episode rests; of the pressures that were folded up, on the newest two.
    older = [entry.event_id for entry in halved.history.entries.values() if entry.at_ms <= start.at_ms]
    assert len(older) < 10
    assert state.episodes[0].keys[0] in older
    assert (halved.fold, halved.newest, halved.sent) == (state.fold, state.newest, state.sent)


def test_of_a_history_folded_up_to_the_end_only_the_fold_goes_over(monkeypatch):
    bed = long_known()
    handover, state = handed(bed, monkeypatch, 100)
    here = bed.partition.patients[OLD]
    assert state.history == History()
    assert (state.fold, state.newest, state.episodes) == (here.fold, here.newest, here.episodes)
    assert state.marks[0].tracks.keys() == here.fold.tracks.keys()
    bed.deliver(handover, 91)
    assert bed.partition.patients[NEW].fold.low == 2


def test_ids_of_a_stream_older_than_the_cut_are_forgotten_and_newer_ones_known(monkeypatch):
    bed = Bed(hands_over=False).admit()
    for number in range(40):
        for second in range(2):
            bed.monitor(2 + number / 10 + second / 60, spo2_pct=96 - 8 * second, event_id=f"stream-{number}-{second}")
    whole = len(encode(bed.known(OLD)))
    monkeypatch.setattr(leaving, "MOST_STATE_BYTES", whole)
    state = decode_state(written(merged(bed, 7))[0]["state"])
    here, cut_ms = bed.partition.patients[OLD], state.marks[0].at_ms
    assert state.history.seen == {name: seen for name, seen in here.history.seen.items() if seen.at_ms >= cut_ms}
    assert 0 < len(state.history.seen) < len(here.history.seen)


def test_who_was_merged_into_the_old_name_before_is_still_known_there():
    bed = merged(merged(febrile(), 10, event_id="merge-1"), 20, old=NEW, into="bed-9", event_id="merge-2")
    first = Taken(OLD, handover_id("merge-1"), ms(10))
    assert bed.partition.patients[NEW].taken == (first,)
    assert bed.partition.patients["bed-9"].taken == (first, Taken(NEW, handover_id("merge-2"), ms(20)))


@pytest.mark.parametrize("source", ["manual", "wearable"])
@pytest.mark.parametrize("first", ["survivor", "other"])
def test_what_was_retracted_under_one_name_is_in_no_trend_under_the_other(source, first):
    """Only the temperature that stands is: it is trended from the merge on."""
    second = {"survivor": "other", "other": "survivor"}[first]
    bed = Bed(patient=first).admit().vitals(1, temperature_c=41.0, event_id="slip", source=source)
    bed.vitals(2, temperature_c=37.0, source=source)
    bed.patient = second
    bed.chart(3, "retraction", retracts="slip")
    bed.patient = "other"
    bed.chart(5, "encounter", action="merge", merged_into="survivor")
    bed.patient = "survivor"
    assert "temperature_c" not in bed.estimate.get("trend", {}).get("signs", {})
    bed.vitals(6, temperature_c=37.2, source=source).vitals(7, sbp_mmhg=118)
    assert bed.estimate["trend"]["signs"]["temperature_c"]["points"] == 1
