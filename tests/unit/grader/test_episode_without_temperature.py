"""An episode that goes on though no temperature of the patient is known any more."""

from tests.unit.grader.two_ways import TwoWays
from tests.vignettes.bed import ms, when
from tests.vignettes.starting_points import SECOND

WORSE = {"source": "manual", "temperature_c": 39.5, "sbp_mmhg": 70, "spo2_pct": 80}


def enrolled() -> TwoWays:
    return TwoWays().admit().chart(0, "immunotherapy", product="axi-cel")


def fever_explained_until_after(ways: TwoWays, minute: float) -> None:
    ways.chart(minute, "attribution", finding="fever", cause="sepsis", author="dr-a", expires_at=when(minute + 30))
    ways.until(minute + 40)


def assert_graded_on(ways: TwoWays, minute: float) -> None:
    """Nothing went wrong in the engine, and what comes now is graded."""
    for later in range(5):
        ways.vitals(minute + later, **WORSE)
    assert not [output for output in ways.said if output.topic == "rejected"]
    assert "engine_fault" not in ways.kinds()
    state = ways.same_state()
    assert (state.newest["temperature_c"].value, state.faulted) == (39.5, False)
    assert state.fold.low >= 2


def test_what_was_paged_for_before_a_stay_that_is_over_by_late_news_is_graded_on_when_its_attribution_ends():
    ways = enrolled()
    ways.vitals(5, source="manual", temperature_c=38.5)
    ways.vitals(10, source="manual", sbp_mmhg=85)
    for minute, arrives, action in ((8, 30, "admit"), (7, 31, "discharge")):
        late = {"recorded_at": when(minute), "kind": "encounter", "action": action}
        ways.send({"schema": "crs.clinical.v1", **late}, ms(arrives))
    fever_explained_until_after(ways, 32)
    assert_graded_on(ways, 73)


def test_an_episode_whose_only_charted_temperature_is_taken_back_a_day_later_goes_on():
    """The fever itself came from a probe, and what was then is remembered as a fold only."""
    ways = enrolled()
    for second in range(5):
        ways.vitals(1 + second * SECOND, temperature_c=38.6, heart_rate_bpm=80)
    ways.vitals(10, source="manual", temperature_c=37.0, event_id="slip")
    minute = 11.0
    while ways.quick.patients["bed-7"].marks[0].at_ms <= ms(10):
        ways.chart(minute, "vasopressor", drug="norepinephrine")
        ways.vitals(minute + 1, source="manual", sbp_mmhg=118, spo2_pct=97)
        minute += 60
    ways.chart(minute, "retraction", retracts="slip")
    fold = ways.same_state().fold
    assert fold.episode is not None
    assert "temperature_c" not in fold.tracks
    fever_explained_until_after(ways, minute + 1)
    assert_graded_on(ways, minute + 42)
