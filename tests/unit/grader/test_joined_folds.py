"""Two folds of one moment as one: what is known of both, the newest and the worse of it, and who the patient is."""

import pytest
from msgspec.structs import replace

from services.grader.engine.chart import (
    Attribution,
    Baseline,
    Chart,
    ClinicianGrade,
    Dose,
    Exam,
    Infusion,
    Oxygen,
    Stay,
)
from services.grader.engine.crs.holds import ChartedHold, MeasuredHold
from services.grader.engine.fold import Episode, Fold, Holds
from services.grader.engine.merging.joined_folds import joined_folds
from services.grader.engine.person import Person
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.signs.readings import ABNORMAL, CRITICAL, CUFF_SBP, NORMAL, SPOT
from services.grader.engine.signs.track import Finding, Track
from tests.vignettes.bed import ms

NOW = ms(0)
HOUR = ms(60) - NOW
HERE = Stay("admitted", "stay-8", NOW - 30 * HOUR, "onc", "8")
THERE = Stay("admitted", "stay-7", NOW - 40 * HOUR, "onc", "7", of="bed-7")


def joined(survivor: Fold, other: Fold) -> Fold:
    return joined_folds(survivor, other, DEFAULT_RULES)


def charts(one: Chart, two: Chart, *, folded: bool = True) -> Chart:
    at_ms = NOW if folded else 0
    return joined(Fold(at_ms, at_ms, chart=one), Fold(at_ms, at_ms, chart=two)).chart


def hours_ago(hours: float) -> int:
    return NOW - round(hours * HOUR)


def exam(value: int | str, hours: float, event_id: str = "exam") -> Exam:
    return Exam(value, hours_ago(hours), event_id)


def track(value: float, hours: float, category: int = NORMAL) -> Track:
    found = Finding(hours_ago(hours), "f", deep=False, due_ms=hours_ago(hours), established=True)
    return Track(hours_ago(hours), value, category, SPOT, found if category else None,
                 found if category == CRITICAL else None)  # fmt: skip


FULL = Chart(
    HERE, Person("1960-02-03", weight_kg=70), Baseline(100, "nasal_cannula", 85), Dose("axi-cel", hours_ago(50), 1),
    (Infusion("norepinephrine"),), hours_ago(2), hours_ago(9), Oxygen("bipap", None, 0.5, hours_ago(2), "o1"),
    hours_ago(4), (Attribution("neuro", NOW + HOUR, hours_ago(2), "a1", (("neuro", 3),)),), {"ice": exam(9, 2)},
    ClinicianGrade(3, 0, hours_ago(2), "dr-a"), monitoring_stopped=True, monitored_ms=hours_ago(7),
    newest_ms={"oxygen": hours_ago(2)},
)  # fmt: skip
SPARSE = Chart(stay=THERE)


def test_what_was_charted_under_one_name_only_is_charted():
    assert charts(FULL, SPARSE) == FULL
    # The stay that goes on is the survivor's, and the order not to monitor belongs to it.
    assert charts(SPARSE, FULL) == replace(FULL, stay=THERE, monitoring_stopped=False)


def test_of_both_the_newer_chart_of_each_kind_counts():
    newer = Chart(
        THERE,
        Person("1961-01-01", weight_kg=90),
        Baseline(120, "bipap", 88),
        Dose("teclistamab", hours_ago(20), 2),
        (),
        None,
        hours_ago(8),
        Oxygen("face_mask", 8, None, hours_ago(1), "o2"),
        hours_ago(3),
        (
            Attribution("neuro", NOW + 2 * HOUR, hours_ago(1), "a2", (("neuro", 3),)),
            Attribution("fever", NOW + 2 * HOUR, hours_ago(5), "a3", supports=("face_mask", "norepinephrine")),
        ),
        {"ice": exam(10, 1), "avpu": exam("alert", 6)},
        ClinicianGrade(2, 1, hours_ago(1), "dr-b"),
        monitored_ms=hours_ago(6),
        newest_ms={"oxygen": hours_ago(1), "neuro": hours_ago(6), "encounter": hours_ago(30)},
    )
    both = replace(
        newer,
        pressors=FULL.pressors,
        pressors_ms=FULL.pressors_ms,
        attributions=(newer.attributions[1], newer.attributions[0]),
    )
    # Who the patient is, and what is normal for this one, the survivor's record knows better.
    survivors = replace(both, stay=HERE, person=FULL.person, baseline=FULL.baseline, monitoring_stopped=True)
    assert charts(FULL, newer) == survivors
    assert charts(newer, FULL) == both


