"""A merge makes of two pasts one, as if everything had come under one name from the beginning."""

import pytest

from tests.vignettes.bed import Bed
from tests.vignettes.merges import HOUR, NEW, OLD, WELL, merged, under


def signs(minute, **values):
    return lambda bed: bed.vitals(minute, event_id=f"signs-{minute}", **values)


def stream(minute, **values):
    """Twenty seconds of monitor."""

    def run(bed):
        for second in range(0, 20, 2):
            bed.monitor(minute + second / 60, event_id=f"stream-{minute}-{second}", **values)

    return run


def chart(minute, kind, **fields):
    return lambda bed: bed.chart(minute, kind, event_id=f"{kind}-{minute}", **fields)


FEVER = signs(1, temperature_c=38.5)
WELL_OTHERWISE = signs(2, **WELL)
NO_SUPPORT = chart(0, "oxygen", device="room_air"), chart(0, "vasopressor", drug="none")
PASTS = {
    "fever here, low pressure there": [(OLD, FEVER), (NEW, signs(5, sbp_mmhg=84)), (OLD, signs(8, heart_rate_bpm=120))],
    "low pressure here, fever there": [(NEW, FEVER), (OLD, signs(5, sbp_mmhg=84)), (NEW, signs(8, heart_rate_bpm=120))],
    "a stream under the old name alone": [
        (NEW, FEVER),
        (OLD, stream(6, spo2_pct=86)),
        (NEW, signs(8, resp_rate_bpm=22)),
    ],
    "a stream under the survivor's name alone": [(OLD, FEVER), (NEW, stream(6, spo2_pct=86))],
    "a stream that goes over": [(NEW, FEVER), (OLD, stream(6, spo2_pct=86)), (NEW, stream(7, spo2_pct=96))],
    "support and its end": [
        (OLD, FEVER),
        (OLD, chart(4, "vasopressor", drug="norepinephrine", rate=0.1)),
        (NEW, chart(6, "vasopressor", drug="norepinephrine", rate=0)),
        (OLD, chart(7, "oxygen", device="nasal_cannula", flow_l_min=2)),
    ],
    "one examination after the other": [
        (NEW, chart(3, "neuro", ice=6, consciousness="awake")),
        (OLD, chart(5, "neuro", ice=4)),
        (NEW, chart(7, "neuro", seizure="resolved")),
    ],
    "who it is": [
        (NEW, chart(1, "baseline", sbp_mmhg=100)),
        (OLD, chart(2, "immunotherapy", product="axi-cel")),
        (OLD, chart(3, "medication", drug="paracetamol")),
        (OLD, chart(4, "clinician_grade", crs=1, author="dr-a")),
        (NEW, chart(5, "monitoring", state="stopped_by_order", author="dr-a")),
    ],
    "fever a day ago": [
        (OLD, FEVER),
        *((OLD, signs(hour * HOUR, temperature_c=38.2)) for hour in range(4, 30, 4)),
        (NEW, signs(29 * HOUR, sbp_mmhg=84)),
        (OLD, signs(30 * HOUR, temperature_c=38.4)),
    ],
}  # fmt: skip


def ward(past) -> Bed:
    bed = under(Bed(), NEW).admit(0, event_id="admit-8")
    for event in NO_SUPPORT:
        event(bed)
    WELL_OTHERWISE(bed)
    for name, event in past:
        event(under(bed, name))
    return bed


@pytest.mark.parametrize("past", PASTS.values(), ids=PASTS)
def test_what_is_known_after_a_merge_is_what_would_be_known_under_one_name(past):
    minute = 31 * HOUR if len(past) > 8 else 10
    two = merged(ward(past), minute).partition.patients[NEW]
    one = ward([(NEW, event) for _, event in past]).chart(minute, "encounter", action="update").partition.patients[NEW]
    assert two.fold == one.fold
    assert two.newest == one.newest
    assert (two.vitals_ms, two.vitals_source) == (one.vitals_ms, one.vitals_source)
    assert two.newest_event_ms == one.newest_event_ms
    assert [name.opened_ms for name in two.episodes] == [name.opened_ms for name in one.episodes]
    assert two.history.seen.keys() == one.history.seen.keys()
    assert {name: entry.at_ms for name, entry in two.history.entries.items() if entry.record is None} == {
        name: entry.at_ms for name, entry in one.history.entries.items() if entry.record is None
    }


def test_a_ward_score_that_was_paged_for_under_the_old_name_is_not_paged_for_again():
    bad = {"heart_rate_bpm": 135, "resp_rate_bpm": 26, "spo2_pct": 91, "sbp_mmhg": 95, "temperature_c": 37.0}
    bed = under(Bed(), OLD).admit().on_room_air().chart(1, "neuro", avpu="alert")
    stream(2, **bad)(bed)
    assert bed.said() == ["ward_score news2"]
    merged(bed, 2.4)
    stream(2.5, **bad)(bed)
    assert bed.said() == ["resolved merged"]
