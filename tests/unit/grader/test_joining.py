"""Two patients as one: what of each record goes on, and what one of them had and the joined past does not show."""

import pytest
from msgspec.structs import replace

from services.grader.engine.chart import Attribution, Chart, Exam, Oxygen, Stay
from services.grader.engine.crs.holds import ChartedHold, MeasuredHold
from services.grader.engine.fold import Episode, Fold, Holds
from services.grader.engine.merging.joining import joined
from services.grader.engine.past.history import Entry, History, Seen, Span, short_name
from services.grader.engine.past.in_force import InForce
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.signs.readings import ABNORMAL, FAST, NORMAL, SPO2, SPOT, Reading
from services.grader.engine.state import EpisodeName, Newest, PatientState
from services.grader.engine.trends.trend_points import Trend
from tests.vignettes.bed import ms, when

NEW, OLD = "bed-8", "bed-7"
NOW = ms(100)
HERE, THERE = Stay("admitted", "stay-8", ms(0), "onc", "8"), Stay("admitted", "stay-7", ms(1), "onc", "7")
GONE = replace(THERE, status="discharged", discharged_ms=ms(50))


def patient(name: str, stay: Stay | None = None, **known) -> PatientState:
    fold = known.pop("fold", Fold(chart=Chart(stay or (HERE if name == NEW else THERE))))
    return PatientState(name, fold, **{"marks": (fold if fold.reached_ms else Fold(chart=fold.chart),), **known})


def after(survivor: PatientState, other: PatientState) -> PatientState:
    return joined(survivor, other, NOW, InForce(DEFAULT_RULES)).state


def newest(minute: float, event_id: str, value: float = 97) -> Newest:
    return Newest(value, ms(minute), "manual", SPOT, event_id)


def test_of_each_sign_the_newest_reading_is_shown_and_of_one_time_the_later_id():
    one = {"spo2_pct": newest(5, "a"), "heart_rate_bpm": newest(9, "b"), "resp_rate_bpm": newest(7, "c")}
    two = {"spo2_pct": newest(6, "d"), "heart_rate_bpm": newest(8, "e"), "resp_rate_bpm": newest(7, "f"),
           "temperature_c": newest(2, "g")}  # fmt: skip
    both = {"spo2_pct": two["spo2_pct"], "heart_rate_bpm": one["heart_rate_bpm"],
            "resp_rate_bpm": two["resp_rate_bpm"], "temperature_c": two["temperature_c"]}  # fmt: skip
    assert after(patient(NEW, newest=one), patient(OLD, newest=two)).newest == both
    assert after(patient(NEW, newest=two), patient(OLD, newest=one)).newest == both


def test_what_might_have_been_before_a_sign_went_stale_is_the_worse_of_the_two():
    one, two = {"": 2, "spo2_pct": 3, "sbp_mmhg": 0}, {"spo2_pct": 1, "sbp_mmhg": 1, "temperature_c": 0}
    for first, second in ((one, two), (two, one)):
        both = after(patient(NEW, high_before=first), patient(OLD, high_before=second))
        assert both.high_before == {"": 2, "spo2_pct": 3, "sbp_mmhg": 1, "temperature_c": 0}


def test_trends_of_signs_that_only_one_of_them_had_go_on():
    mine, theirs = Trend("", 60, 0, "", 1, 1, 0, 80), Trend("", 60, 0, "", 2, 1, 0, 90)
    both = after(patient(NEW, trends={"a": mine, "b": mine}), patient(OLD, trends={"b": theirs, "c": theirs}))
    assert both.trends == {"a": mine, "b": mine, "c": theirs}


