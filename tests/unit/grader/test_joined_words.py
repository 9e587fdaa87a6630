"""What was said of two patients who are one: all of it counts, in the episode and the stay that they are in now."""

import pytest
from msgspec.structs import replace

from services.grader.engine.chart import Chart, Stay
from services.grader.engine.fold import Episode, Fold
from services.grader.engine.merging.joined_words import joined_sent
from services.grader.engine.state import EpisodeName, PatientState
from services.grader.engine.telling.critical_spells import KEPT_SPELLS
from services.grader.engine.telling.sent import Ladder, OpenAlarm, OpenRise, Sent

NEW, OLD = "bed-8", "bed-7"
HERE, THERE = Stay("admitted", "stay-8", 100), Stay("admitted", "stay-7", 90, of=OLD)
NOWHERE_TOLD, NOTHING = "", Sent()

OLDEST = EpisodeName("episode-5", (), 10, 20)  # of a stay that was forgotten: only its name is known
FIRST = EpisodeName("episode-6", ("fever-6",), 110, 120)
THEIRS = EpisodeName("episode-7", ("fever-7",), 130)
OURS = EpisodeName("episode-8", ("fever-8",), 140)
BOTH = EpisodeName("episode-7", ("fever-7", "fever-8"), 130)


def patient(name: str, stay: Stay, sent: Sent = NOTHING, episodes: tuple[EpisodeName, ...] = (), *, key: str = ""):
    fold = Fold(200, 200, chart=Chart(stay), episode=Episode(key, 130) if key else None)
    return PatientState(name, fold, sent=sent, episodes=episodes)


SURVIVOR = patient(NEW, HERE, Sent(
    Ladder(2, {"episode-8": {"1": 1, "2": 2}}, (OpenRise("rise-1", 1, 0, 141), OpenRise("rise-3", 2, 1, 160))),
    Ladder(1, {"stay-8": {"1": 1}}, (OpenRise("icans-1", 1, 0, 150),)),
    {"critical_value|spo2_pct": OpenAlarm("alarm-8", "critical_value"),
     "ward_score|news2": OpenAlarm("score-8", "ward_score")},
    {"stay-8|critical_value|spo2_pct": 2, "stay-1|ward_score|news2": 4},
    {"spo2_pct": ((150, 170), (190, 195)), "heart_rate_bpm": ((160, 161),)},
    "episode-8", ("vasopressor",),
), (OURS,), key="fever-8")  # fmt: skip
OTHER = patient(OLD, THERE, Sent(
    Ladder(1, {"episode-5": {"4": 1}, "episode-6": {"3": 1}, "episode-7": {"1": 1, "3": 2}},
           (OpenRise("rise-2", 1, 0, 141), OpenRise("rise-4", 3, 1, 145))),
    Ladder(2, {"stay-7": {"1": 2, "2": 1}}, (OpenRise("icans-2", 2, 0, 140),)),
    {"critical_value|spo2_pct": OpenAlarm("alarm-7", "critical_value"),
     "neuro_due|ice": OpenAlarm("due-7", "neuro_due")},
    {"stay-7|critical_value|spo2_pct": 1, "stay-7|neuro_due|ice": 3, "stay-0|neuro_due|ice": 1},
    {"spo2_pct": ((150, 160), (180, 185)), "resp_rate_bpm": ((170, 172),)},
    "episode-7", ("oxygen_device",),
), (OLDEST, FIRST, THEIRS), key="fever-7")  # fmt: skip
WHOLE = patient(NEW, HERE, episodes=(FIRST, BOTH), key="fever-7")