def test_of_two_charts_of_one_moment_the_survivors_counts():
    one = Chart(HERE, oxygen=Oxygen("cpap", None, None, hours_ago(1), "o1"), neuro={"ice": exam(9, 1, "i1")})
    two = Chart(THERE, oxygen=Oxygen("bipap", None, None, hours_ago(1), "o2"), neuro={"ice": exam(8, 1, "i2")})
    both = charts(one, two)
    assert (both.oxygen, both.neuro) == (one.oxygen, one.neuro)


NOREPINEPHRINE = (Infusion("norepinephrine"),)
VASOPRESSIN = (Infusion("vasopressin"),)


@pytest.mark.parametrize(
    ("survivor", "other", "both"),
    [
        pytest.param((NOREPINEPHRINE, 3), (VASOPRESSIN, 2), (VASOPRESSIN + NOREPINEPHRINE, 2), id="two drugs"),
        pytest.param((VASOPRESSIN, 2), (NOREPINEPHRINE, 3), (VASOPRESSIN + NOREPINEPHRINE, 2), id="the other way"),
        pytest.param((NOREPINEPHRINE, 3), (NOREPINEPHRINE, 1), (NOREPINEPHRINE, 1), id="one drug under both names"),
        pytest.param(((), 1), (NOREPINEPHRINE, 3), ((), 1), id="none charted since"),
        pytest.param((NOREPINEPHRINE, 3), ((), 1), ((), 1), id="none charted since under the old name"),
        pytest.param(((), 4), (NOREPINEPHRINE, 3), (NOREPINEPHRINE, 3), id="none charted before"),
        pytest.param(((), 3), (NOREPINEPHRINE, 3), (NOREPINEPHRINE, 3), id="at one time what runs counts"),
        pytest.param((NOREPINEPHRINE, 3), ((), 3), (NOREPINEPHRINE, 3), id="and under the survivor's name too"),
        pytest.param(((), None), ((), 5), ((), 5), id="none charted under one name only"),
    ],
)
def test_what_runs_under_either_name_runs_unless_none_was_charted_since(survivor, other, both):
    def chart(stay, pressors):
        running, hours = pressors
        return Chart(stay, pressors=running, pressors_ms=None if hours is None else hours_ago(hours))

    assert charts(chart(HERE, survivor), chart(THERE, other)) == chart(HERE, both)


@pytest.mark.parametrize(
    ("survivor", "other", "known"),
    [
        (Person(), Person("1960-02-03", None, 0, 70), Person("1960-02-03", None, 0, 70)),
        (Person(), Person(None, 60, NOW, 70), Person(None, 60, NOW, 70)),
        (Person("1960-02-03"), Person(None, 60, NOW, 70), Person("1960-02-03", weight_kg=70)),
        (Person(None, 7, NOW), Person("1960-02-03"), Person(None, 7, NOW)),
        (Person(None, 7, NOW, 22), Person(weight_kg=80), Person(None, 7, NOW, 22)),
        (Person(weight_kg=22), Person(None, 7, NOW, 80), Person(None, 7, NOW, 22)),
    ],
)
def test_age_is_known_from_one_record_and_weight_from_either(survivor, other, known):
    assert charts(Chart(HERE, survivor), Chart(THERE, other)).person == known


@pytest.mark.parametrize("name", ["sbp_mmhg", "oxygen_device", "spo2_target_low_pct"])
def test_each_baseline_is_known_from_either_record(name):
    whole = Baseline(100, "nasal_cannula", 85)
    without = replace(whole, **{name: None})
    theirs = Baseline(120, "bipap", 88)
    assert charts(Chart(HERE, baseline=without), Chart(THERE, baseline=theirs)).baseline == replace(
        whole, **{name: getattr(theirs, name)}
    )
    assert charts(Chart(HERE, baseline=theirs), Chart(THERE, baseline=without)).baseline == theirs