@pytest.mark.parametrize(
    ("survivors", "others", "latest"),
    [
        ((ms(5), "manual"), (ms(6), "monitor"), (ms(6), "monitor")),
        ((ms(6), "manual"), (ms(5), "monitor"), (ms(6), "manual")),
        ((ms(6), "manual"), (ms(6), "monitor"), (ms(6), "manual")),
        ((None, ""), (ms(5), "monitor"), (ms(5), "monitor")),
        ((ms(5), "monitor"), (None, ""), (ms(5), "monitor")),
        ((None, ""), (None, ""), (None, "")),
    ],
)
def test_silence_is_counted_from_the_latest_signs_of_either(survivors, others, latest):
    one, two = (
        patient(name, vitals_ms=at_ms, vitals_source=source)
        for name, (at_ms, source) in ((NEW, survivors), (OLD, others))
    )
    both = after(one, two)
    assert (both.vitals_ms, both.vitals_source) == latest


@pytest.mark.parametrize(
    ("survivors", "others", "stands"),
    [
        (("news2", 20, None), ("news2", 10, None), ("news2", 10)),
        (("news2", 10, 15), ("news2", 20, None), ("news2", 10)),
        (("", None, None), ("news2", 10, 15), ("news2", 10)),
        (("pews", 10, None), ("news2", None, None), ("pews", 10)),
        (("news2", None, None), ("", None, None), ("news2", None)),
    ],
)
def test_a_ward_score_stands_since_it_first_stood_for_either(survivors, others, stands):
    one, two = (
        patient(name, score_name=score, score_ms=since_ms, score_below_ms=below_ms)
        for name, (score, since_ms, below_ms) in ((NEW, survivors), (OLD, others))
    )
    both = after(one, two)
    assert (both.score_name, both.score_ms, both.score_below_ms) == (*stands, None)


def test_the_newest_event_is_that_of_either():
    for one, two in ((3, 5), (5, 3)):
        assert after(patient(NEW, newest_event_ms=one), patient(OLD, newest_event_ms=two)).newest_event_ms == 5


def test_closed_episodes_of_both_are_known_in_the_order_in_which_they_opened():
    first, second, third, fourth = (
        EpisodeName(f"episode-{number}", (f"fever-{number}",), ms(number), ms(number) + 1) for number in range(4)
    )
    both = after(patient(NEW, episodes=(second, third)), patient(OLD, episodes=(first, fourth)))
    assert both.episodes == (first, second, third, fourth)


def fever(minute: float, event_id: str) -> Entry:
    reading = Reading("temperature_c", ms(minute), 38.6, ABNORMAL, SPOT)
    return Entry(ms(minute), event_id, "", (reading,))


def febrile(name: str, minute: float, event_id: str) -> PatientState:
    history = History({event_id: fever(minute, event_id)})
    names = (EpisodeName(f"episode of {event_id}", (event_id,), ms(minute)),)
    fold = Fold(
        ms(minute), chart=Chart(HERE if name == NEW else THERE), episode=Episode(event_id, ms(minute), 1), low=1
    )
    return patient(name, fold=fold, history=history, episodes=names)


def test_two_episodes_that_are_open_are_one_under_the_older_name():
    for survivors, others in ((10, 20), (20, 10)):
        both = after(febrile(NEW, survivors, "a"), febrile(OLD, others, "b"))
        older, newer = ("a", "b") if survivors < others else ("b", "a")
        assert both.episodes == (EpisodeName(f"episode of {older}", (older, newer), ms(10)),)


def test_an_episode_that_the_joined_past_does_not_show_is_closed():
    unfounded = EpisodeName("episode", ("taken back",), ms(3))
    assert after(patient(NEW, episodes=(unfounded,)), patient(OLD)).episodes == (replace(unfounded, closed_ms=ms(3)),)