def test_two_who_are_here_have_one_list_of_what_was_said():
    assert joined_sent(SURVIVOR, OTHER, WHOLE) == Sent(
        Ladder(
            2,
            {"episode-5": {"4": 1}, "episode-6": {"3": 1}, "episode-7": {"1": 2, "2": 2, "3": 2}},
            (
                OpenRise(NOWHERE_TOLD, 1, 0, 141),
                OpenRise("rise-1", 1, 0, 141),
                OpenRise(NOWHERE_TOLD, 3, 1, 145),
                OpenRise("rise-3", 2, 1, 160),
            ),
        ),
        Ladder(2, {"stay-8": {"1": 3, "2": 1}}, (OpenRise(NOWHERE_TOLD, 2, 0, 140), OpenRise("icans-1", 1, 0, 150))),
        {
            "critical_value|spo2_pct": OpenAlarm("alarm-8", "critical_value"),
            "ward_score|news2": OpenAlarm("score-8", "ward_score"),
            "neuro_due|ice": OpenAlarm(NOWHERE_TOLD, "neuro_due"),
        },
        {
            "stay-8|critical_value|spo2_pct": 3,
            "stay-8|neuro_due|ice": 3,
            # The stay that goes on may turn out to be an error.
            "stay-7|critical_value|spo2_pct": 1,
            "stay-7|neuro_due|ice": 3,
            "stay-0|neuro_due|ice": 1,
            "stay-1|ward_score|news2": 4,
        },
        {
            "spo2_pct": ((150, 160), (150, 170), (180, 185), (190, 195)),
            "heart_rate_bpm": ((160, 161),),
            "resp_rate_bpm": ((170, 172),),
        },
        "episode-7",
        ("oxygen_device", "vasopressor"),
    )


@pytest.mark.parametrize("left", [SURVIVOR, OTHER])
def test_what_was_said_in_a_stay_that_is_over_was_said_in_that_stay(left):
    gone = replace(left, fold=replace(left.fold, chart=Chart(replace(left.stay, status="discharged"))))
    survivor, other = (gone, OTHER) if left is SURVIVOR else (SURVIVOR, gone)
    here = other if left is SURVIVOR else survivor
    stay = here.stay.encounter_id
    both = joined_sent(survivor, other, patient(NEW, here.stay, episodes=(FIRST, BOTH), key="fever-7"))
    assert both.spells == {**SURVIVOR.sent.spells, **OTHER.sent.spells}
    assert both.icans.counts == {**SURVIVOR.sent.icans.counts, **OTHER.sent.icans.counts}
    # The episode is one all the same.
    assert both.crs.counts["episode-7"] == {"1": 2, "2": 2, "3": 2}
    assert stay in both.icans.counts


@pytest.mark.parametrize(
    ("theirs", "counts"),
    [("stay-7|episode-6", True), ("stay-7", False), ("stay-8|episode-6", True), ("stay-7 episode-6", False)],
)
def test_a_missing_input_was_paged_for_since_the_same_close_or_admission(theirs, counts):
    """No episode: the scope is the stay, with the episode that closed in it."""
    survivor = patient(NEW, HERE, Sent(missing_scope="stay-8", missing_paged=("ice",)))
    other = patient(OLD, THERE, Sent(missing_scope=theirs, missing_paged=("vasopressor",)), (FIRST,))
    both = joined_sent(survivor, other, patient(NEW, HERE, episodes=(FIRST,)))
    assert both.missing_scope == "stay-8|episode-6"
    assert both.missing_paged == (("vasopressor",) if counts else ())


def test_of_very_many_critical_spells_the_oldest_are_known_as_one():
    """So that folding them again pages nobody."""

    def spells(first: int) -> tuple[tuple[int, int], ...]:
        return tuple((start, start + 2) for start in range(first, first + 4 * KEPT_SPELLS, 4))

    ours, theirs = spells(1000), spells(1001)
    survivor, other = (
        patient(name, HERE, Sent(critical={"spo2_pct": known})) for name, known in ((NEW, ours), (OLD, theirs))
    )
    known = joined_sent(survivor, other, WHOLE).critical["spo2_pct"]
    every = sorted((*ours, *theirs))
    assert known == ((1000, every[KEPT_SPELLS][1]), *every[KEPT_SPELLS + 1 :])
    assert len(known) == KEPT_SPELLS


def test_exactly_so_many_critical_spells_are_each_known():
    half = tuple((start, start + 1) for start in range(0, 2 * KEPT_SPELLS, 2))
    survivor = patient(NEW, HERE, Sent(critical={"spo2_pct": half[::2]}))
    other = patient(OLD, HERE, Sent(critical={"spo2_pct": half[1::2]}))
    assert joined_sent(survivor, other, WHOLE).critical == {"spo2_pct": half}
