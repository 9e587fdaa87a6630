"""A fold is fed in the order of event time: what belongs to one moment counts together, and time passes in between."""

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from services.grader.engine.chart import Attribution, Chart, Oxygen, Stay
from services.grader.engine.crs.holds import ChartedHold, MeasuredHold
from services.grader.engine.fold import Episode, Fold, Holds
from services.grader.engine.past.history import Entry
from services.grader.engine.past.points import Point, point_of, reading_point
from services.grader.engine.past.timeline import feed, pass_time
from services.grader.engine.person import Person
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.signs.readings import FAST, SPO2, SPO2_HOME
from services.grader.engine.signs.track import Dense, Finding, Track
from tests.unit.grader.entries import ADMITTED, ADULT, charted, folded, measured
from tests.vignettes.bed import ms, when

SECOND = 1 / 60


def fed(entries: Iterable[Entry], fold: Fold | None = None) -> tuple[Fold, list[tuple[int, int]]]:
    """The fold after these, in the order given, and the moments at which something was evaluated."""
    trace: list[Fold] = []
    after = feed(fold or Fold(), [point_of(entry) for entry in entries], DEFAULT_RULES, trace)
    return after, [(moment.at_ms, moment.reached_ms) for moment in trace]


def kept(minute: float, episode: dict[str, Any] | None = None, **levels: int) -> Entry:
    """What was said and is not supported any more."""
    none = dict.fromkeys(("pressure", "saturation", "pressor", "device", "icans"), 0)
    record = {"kind": "kept", "levels": {**none, **levels}, "episode": episode}
    return Entry(ms(minute), f"kept-{minute:g}", "", (), record)


def test_what_belongs_to_one_moment_counts_together_and_what_runs_out_before_it_first():
    low = measured(5, line=88, manner=FAST)
    after = (measured(5, "x", spo2=97), charted(6, "oxygen", device="room_air"), measured(6, temp=38.5))
    fold, times = fed([low, *after])
    counted = ms(5 + 15 * SECOND)
    assert times == [(ms(5), ms(5) - 1), (counted, counted), (ms(6), ms(6) - 1)]
    assert fold.low == 2
    assert fed([low, measured(6, temp=38.5)])[1] == times
    # What is pending when a fold is fed runs out before the first of the new moments, not at it.
    fold, times = fed([low])
    assert fed([measured(6, temp=38.5)], fold)[1] == [(counted, counted), (ms(6), ms(6) - 1)]
    at_it = replace(measured(6, temp=38.5), at_ms=counted)
    assert fed([at_it], fold)[1] == [(counted, counted - 1)]
    assert fed([], fold) == (fold, [])
    # One moment, whatever comes after it.
    assert fed([measured(6, "a", sbp=118), measured(6, "b", temp=38.5), measured(7, spo2=97)])[1] == [
        (ms(6), ms(6) - 1),
        (ms(7), ms(7) - 1),
    ]


def test_time_passes_up_to_a_moment_and_not_beyond():
    fold, _ = fed([measured(5, line=88, manner=FAST)])
    due = ms(5 + 15 * SECOND)
    for before_ms, passed in ((due, []), (due + 1, [due])):
        trace: list[Fold] = []
        pass_time(fold, before_ms, DEFAULT_RULES, trace)
        assert [moment.at_ms for moment in trace] == passed


def test_readings_that_are_known_to_follow_are_known_to_the_series():
    (reading,) = measured(5, spo2=89, manner=FAST).readings
    dense = Dense(ms(5), 1000, ms(6))
    point = Point(ms(5), (0, ""), "e", (reading,), None, dense)
    fold = feed(Fold(), [point], DEFAULT_RULES, [])
    due = ms(5 + 15 * SECOND)
    assert fold.tracks == {SPO2: Track(ms(5), 89, 2, FAST, Finding(ms(5), "e", False, due, False), None, dense)}
    assert feed(fold, [reading_point((reading,), "e")], DEFAULT_RULES, []).tracks[SPO2].dense is None


def test_an_observation_of_nothing_that_grades_is_one_moment_more():
    assert fed([replace(measured(5, spo2=97), readings=())])[1] == [(ms(5), ms(5) - 1)]