def test_what_was_retracted_under_one_name_is_retracted_under_the_other():
    """A retraction that came first waits for its event, under the name under which it came."""
    streamed = Span(ms(20), 1000, 10, ABNORMAL, FAST, 84, "s")
    kept = Span(ms(95), 1000, 10, NORMAL, FAST, 97, "t")
    theirs = History(
        {"wrong": fever(10, "wrong"), "right": fever(12, "right")},
        {SPO2: (streamed, kept)},
        {short_name("s"): Seen(ms(20), "x", (SPO2,)), short_name("t"): Seen(ms(95), "y", (SPO2,))},
        {"later": ms(40)},
    )
    mine = History({"later": fever(15, "later")}, retracted={"wrong": ms(41), "s": ms(42)})
    shown = {"temperature_c": newest(12, "right"), "spo2_pct": newest(20, "s", 84)}
    for one, two in ((mine, theirs), (theirs, mine)):
        both = after(patient(NEW, history=one), patient(OLD, history=two, newest=shown))
        assert both.history == History(
            {"right": theirs.entries["right"]},
            {SPO2: (replace(streamed, first_ms=ms(20) + 1000, readings=9), kept)},
            {short_name("t"): theirs.seen[short_name("t")]},
            {"later": ms(40), "wrong": ms(41), "s": ms(42)},
        )
        assert both.newest == {"temperature_c": shown["temperature_c"]}


def test_charts_say_under_which_names_they_came():
    def charted(**fields) -> Entry:
        return Entry(ms(5), "e", "", (), {"kind": "clinician_grade", "author": "dr-a", **fields})

    def names(entry: Entry) -> list[str] | None:
        both = after(patient(NEW), patient(OLD, history=History({"e": entry})))
        return both.history.entries["e"].record.get("forwarded_from")

    assert names(charted(patient_id=OLD)) == [OLD]
    assert names(charted(patient_id=OLD, forwarded_from=["bed-5", "bed-6"])) == ["bed-5", "bed-6", OLD]
    assert names(charted()) is None  # put in by ourselves


LEVELS = Holds(MeasuredHold(2, ms(90)), MeasuredHold(), ChartedHold(3), ChartedHold(0, ((1, ms(95)),)))
OTHERS = Holds(MeasuredHold(), MeasuredHold(2), ChartedHold(2), ChartedHold(4))


def standing(name: str, stay: Stay, holds: Holds, icans: int, episode: Episode | None) -> PatientState:
    low = max(holds.levels().values()) if episode else 0
    return patient(name, fold=Fold(ms(99), chart=Chart(stay), holds=holds, episode=episode, low=low, icans_low=icans))


def kept(survivor: PatientState, other: PatientState) -> list[Entry]:
    return [entry for name, entry in after(survivor, other).history.entries.items() if name.startswith("kept")]


@pytest.mark.parametrize("turned", [False, True])
def test_what_neither_past_supports_any_more_is_held_from_now_at_the_higher_level(turned):
    older, newer = Episode("a", ms(10), 3), Episode("b", ms(20), 4)
    one, two = ((LEVELS, 1, older), (OTHERS, 2, newer))[:: -1 if turned else 1]
    (entry,) = kept(standing(NEW, HERE, *one), standing(OLD, THERE, *two))
    assert entry == Entry(NOW, f"kept:0:{NOW}", "", (), {
        "kind": "kept",
        "levels": {"pressure": 2, "saturation": 2, "pressor": 3, "device": 4, "icans": 2},
        "episode": {"key": "a", "opened_ms": ms(10), "max_grade": 4},
    })  # fmt: skip


def test_what_is_held_counts_at_once():
    fever_of_both = Episode("a", ms(10), 4)
    survivor, other = (
        standing(name, stay, holds, icans, fever_of_both)
        for name, stay, holds, icans in ((NEW, HERE, LEVELS, 1), (OLD, THERE, OTHERS, 2))
    )
    placed = joined(survivor, other, NOW, InForce(DEFAULT_RULES))
    assert (placed.state.fold.low, placed.state.fold.icans_low) == (4, 2)
    assert placed.trace[-1] == placed.state.fold


NEURO_ALONE = {"kind": "kept", "episode": None,
               "levels": {"pressure": 0, "saturation": 0, "pressor": 0, "device": 0, "icans": 3}}  # fmt: skip


def test_an_icans_grade_is_held_without_an_episode():
    for mine, theirs in ((3, 0), (1, 3)):
        one, two = standing(NEW, HERE, Holds(), mine, None), standing(OLD, THERE, Holds(), theirs, None)
        assert [entry.record for entry in kept(one, two)] == [NEURO_ALONE]


