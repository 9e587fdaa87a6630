"""The clock of a dose, and who is paged for because of it. Minutes since the dose."""

import pytest

from schemas.times import parse_time
from tests.vignettes.bed import Bed, when
from tests.vignettes.starting_points import DAY, HOUR, WELL, dosed_bed, watched
from tests.vignettes.tables import read_table

TABLE = read_table("risk_windows.md")
ENDS = ("peak_from", "peak_until", "crs_until", "neuro_until", "monitor_until")


def rows_with(heading: str) -> pytest.MarkDecorator:
    """The rows of the table that has this heading."""
    found = [row for row in TABLE if heading in row]
    return pytest.mark.parametrize("row", [pytest.param(row, id=row["situation"]) for row in found])


@rows_with("onset from h")
def test_vignette(row):
    number = {} if row["dose"] == "?" else {"dose_number": int(row["dose"])}
    window = dosed_bed(row["charted as"], **number).estimate["risk_window"]
    hours = {name: (parse_time(window[name]) - parse_time(when(0))) / 3_600_000 for name in ENDS if name in window}

    assert (hours["peak_from"], hours["peak_until"]) == (float(row["onset from h"]), float(row["onset until h"]))
    assert hours["crs_until"] == 24 * int(row["CRS until day"])
    assert hours["neuro_until"] == 24 * int(row["neuro until day"])
    assert hours.get("monitor_until") == (None if row["monitor until h"] == "?" else float(row["monitor until h"]))
    assert window.get("dose_number") == number.get("dose_number")
    assert window["known"] is ("study" not in row["charted as"])
    assert window["text"]
    assert window["citation"]


@rows_with("phase")
def test_phase(row):
    bed = dosed_bed(row["charted as"]).until(HOUR * float(row["hours later"]))
    assert bed.estimate["risk_window"]["phase"] == row["phase"]  # shown the moment it begins, without new data
    bed.vitals(HOUR * float(row["hours later"]) + 0.1, temperature_c=36.8)
    assert bed.estimate["risk_window"]["day"] == int(row["day"])


def test_a_product_is_told_by_its_name_in_the_table_and_an_unknown_one_as_charted():
    known, unknown = (dosed_bed(name).estimate["risk_window"] for name in ("Kymriah", "car-t study 7"))
    assert known["product"] == "tisa-cel"
    assert known["text"].endswith("Neurotoxicity: median day 6 (1-359).")
    assert (unknown["product"], unknown["citation"]) == ("car-t study 7", "[P] proposal")
    assert unknown["text"] == "Not in the table of products: default window."


def test_examinations_are_expected_until_the_neurotoxicity_window_ends():
    bed = dosed_bed("tisa-cel").vitals(30 * DAY - 1, temperature_c=36.8)
    assert bed.estimate["risk_window"]["expected"] == {"vitals_every_h": 4, "exam_every_h": 12}
    assert bed.until(30 * DAY).estimate["risk_window"]["expected"] == {"vitals_every_h": 4}


def test_without_a_dose_there_is_no_window():
    bed = Bed().admit().vitals(1, temperature_c=36.8, **WELL)
    assert "risk_window" not in bed.estimate


def test_each_step_up_dose_resets_the_clock():  # clinical.md 6 and 10.1(10)
    bed = dosed_bed("teclistamab", dose_number=1).until(3 * DAY)
    assert bed.estimate["risk_window"]["phase"] == "late"
    bed.chart(3 * DAY, "immunotherapy", product="teclistamab", dose_number=2)
    window = bed.estimate["risk_window"]
    assert (window["phase"], window["dose_number"], window["hours_since_dose"]) == ("early", 2, 0)
    assert window["monitor_until"] == when(5 * DAY)


def test_an_older_dose_charted_late_does_not_set_the_clock_back():
    bed = dosed_bed("teclistamab", dose_number=2)
    bed.chart(-60, "immunotherapy", product="teclistamab", dose_number=1, arrives=30)
    assert bed.estimate["risk_window"]["dose_number"] == 2


def test_a_dose_charted_three_days_late_runs_from_when_it_was_given_and_enrols_from_now():
    bed = Bed(watch_all=False).admit()
    watched(bed, 10, 3 * DAY, temperature_c=38.5)
    assert bed.said() == []
    bed.chart(0, "immunotherapy", product="axi-cel", arrives=3 * DAY + 1)
    # The standing grade is raised at once, and nobody has examined the patient since the dose.
    assert bed.said() == ["crs_rise 1 #1", "neuro_due ice"]
    window = bed.estimate["risk_window"]
    assert (window["day"], window["phase"], bed.estimate["dosed_at"]) == (3, "peak", when(0))


def test_a_dose_entered_in_error_takes_the_window_and_the_enrolment_with_it():
    bed = dosed_bed().vitals(10, temperature_c=38.5, **WELL)
    assert bed.said() == ["crs_rise 1 #1"]
    bed.chart(20, "retraction", retracts="dose-1")
    assert bed.said() == ["resolved retracted"]
    assert "risk_window" not in bed.estimate


@pytest.mark.parametrize("day", [1, 10, 25, 45, 100])
def test_no_window_gates_a_page(day):  # clinical.md 10.2 R3
    bed = dosed_bed("teclistamab")
    start = day * DAY
    bed.until(start).on_room_air(start).vitals(start, temperature_c=38.5, **WELL).vitals(start + 1, sbp_mmhg=84)
    bed.chart(start + 2, "vasopressor", drug="norepinephrine").chart(start + 3, "neuro", ice=2)
    pages = [(page["kind"], page["priority"]) for page in bed.escalations("crs_rise", "icans_rise")]
    assert pages == [("crs_rise", "low"), ("crs_rise", "medium"), ("crs_rise", "high"), ("icans_rise", "high")]


def test_a_restart_keeps_the_window():
    bed = dosed_bed("elranatamab", dose_number=2)
    before = bed.estimate["risk_window"]
    bed.restarted().vitals(6, temperature_c=36.9)
    assert bed.estimate["risk_window"] == {**before, "hours_since_dose": 0.1}


@pytest.mark.parametrize(("product", "last_day"), [("axi-cel", 30), ("tisa-cel", 51), ("car-t study 7", 30)])
@pytest.mark.parametrize("inside", [True, False])
def test_enrolment_outlives_a_discharge_until_the_risk_window_ends(product, last_day, inside):  # settled 26
    bed = dosed_bed(product).chart(60, "encounter", action="discharge")
    back = last_day * DAY - (1 if inside else 0)
    bed.until(back).chart(back, "encounter", action="admit", event_id="admit-2").on_room_air(back + 1)
    bed.vitals(back + 2, temperature_c=38.5, **WELL)
    assert ("crs_rise 1 #1" in bed.said()) is inside


def test_a_dose_of_long_ago_charted_in_this_stay_enrols_for_this_stay():
    bed = Bed(watch_all=False).admit(60 * DAY).on_room_air(60 * DAY)
    bed.chart(0, "immunotherapy", product="axi-cel", arrives=60 * DAY + 1)
    bed.vitals(60 * DAY + 2, temperature_c=38.5, **WELL)
    assert bed.said() == ["crs_rise 1 #1"]
    assert bed.estimate["risk_window"]["phase"] == "over"


def test_watch_all_pages_for_a_patient_without_a_dose():
    for watch_all, said in ((True, ["crs_rise 1 #1"]), (False, [])):
        bed = Bed(watch_all=watch_all).admit().on_room_air().vitals(1, temperature_c=38.5, **WELL)
        assert bed.said() == said
        assert bed.estimate["grade"] == 1
