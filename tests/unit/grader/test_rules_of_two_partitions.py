"""Two patients who are one, and rules that came into force for them at different times, or for one of them only."""

from dataclasses import replace

import pytest

from services.grader.engine.chart import Chart, Stay
from services.grader.engine.fold import Fold
from services.grader.engine.merging.joining import joined
from services.grader.engine.past.history import Entry, History, Span
from services.grader.engine.past.in_force import InForce, activation
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.signs.readings import ABNORMAL, FAST, NORMAL, SPO2, TEMPERATURE
from services.grader.engine.state import PatientState
from tests.unit.grader.entries import ADMITTED, folded
from tests.vignettes.bed import ms

HERE, THERE = (Stay("admitted", f"stay-{bed}", ms(0), "onc", bed) for bed in ("8", "7"))
SOONER = replace(DEFAULT_RULES, id="sooner", fast_persistence_s=5, spot_stale_min=30, spot_lost_min=60)
IN_FORCE = InForce(SOONER, {rules.hash: rules for rules in (DEFAULT_RULES, SOONER)})
SWITCHED = activation(ms(110), SOONER.hash, DEFAULT_RULES.hash)


def remembered(*entries: Entry, **spans: tuple[Span, ...]) -> History:
    return History({entry.event_id: entry for entry in entries}, spans)


def patient(stay: Stay, history: History, mark: Fold | None = None) -> PatientState:
    fold = mark or Fold(chart=Chart(stay))
    return PatientState(f"bed-{stay.bed}", fold, (fold,), history)


def activations(survivor: History, other: History) -> list[str]:
    """Which of them the joined past knows, by the rules that they brought."""
    found = joined(patient(HERE, survivor), patient(THERE, other), ms(100), IN_FORCE).state.history.entries
    return [entry.record["hash"] for entry in found.values() if entry.record is not None]


@pytest.mark.parametrize(
    ("known_since", "counts"), [(None, ["theirs", "later"]), (50, ["theirs"]), (20, []), (5, [])]
)  # fmt: skip
def test_the_others_count_where_nothing_is_known_of_the_survivor_yet(known_since, counts):
    theirs = remembered(activation(ms(20), "theirs", "a"), activation(ms(60), "later", "theirs"))
    charts = [] if known_since is None else [Entry(ms(known_since), "vitals-8", "")]
    assert activations(remembered(*charts), theirs) == counts
    assert activations(remembered(*charts, activation(ms(70), "ours", "b")), theirs) == [*counts, "ours"]


def test_a_stream_is_something_that_is_known():
    theirs = remembered(activation(ms(20), "theirs", "a"), activation(ms(60), "later", "theirs"))
    ours = remembered(**{SPO2: (Span(ms(30), 1000, 9, NORMAL, FAST, 97, "m-1"),)})
    assert activations(ours, theirs) == ["theirs"]


def test_the_fold_that_both_go_on_from_is_judged_by_the_rules_of_its_moment():
    mark = folded(ADMITTED, 100)
    assert mark.fever
    placed = joined(patient(HERE, remembered(SWITCHED), mark), patient(THERE, History()), ms(120), IN_FORCE)
    assert (placed.start.at_ms, placed.start.fever, placed.state.fold.fever) == (ms(100), True, None)


def test_what_the_other_brings_from_before_that_was_judged_by_the_rules_of_then():
    """Low for ten seconds: by the old rules too short, by the new ones not."""
    dip = (Span(ms(5), 1000, 10, ABNORMAL, FAST, 89, "m-1"), Span(ms(5) + 10_000, 1000, 9, NORMAL, FAST, 97, "m-2"))
    theirs = remembered(*ADMITTED, activation(ms(50), SOONER.hash, DEFAULT_RULES.hash), **{SPO2: dip})
    survivor = patient(HERE, History(), Fold(ms(100), ms(100), chart=Chart(HERE)))
    placed = joined(survivor, patient(THERE, theirs), ms(120), IN_FORCE)
    assert TEMPERATURE in placed.start.tracks
    assert (placed.start.holds.saturation.level, placed.start.low) == (0, 1)