def test_what_the_joined_past_shows_is_not_held():
    assert kept(febrile(NEW, 10, "a"), febrile(OLD, 20, "b")) == []
    assert kept(patient(NEW), patient(OLD)) == []


@pytest.mark.parametrize("reached", [1, 2])
def test_the_highest_grade_of_an_episode_is_kept(reached):
    survivor = febrile(NEW, 10, "a")
    before = replace(survivor, fold=replace(survivor.fold, episode=Episode("a", ms(10), reached)))
    assert after(before, patient(OLD)).fold.episode.max_grade == reached
    assert len(kept(before, patient(OLD))) == (reached > 1)


def test_nothing_is_held_of_a_stay_that_is_over_nor_for_a_patient_who_left():
    episode = Episode("a", ms(10), 4)
    assert kept(patient(NEW), standing(OLD, GONE, OTHERS, 2, episode)) == []
    left = replace(HERE, status="discharged", discharged_ms=ms(60))
    assert kept(standing(NEW, left, LEVELS, 2, episode), standing(OLD, GONE, OTHERS, 2, episode)) == []


MARK = ms(50)
EXPLAINED = Attribution("neuro", ms(5000), ms(40), "a", (("neuro", 3),))


def marked(name: str, **charted) -> PatientState:
    """Of what came before the mark only the fold is remembered."""
    return patient(name, fold=Fold(MARK, MARK, chart=Chart(**charted)))


@pytest.mark.parametrize("turned", [False, True])
def test_what_only_a_fold_remembers_is_joined_with_the_events_up_to_its_moment(turned):
    bipap = Oxygen("bipap", None, None, ms(40), "o")
    events = {"earlier": fever(20, "earlier"), "then": fever(50, "then")}
    one, two = (OLD, NEW) if turned else (NEW, OLD)
    remembered, told = marked(one, oxygen=bipap), patient(two, history=History(events))
    both = after(told, remembered) if turned else after(remembered, told)
    assert both.fold.chart.oxygen == bipap
    assert (both.fold.tracks["temperature_c"].last_ms, both.fold.episode.key) == (MARK, "earlier")
    assert (both.fold.low, both.marks[0].at_ms) == (3 + 1, MARK)


def test_a_stay_that_only_a_fold_remembers_is_known_by_the_name_it_came_under():
    both = after(patient(NEW, Stay()), marked(OLD, stay=THERE))
    assert both.stay == replace(THERE, of=OLD)


def test_who_explained_a_finding_did_not_see_what_stood_under_the_other_name():
    seizure = {"seizure": Exam("resolved", ms(30), "n")}
    survivor = marked(NEW, stay=HERE, attributions=(EXPLAINED,), neuro=seizure)
    alone = after(survivor, patient(OLD))
    assert (alone.fold.chart.attributions, alone.fold.icans_low) == ((EXPLAINED,), 0)
    both = after(survivor, standing(OLD, THERE, Holds(), 3, None))
    assert (both.fold.chart.attributions, both.fold.icans_low) == ((), 3)


def test_of_what_was_charted_only_the_explanation_ends():
    def charted(event_id: str, minute: float, **record) -> Entry:
        return Entry(ms(minute), event_id, "", (), {"event_id": event_id, **record})

    entries = [
        charted("n", 20, kind="neuro", seizure="resolved"),
        charted("a", 30, kind="attribution", finding="neuro", expires_at=when(5000)),
        charted("o", 40, kind="oxygen", device="bipap"),
    ]
    survivor = patient(NEW, history=History({entry.event_id: entry for entry in entries}))
    alone, both = after(survivor, patient(OLD)), after(survivor, standing(OLD, THERE, Holds(), 3, None))
    assert [len(state.fold.chart.attributions) for state in (alone, both)] == [1, 0]
    assert both.fold.chart.oxygen == alone.fold.chart.oxygen
    assert both.fold.chart.neuro == alone.fold.chart.neuro
    assert (alone.fold.icans_low, both.fold.icans_low) == (0, 3)