UNKNOWN = Stay()
AWAY = replace(HERE, status="off_unit")
LEFT = replace(HERE, status="discharged", discharged_ms=hours_ago(5))
LEFT_THERE = replace(THERE, status="discharged", discharged_ms=hours_ago(35))
UNNAMED = Stay("unknown", "after 2026-02-20", hours_ago(100))


@pytest.mark.parametrize(
    ("survivor", "other", "goes_on"),
    [
        (HERE, THERE, HERE),
        (AWAY, THERE, AWAY),
        (HERE, replace(THERE, status="off_unit"), HERE),
        (UNKNOWN, THERE, THERE),
        (HERE, UNKNOWN, HERE),
        (LEFT, UNKNOWN, LEFT),
        (LEFT, THERE, THERE),
        (LEFT, UNNAMED, UNNAMED),
        (UNNAMED, THERE, THERE),
        (HERE, LEFT_THERE, HERE),
        (LEFT, LEFT_THERE, LEFT),
        (UNKNOWN, LEFT_THERE, LEFT_THERE),
        (UNKNOWN, UNKNOWN, UNKNOWN),
    ],
)
@pytest.mark.parametrize("folded", [True, False])
def test_the_stay_that_goes_on_is_the_one_the_patient_is_in_or_the_survivors(survivor, other, goes_on, folded):
    assert charts(Chart(survivor), Chart(other), folded=folded).stay == goes_on


def of_stay(stay: Stay) -> Fold:
    return Fold(
        NOW,
        NOW,
        {CUFF_SBP: track(84, 1, ABNORMAL)},
        replace(FULL, stay=stay, attributions=()),
        icans_hold=ChartedHold(2),
        episode=Episode("fever", hours_ago(20), 2),
    )


DISCHARGES = [(hours_ago(35), True), (hours_ago(30), True), (hours_ago(30) + 1, False), (hours_ago(5), False)]


@pytest.mark.parametrize(("discharged", "is_over"), DISCHARGES)
def test_of_a_stay_that_was_over_when_the_other_began_only_who_it_was_remains(discharged, is_over):
    left = of_stay(replace(THERE, status="discharged", discharged_ms=discharged))
    for both in (joined(Fold(NOW, NOW, chart=Chart(HERE)), left), joined(left, Fold(NOW, NOW, chart=Chart(HERE)))):
        assert both.chart.stay == HERE
        assert (both.chart.person, both.chart.dose, both.chart.baseline) == (FULL.person, FULL.dose, FULL.baseline)
        found = (both.tracks, both.chart.pressors, both.chart.oxygen, both.episode, both.icans_low)
        if is_over:
            assert found == ({}, (), None, None, 0)
        else:
            assert found == (left.tracks, FULL.pressors, FULL.oxygen, replace(left.episode, max_grade=4), 2)


@pytest.mark.parametrize("stay", [THERE, replace(THERE, status="off_unit"), LEFT_THERE])
def test_a_stay_that_goes_on_or_is_the_only_one_is_not_over(stay):
    both = joined(Fold(chart=Chart()), of_stay(stay))
    assert (both.chart.stay, both.chart.pressors, both.tracks) == (stay, FULL.pressors, of_stay(stay).tracks)


def test_a_stay_that_ended_as_it_began_is_not_over_by_itself():
    brief = replace(THERE, status="discharged", discharged_ms=THERE.admitted_ms)
    assert joined(Fold(chart=Chart()), of_stay(brief)).chart.oxygen == FULL.oxygen


def test_where_nothing_was_folded_yet_only_who_the_patients_are_is_joined():
    survivor = Fold(chart=Chart(HERE, dose=Dose("axi-cel", hours_ago(50))), gap_ms=5)
    both = joined(survivor, Fold(chart=Chart(THERE, FULL.person)))
    assert both == replace(survivor, chart=replace(survivor.chart, person=FULL.person))


