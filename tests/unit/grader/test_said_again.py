"""Estimates that are repeated for hours: made from the one before, they are those of the long way to the letter."""

from typing import Any

import pytest

from schemas.encoding import encode
from services.grader.engine.kept import IDLE_CHECKPOINTS
from tests.unit.grader.two_ways import TwoWays

EVERY = 10 / 60  # minutes between two records of the monitor
CALM = {"heart_rate_bpm": 80, "resp_rate_bpm": 16, "spo2_pct": 97}
LINE = {"sbp_mmhg": 118, "dbp_mmhg": 70, "map_mmhg": 86, "bp_source": "arterial"}


class Hours(TwoWays):
    """A monitor whose values move a little, for as long as it is asked to."""

    def __init__(self) -> None:
        super().__init__()
        self.minute = 1.0

    def stream(self, minutes: float, **values: Any) -> "Hours":
        until = self.minute + minutes
        while self.minute < until:
            moved = {"heart_rate_bpm": 80 + round(self.minute * 6) % 7, "spo2_pct": 96 + round(self.minute * 6) % 3}
            self.vitals(self.minute, **{**CALM, **moved, **values})
            self.minute += EVERY
        return self

    def is_kept(self) -> bool:
        """Whether the next estimate is made from the last one."""
        steady = self.quick._kept["bed-7"].steady
        return steady is not None and steady.said is not None

    def _same(self, quick: Any, long: Any, because: Any) -> None:
        super()._same(quick, long, because)
        estimates = ([encode(output.value) for output in said if output.topic == "estimates"] for said in (quick, long))
        assert next(estimates) == next(estimates), because


def ward() -> Hours:
    scene = Hours()
    scene.admit()
    return scene


def test_hours_of_a_calm_monitor():
    scene = ward().stream(70)
    assert scene.is_kept()
    assert scene.estimates() > 12
    assert scene.kinds() == []


def test_after_a_dose_the_hours_since_go_on():
    scene = ward()
    scene.chart(0.5, "immunotherapy", product="axi-cel", dose_number=1)
    scene.stream(40)
    assert scene.is_kept()
    windows = [output.value["risk_window"] for output in scene.said[-6:] if output.topic == "estimates"]
    assert len({window["hours_since_dose"] for window in windows}) == 6


@pytest.mark.parametrize(
    "values",
    [
        LINE,
        {**LINE, "temperature_c": 36.9, "temperature_site": "core"},
        {"temperature_c": 37.2, "temperature_site": "core"},
        {**LINE, "device_id": "m-7"},
    ],
)
def test_whatever_the_monitor_carries(values):
    assert ward().stream(30, **values).is_kept()


def test_scores_move_within_what_may_not_page():
    scene = ward()
    for rate in (80, 88, 95, 101, 108, 92, 85):
        scene.stream(6, heart_rate_bpm=rate)
    shown = {encode(output.value["scores"]) for output in scene.said if output.topic == "estimates"}
    assert len(shown) > 3


def test_a_reason_with_a_value_in_it_is_made_anew_each_time():
    scene = ward().stream(5)
    scene.vitals(scene.minute, source="manual", temperature_c=38.6)
    scene.stream(15, spo2_pct=86)
    scene.stream(20, spo2_pct=85)
    assert "crs_rise" in scene.kinds()
    assert not scene.is_kept()


def test_two_sources_of_one_pressure_are_made_anew_each_time():
    scene = ward().stream(5)
    scene.vitals(scene.minute, source="manual", sbp_mmhg=121, dbp_mmhg=70)
    scene.stream(20, **LINE)
    assert not scene.is_kept()


def test_a_sign_that_goes_stale_meanwhile_is_stale_in_the_next():
    scene = ward().stream(2)
    scene.vitals(scene.minute, source="manual", temperature_c=36.8, sbp_mmhg=120)
    for _ in range(10):
        scene.stream(60)
        scene.until(scene.minute)
    states = [output.value["inputs"]["temperature_c"]["state"] for output in scene.said if output.topic == "estimates"]
    assert set(states) >= {"fresh", "stale"}
    assert scene.is_kept()


def test_charted_in_between_it_begins_anew():
    scene = ward().stream(20)
    scene.chart(scene.minute, "neuro", ice=10)
    assert not scene.is_kept()
    assert scene.stream(30).is_kept()
    scene.chart(scene.minute, "oxygen", device="nasal_cannula", flow_l_min=2)
    assert not scene.stream(30).is_kept()  # a reason with the flow in it


def test_who_is_small_again_keeps_nothing_of_it_and_goes_on_the_same():
    scene = ward().stream(20)
    for _ in range(IDLE_CHECKPOINTS + 1):
        scene.quick.encoded("bed-7")
    assert not scene.is_kept()
    scene.stream(20)
    scene.restarted()
    assert scene.stream(30).is_kept()
