"""Nothing that stands is without a page: grades passed on the way, grades recorded and not sent, gaps after a close."""

from services.grader.engine.partition import Partition
from tests.vignettes.bed import Bed
from tests.vignettes.starting_points import HOUR

WELL = {"spo2_pct": 97, "sbp_mmhg": 120}


def test_a_grade_passed_on_the_way_to_a_late_revealed_one_is_not_resolved_to():
    """Only Grade 4 was paged; when it falls to 3, Grade 3 was never said: the alarm stays open."""
    bed = Bed().admit().vitals(1, **WELL)
    bed.chart(2, "vasopressor", drug="norepinephrine").chart(6, "oxygen", device="cpap")
    bed.vitals(1.5, temperature_c=39, arrives=9)
    (page,) = bed.escalations("crs_rise")
    assert (page["grade"], page["previous_grade"]) == (4, 0)
    bed.said()
    bed.chart(60, "oxygen", device="nasal_cannula", flow_l_min=2).chart(61, "vasopressor", drug="norepinephrine")
    bed.until(95)
    assert (bed.interval[0], bed.said()) == (3, [])


def test_a_ventilator_pages_although_a_late_grade_4_was_recorded_and_not_sent():
    bed = Bed().admit().on_room_air(1).vitals(2, temperature_c=39, **WELL)
    bed.chart(10, "oxygen", device="ventilator", event_id="wrong").chart(11, "retraction", retracts="wrong")
    bed.chart(12, "oxygen", device="room_air")
    bed.chart(200, "oxygen", device="high_flow_nasal_cannula", flow_l_min=40)
    bed.said()
    bed.chart(150, "oxygen", device="cpap", arrives=201)
    assert bed.said() == []  # not above what was sent in the episode: recorded (settled 23)
    bed.chart(205, "oxygen", device="ventilator")
    assert bed.said() == ["crs_rise 4 #2"]


def test_a_gap_before_an_episode_and_one_after_its_close_have_ids_of_their_own():
    bed = Bed().admit().vitals(5, spo2_pct=86).until(10)
    bed.vitals(12, temperature_c=38.5, spo2_pct=97).on_room_air(13).vitals(14, temperature_c=38.5, **WELL)
    for hour in range(1, 30):
        bed.vitals(hour * HOUR, temperature_c=36.8, **WELL).on_room_air(hour * HOUR + 1)
    bed.vitals(45 * HOUR, spo2_pct=86).until(45 * HOUR + 10)
    first, _, second = bed.escalations("possible_crs")
    assert "episode_id" not in second
    assert first["missing"] == second["missing"]
    assert first["escalation_id"] != second["escalation_id"]


def test_how_loud_a_silence_is_does_not_depend_on_how_common_the_records_before_it_were():
    def silence(*, thorough: bool) -> list[str]:
        bed = Bed()
        bed.partition = Partition(watch_all=True, thorough=thorough)
        bed.admit().on_room_air()
        bed.monitor(1, temperature_c=37.0, temperature_site="axillary", heart_rate_bpm=80, spo2_pct=97)
        bed.vitals(1.5, sbp_mmhg=120)
        for minute in range(8, 14):  # by now the patch is stale: a fever cannot be excluded
            bed.monitor(minute, heart_rate_bpm=80)
        bed.until(60)
        return [page["priority"] for page in bed.escalations("technical_silent")]

    assert silence(thorough=False) == silence(thorough=True) == ["high"]