def test_the_moment_is_the_later_of_the_two():
    one, two = Fold(NOW, NOW - 1, chart=Chart(HERE)), Fold(hours_ago(1), hours_ago(1), chart=Chart(THERE))
    for both in (joined(one, two), joined(two, one)):
        assert (both.at_ms, both.reached_ms) == (NOW, NOW - 1)


def test_of_each_sign_the_newest_reading_counts_and_of_one_time_the_worse():
    normal, low = track(118, 1), track(84, 1, ABNORMAL)
    newest = {CUFF_SBP: low, "heart_rate_bpm": track(80, 1), "resp_rate_bpm": track(16, 4)}
    older = {CUFF_SBP: normal, "heart_rate_bpm": track(90, 2), "spo2_pct": track(97, 3)}
    one, two = Fold(NOW, NOW, newest, Chart(HERE)), Fold(NOW, NOW, older, Chart(THERE))
    for both in (joined(one, two), joined(two, one)):
        assert both.tracks == {**newest, "spo2_pct": older["spo2_pct"]}


def test_the_higher_of_each_held_level_counts():
    fever = Episode("fever", hours_ago(20), 1)
    low = Holds(MeasuredHold(2, hours_ago(1)), MeasuredHold(), ChartedHold(3), ChartedHold(0, ((2, NOW - 60_000),)))
    high = Holds(MeasuredHold(), MeasuredHold(2, hours_ago(2)), ChartedHold(0, ((4, NOW - 60_000),)), ChartedHold(3))
    one = Fold(NOW, NOW, chart=Chart(HERE), holds=low, episode=fever, icans_hold=ChartedHold(0, ((3, NOW - 60_000),)))
    two = Fold(NOW, NOW, chart=Chart(THERE), holds=high, episode=fever, icans_hold=ChartedHold(2))
    for both in (joined(one, two), joined(two, one)):
        assert both.holds.levels() == {"pressure": 2, "saturation": 2, "pressor": 4, "device": 3}
        assert (both.holds.pressure, both.holds.saturation) == (low.pressure, high.saturation)
        assert (both.icans_low, both.low, both.episode.max_grade) == (3, 4, 4)


def test_a_level_that_both_had_is_held_as_the_survivor_held_it():
    fever = Episode("fever", hours_ago(20), 2)
    one = Fold(
        NOW,
        NOW,
        chart=Chart(HERE),
        episode=fever,
        holds=Holds(MeasuredHold(2), device=ChartedHold(0, ((2, NOW - 60_000),))),
    )
    two = Fold(
        NOW, NOW, chart=Chart(THERE), episode=fever, holds=Holds(MeasuredHold(2, hours_ago(1)), device=ChartedHold(2))
    )
    assert joined(one, two).holds == one.holds


def test_an_episode_that_was_quiet_under_one_name_is_counted_from_here():
    normal = {"temperature_c": track(36.8, 1)}
    quiet = Fold(NOW, NOW, normal, Chart(HERE), episode=Episode("a", hours_ago(30), 1, quiet_ms=hours_ago(23)))
    other = Fold(NOW, NOW, {}, Chart(THERE), episode=Episode("b", hours_ago(25), 3, quiet_ms=hours_ago(20)))
    for both in (joined(quiet, other), joined(other, quiet)):
        assert both.episode == Episode("a", hours_ago(30), 3, quiet_ms=NOW)


def test_two_episodes_that_began_at_one_time_are_the_survivors():
    one, two = (Fold(NOW, NOW, chart=Chart(), episode=Episode(key, hours_ago(30), 1)) for key in "ab")
    assert joined(one, two).episode.key == "a"


def test_a_critical_value_stands_since_the_newest_reading_of_its_sign_shows_it():
    one = Fold(
        NOW, NOW, {"heart_rate_bpm": track(0, 1, CRITICAL)}, Chart(HERE), critical={"heart_rate_bpm": NOW - HOUR}
    )
    two = Fold(NOW, NOW, {"heart_rate_bpm": track(80, 2), "spo2_pct": track(45, 3, CRITICAL)}, Chart(THERE))
    for both in (joined(one, two), joined(two, one)):
        assert both.critical == {"heart_rate_bpm": hours_ago(1), "spo2_pct": hours_ago(3)}
