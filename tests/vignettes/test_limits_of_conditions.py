"""Both sides of when a condition beside the grade pages. Minutes since admission."""

import pytest

from services.grader.engine.telling.watch import watch_times
from tests.vignettes.bed import Bed
from tests.vignettes.starting_points import DAY, HOUR, SECOND, WELL, febrile_bed, well_bed


@pytest.mark.parametrize(("last_heard", "said"), [(13, []), (13 + SECOND, ["technical_stale spo2_pct"])])
def test_a_sign_is_lost_alone_if_others_came_within_five_minutes(last_heard, said):
    bed = well_bed().monitor(3, spo2_pct=97, heart_rate_bpm=80).monitor(last_heard, heart_rate_bpm=80).until(20)
    assert bed.said() == said


def test_a_clinicians_grade_is_not_contradicted_by_data_of_the_same_moment():
    bed = febrile_bed().vitals(2, heart_rate_bpm=81).chart(2, "clinician_grade", crs=0, author="dr-a")
    assert bed.said() == []
    bed.vitals(2 + SECOND, heart_rate_bpm=81)
    assert bed.said() == ["grade_disagreement crs"]


def test_a_clinicians_grade_is_not_contradicted_by_the_same_grade():
    bed = febrile_bed().chart(2, "neuro", ice=8, consciousness="awake")
    bed.chart(3, "clinician_grade", crs=1, icans=1, author="dr-a").vitals(4, heart_rate_bpm=81)
    assert bed.said() == ["icans_rise 1 #1"]


@pytest.mark.parametrize(("heard_of", "said"), [(29 * DAY, ["neuro_due ice"]), (31 * DAY, [])])
def test_a_dose_that_is_heard_of_late_calls_for_an_examination_within_its_window(heard_of, said):
    bed = Bed(watch_all=False).admit(heard_of - 10).on_room_air(heard_of - 9)
    bed.vitals(heard_of - 9, temperature_c=36.8, **WELL)
    assert bed.said() == []
    bed.chart(0, "immunotherapy", product="axi-cel", arrives=heard_of)
    assert bed.said() == said


@pytest.mark.parametrize(("later", "said"), [(4.4, ["ward_score news2"]), (4.6, [])])
def test_a_ward_score_adds_up_only_what_is_fresh(later, said):
    bed = Bed().admit().on_room_air().vitals(0, temperature_c=36.8, sbp_mmhg=118, resp_rate_bpm=26, spo2_pct=95)
    bed.on_room_air(3 * HOUR).vitals(later * HOUR, heart_rate_bpm=132)
    assert [line for line in bed.said() if line.startswith("ward_score")] == said


def test_time_changes_nothing_for_who_was_discharged():
    bed = febrile_bed().monitor(2, **WELL).chart(3, "immunotherapy", product="axi-cel")
    bed.chart(4, "neuro", ice=9, consciousness="awake")
    assert list(watch_times(bed.partition.patients["bed-7"], bed.partition.ward))
    bed.chart(5, "encounter", action="discharge")
    assert list(watch_times(bed.partition.patients["bed-7"], bed.partition.ward)) == []