def test_of_two_devices_of_one_moment_the_higher_grade_wins_and_of_one_grade_the_last():  # settled 9
    def device(minute: float, name: str, flow_l_min: float | None = None, **fields: Any) -> Entry:
        flow = {} if flow_l_min is None else {"flow_l_min": flow_l_min}
        return charted(minute, "oxygen", name, device=name, **flow, **fields)

    cpap, bipap = device(5, "cpap"), device(5, "bipap")
    little, unknown = device(5, "high_flow_nasal_cannula", 4), device(5, "high_flow_nasal_cannula")
    cannula, mask = device(5, "nasal_cannula", 2), device(5, "face_mask")
    for first, second, wins in [
        (cpap, mask, cpap),
        (mask, cpap, cpap),
        (cpap, bipap, bipap),
        (bipap, cpap, cpap),
        (little, cannula, cannula),
        (cannula, little, little),
        (unknown, cannula, unknown),
        (mask, device(5, "nasal_cannula", 8), device(5, "nasal_cannula", 8)),
        (cpap, device(6, "room_air"), device(6, "room_air")),
    ]:
        chart = fed([*ADMITTED, first, second])[0].chart
        assert wins.record is not None
        assert chart.oxygen == Oxygen(
            wins.record["device"], wins.record.get("flow_l_min"), None, wins.at_ms, wins.event_id
        ), (first, second)
    # The one that was outranked is known all the same, by its bedside time.
    newer = replace(mask, record={**(mask.record or {}), "recorded_at": when(7)})
    assert fed([cpap, newer])[0].chart.newest_ms == {"oxygen": ms(7)}


def test_an_admission_after_a_discharge_begins_with_nothing_measured():
    left = (*ADMITTED, measured(5, sbp=84), charted(10, "encounter", action="discharge"))
    fold = folded([*left, charted(20, "encounter", "admit-2", **ADULT)], 30)
    assert (fold.tracks, fold.episode, fold.holds) == ({}, None, Holds())
    assert fold.chart.stay == Stay("admitted", "admit-2", ms(20), "onc", "7")
    # Another admission of who is here is none.
    again = folded([*ADMITTED, measured(5, sbp=84), charted(20, "encounter", "admit-2", **ADULT)], 30)
    assert (again.low, again.chart.stay.encounter_id) == (2, "admit-1")


def test_only_what_sets_a_limit_holds_the_newest_values_against_it():
    birthday = charted(0, "encounter", action="admit", birth_date="2025-03-01")
    infant = folded([replace(birthday, at_ms=ms(-600)), replace(measured(-590, sbp=118), readings=())], -580)
    adult, _ = fed([measured(5, sbp=97), charted(6, "baseline", sbp_mmhg=140)])
    assert adult.tracks["sbp_mmhg:cuff"].category == 2  # below 100
    (reading,) = measured(-500, sbp=71).readings
    low = replace(measured(-500), readings=(reading._replace(category=0),))  # normal for an infant
    fold, _ = fed([low], infant)
    for kind, fields, category in [
        ("medication", {"drug": "tocilizumab"}, 0),
        ("encounter", {"action": "update", "bed": "8"}, 2),
        ("baseline", {"sbp_mmhg": 90}, 2),
        ("rules", {}, 2),
    ]:
        assert fed([charted(10, kind, **fields)], fold)[0].tracks["sbp_mmhg:cuff"].category == category, kind


def test_a_target_of_the_patients_own_holds_the_newest_saturation_against_it_from_now():
    def target(minute: float, pct: float) -> Entry:
        return charted(minute, "baseline", spo2_target_low_pct=pct)

    for value, pct, category, finding in [
        (93, 95, 2, Finding(ms(9), "limits", False, ms(9), True)),
        (88, 95, 3, Finding(ms(9), "limits", True, ms(9), True)),
        (89, 92, 2, Finding(ms(9), "limits", False, ms(9), True)),
        (89, 88, 0, None),
        (97, 95, 0, None),
    ]:
        fold, _ = fed([measured(5, spo2=value), target(9, pct)])
        assert fold.tracks[SPO2_HOME] == Track(ms(5), value, category, "spot", finding), (value, pct)
        # And once: what is low since then is so when something else of the baseline is charted.
        later, _ = fed([charted(12, "baseline", sbp_mmhg=140)], fold)
        assert later.tracks[SPO2_HOME] == fold.tracks[SPO2_HOME]
    critical = fed([measured(5, spo2=45), target(9, 95)])[0].tracks[SPO2_HOME]
    found = Finding(ms(9), "limits", True, ms(9), True)
    assert critical == Track(ms(5), 45, 4, "spot", found, found)
    assert SPO2_HOME not in fed([measured(5, temp=37), target(9, 95)])[0].tracks
    assert SPO2_HOME not in fed([measured(5, spo2=93), charted(9, "baseline", sbp_mmhg=140)])[0].tracks


