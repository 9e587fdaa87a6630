"""What passed before a patient was paged for is not paged for after a merge either (`settled.md` 26)."""

from tests.vignettes.bed import Bed
from tests.vignettes.merges import NEW, OLD, WELL, merged, of, rises, under


def fell_before_anybody_was_paged_for(bed: Bed | None = None) -> Bed:
    """Grade 2 for half an hour, Grade 1 since; nobody is told of either."""
    bed = under(bed or Bed(watch_all=False), OLD).admit().on_room_air()
    bed.vitals(1, temperature_c=38.5, **WELL).vitals(5, sbp_mmhg=84)
    bed.vitals(20, sbp_mmhg=118).vitals(51, sbp_mmhg=118)
    assert (bed.escalations("crs_rise"), bed.interval) == ([], (1, 1))
    return bed


def test_late_data_after_a_merge_reveal_nothing_from_before_the_enrolment():
    bed = fell_before_anybody_was_paged_for().chart(60, "immunotherapy", product="teclistamab")
    assert bed.said() == ["crs_rise 1 #1"]
    merged(bed, 70)
    assert bed.said() == ["resolved merged"]
    bed.vitals(3, heart_rate_bpm=90, arrives=75)
    assert bed.said() == []
    bed.vitals(62, sbp_mmhg=84, arrives=76)
    assert rises(bed, NEW) == [2]


def test_a_name_nobody_was_paged_for_brings_no_pages_of_what_passed_under_it():
    bed = under(fell_before_anybody_was_paged_for(), NEW).admit(0, event_id="admit-8")
    bed.chart(60, "immunotherapy", product="teclistamab").vitals(61, heart_rate_bpm=80)
    merged(bed, 70)
    assert rises(bed, NEW) == [1]


def test_who_was_paged_for_from_the_beginning_still_is_after_a_merge_with_somebody_who_was_not():
    bed = under(Bed(watch_all=False), NEW).admit(0, event_id="admit-8")
    bed.chart(0, "immunotherapy", product="teclistamab").monitor(1, heart_rate_bpm=80)
    merged(fell_before_anybody_was_paged_for(bed), 70)
    assert (rises(bed, NEW), of(bed, OLD)) == ([2], [])
