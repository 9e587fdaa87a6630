"""By which rules a moment was judged: what the activations in a history say, and what they do not."""

from dataclasses import replace

from services.grader.engine.past.history import Entry, History, Span
from services.grader.engine.past.in_force import FOR_EVER_MS, Era, InForce, activation, during
from services.grader.engine.past.points import points_after
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.signs.readings import FAST, NORMAL, SPO2
from tests.unit.grader.entries import ADMITTED
from tests.vignettes.bed import ms

FIRST, SECOND, NOW = (replace(DEFAULT_RULES, id=name) for name in ("first", "second", "now"))
IN_FORCE = InForce(NOW, {rules.hash: rules for rules in (FIRST, SECOND, NOW)})


def history(*activations: Entry) -> History:
    return History({entry.event_id: entry for entry in (*ADMITTED, *activations)})


TWICE = history(activation(ms(10), SECOND.hash, FIRST.hash), activation(ms(20), NOW.hash, SECOND.hash))


def test_each_moment_is_judged_by_what_the_next_activation_ended():
    found = [IN_FORCE.at(TWICE, at_ms).id for at_ms in (ms(0), ms(10) - 1, ms(10), ms(20) - 1, ms(20), ms(30))]
    assert found == ["first", "first", "second", "second", "now", "now"]
    assert IN_FORCE.at(history(), ms(5)) is NOW


def test_eras_go_on_from_a_moment_until_now():
    eras = [Era(ms(10), FIRST), Era(ms(20), SECOND), Era(FOR_EVER_MS, NOW)]
    assert [IN_FORCE.eras(TWICE, ms(minute)) for minute in (0, 10, 20)] == [eras, eras[1:], eras[2:]]
    assert [during(eras, at_ms) for at_ms in (ms(10) - 1, ms(10), ms(20))] == eras


def test_two_activations_of_one_moment_go_in_the_order_in_which_they_came():
    for first, second in ((FIRST, SECOND), (SECOND, FIRST)):
        found = history(activation(ms(10), second.hash, first.hash), activation(ms(10), NOW.hash, second.hash))
        assert IN_FORCE.at(found, ms(5)) is first


def test_what_is_older_in_the_history_than_it_came_is_put_in_order():
    found = history(activation(ms(20), NOW.hash, SECOND.hash), activation(ms(10), SECOND.hash, FIRST.hash))
    assert [IN_FORCE.at(found, ms(minute)) for minute in (5, 15)] == [FIRST, SECOND]


def test_rules_that_nobody_has_or_knows_are_those_of_now():
    removed = history(activation(ms(10), NOW.hash, "f" * 64))
    of_an_earlier_version = history(Entry(ms(10), "rules:x:1", "", (), {"kind": "rules"}))
    for found in (removed, of_an_earlier_version):
        assert IN_FORCE.eras(found, 0) == [Era(ms(10), NOW, is_known=False), Era(FOR_EVER_MS, NOW)]


def test_a_run_across_an_activation_is_told_in_two_parts():
    """As an earlier version stored it, or coarsened: at the activation nothing of it is still to come."""
    run = Span(ms(0), 1000, 61, NORMAL, FAST, 97, "m-1")
    early = activation(ms(0.5), NOW.hash, FIRST.hash)
    told = points_after(History({early.event_id: early}, {SPO2: (run,)}), -1)
    of_run = [(point.at_ms - ms(0), point.dense is None) for point in told if point.readings]
    assert of_run == [(0, False), (1000, False), (30_000, True), (31_000, False), (32_000, False), (60_000, True)]