def explained(minute: float, finding: str) -> Entry:
    return charted(minute, "attribution", "why", finding=finding, cause="c", author="dr", expires_at=when(minute + 600))


def test_an_explanation_covers_what_was_established_when_it_was_charted():
    child = charted(0, "encounter", action="admit", age_years=6)
    fold, _ = fed([child, charted(1, "neuro", capd=12, ice=9), explained(5, "neuro")])
    assert fold.chart.attributions == (Attribution("neuro", ms(605), ms(5), "why", (("neuro", 3),)),)
    assert fold.icans_low == 0
    assert fold.chart.newest_ms["attribution|neuro"] == ms(5)


def test_a_fever_is_explained_where_there_is_one_or_an_episode_goes_on():
    afebrile = measured(3, temp=36.8)
    for entries, covered in [
        ((*ADMITTED, explained(5, "fever")), True),
        ((*ADMITTED, afebrile, explained(5, "fever")), True),
        ((ADMITTED[0], measured(5, temp=38.5), explained(5, "fever")), True),
        ((ADMITTED[0], explained(5, "fever")), False),
        ((ADMITTED[0], afebrile, explained(5, "fever")), False),
    ]:
        fold, _ = fed(entries)
        assert [item.event_id for item in fold.chart.attributions] == ["why"] * covered
        assert fold.episode is None or fold.episode.suspended


def test_what_was_said_is_held_from_now_where_more_was_said_than_is_held():
    said = {"key": "fever-0", "opened_ms": ms(0.5), "max_grade": 3}
    high = folded([*ADMITTED, measured(2, sbp=84)], 5)
    assert high.episode == Episode("fever-1", ms(1), 2)
    after = fed([kept(10, said, pressure=2, saturation=2, pressor=3, device=3, icans=2)], high)[0]
    assert after.holds == Holds(
        MeasuredHold(2),
        MeasuredHold(2, ms(10)),
        ChartedHold(0, ((3, ms(10)),)),
        ChartedHold(0, ((3, ms(10)),)),
    )
    assert after.icans_hold == ChartedHold(0, ((2, ms(10)),))
    # The episode is the one that is open, with the highest grade that was said; or else the one of then.
    assert after.episode == Episode("fever-1", ms(1), 3)
    assert fed([kept(10, {**said, "max_grade": 1}, pressure=2)], high)[0].episode == high.episode
    assert fed([kept(10, None, icans=2)], high)[0].episode == high.episode
    gone = Fold(chart=Chart(person=Person(age_years=60)))
    for known, most in ((said, 3), ({"key": "fever-0", "opened_ms": ms(0.5)}, 2)):
        assert fed([kept(10, known, pressure=2)], gone)[0].episode == Episode("fever-0", ms(0.5), most)
    assert fed([kept(10, None, icans=2)], gone)[0].episode is None
    quiet = fed([kept(10, {"key": "fever-0", "opened_ms": ms(0.5)})], gone)[0]
    assert quiet.episode == Episode("fever-0", ms(0.5), 1)  # fever alone is a grade


def test_what_is_held_already_is_not_held_anew():
    held = folded(
        [*ADMITTED, measured(2, sbp=84), charted(2, "oxygen", device="cpap"), measured(8, sbp=118),
         charted(8, "oxygen", device="room_air")], 9,
    )  # fmt: skip
    assert held.holds.pressure.supported_ms == ms(8)
    for levels in ({"pressure": 2, "device": 4}, {"pressure": 1, "device": 3}, {}):
        assert fed([kept(10, None, **levels)], held)[0].holds == held.holds
