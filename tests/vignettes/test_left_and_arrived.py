"""Who leaves and is back within one minute is back, and what came between two stays is of neither."""

import pytest

from tests.vignettes.bed import Bed
from tests.vignettes.starting_points import WELL, febrile_bed

IDS = [("adt-1", "adt-2"), ("adt-2", "adt-1")]


@pytest.mark.parametrize(("left", "came"), IDS)
@pytest.mark.parametrize(
    ("leaving", "coming"),
    [("discharge", {"action": "admit", "unit": "icu", "bed": "3"}), ("discharge", {"action": "cancel_discharge"})],
)
def test_discharged_and_here_again_in_one_minute_is_here(left, came, leaving, coming):
    bed = febrile_bed().chart(60, "encounter", action=leaving, event_id=left)
    bed.chart(60, "encounter", event_id=came, **coming)
    bed.said()
    bed.vitals(65, temperature_c=39.5, sbp_mmhg=70, spo2_pct=97)
    assert "crs_rise 2 #1" in bed.said()


@pytest.mark.parametrize(("left", "came"), IDS)
def test_off_the_unit_and_back_in_one_minute_is_waited_for(left, came):
    bed = febrile_bed().chart(60, "encounter", action="off_unit", event_id=left)
    bed.chart(60, "encounter", action="return", event_id=came)
    bed.said()
    assert "technical_silent" in bed.until(60 + 10 * 60).said()


def test_an_old_chart_after_a_readmission_pages_for_nothing_between_the_stays():
    bed = Bed(watch_all=False).admit(event_id="a1").on_room_air().vitals(1, temperature_c=36.8, **WELL)
    bed.chart(60, "encounter", action="discharge").vitals(70, spo2_pct=45).vitals(71, spo2_pct=97)
    bed.chart(75, "neuro", seizure="prolonged").chart(120, "encounter", action="admit", event_id="a2", unit="onc")
    bed.on_room_air(121).vitals(125, temperature_c=36.8, **WELL).said()
    bed.chart(5, "lab", code="crp", value=1, unit="mg/L", arrives=130)
    assert bed.said() == []
