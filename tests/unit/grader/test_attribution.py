"""Findings explained otherwise (`settled.md` 7), at the level of single findings."""

import pytest
from msgspec.structs import replace

from schemas.times import format_time
from services.grader.engine.chart import Chart, Infusion, Oxygen
from services.grader.engine.crs.attribution import attribute, is_attributed, standing, without_attributed
from services.grader.engine.crs.components import Part

CLEAR = {"pressure": Part(0, 0), "saturation": Part(0, 0), "pressor": Part(0, 0), "device": Part(0, 0)}
LOW = {**CLEAR, "pressure": Part(2, 2), "saturation": Part(2, 2)}
UNTIL_MS = 3_600_000


def explained(finding, chart=None, parts=LOW, *, fever=True, icans_low=0, event_id="why"):
    record = {"finding": finding, "expires_at": format_time(UNTIL_MS), "event_id": event_id}
    return attribute(chart or Chart(), record, 1000, parts, fever=fever, icans_low=icans_low)


@pytest.mark.parametrize(
    ("finding", "covers"),
    [
        ("hypotension", (("pressure", 2), ("pressor", 0))),
        ("hypoxia", (("saturation", 2), ("device", 0))),
        ("fever", (("pressure", 2), ("saturation", 2), ("pressor", 0), ("device", 0))),
        ("neuro", (("neuro", 3),)),
    ],
)
def test_what_was_established_when_it_was_charted_is_covered(finding, covers):
    (item,) = explained(finding, icans_low=3).attributions
    assert (item.finding, item.covers, item.event_id) == (finding, covers, "why")
    assert (item.at_ms, item.until_ms) == (1000, UNTIL_MS)


def test_a_fever_that_nobody_established_is_not_explained():
    assert explained("fever", fever=False) == Chart()
    assert is_attributed(explained("hypoxia", fever=False), "hypoxia")


def test_a_second_explanation_of_a_finding_replaces_the_first_and_leaves_the_others():
    chart = explained("hypoxia", explained("hypotension", event_id="one"), event_id="two")
    again = explained("hypotension", chart, event_id="three")
    assert [item.event_id for item in again.attributions] == ["two", "three"]


@pytest.mark.parametrize(
    ("finding", "more", "icans_low", "stands"),
    [
        ("hypotension", {}, 0, True),
        ("hypotension", {"pressure": Part(0, 0)}, 0, True),
        ("hypotension", {"pressor": Part(3, 3)}, 0, False),
        ("hypotension", {"device": Part(3, 3)}, 4, True),
        ("hypoxia", {"device": Part(3, 3)}, 0, False),
        ("fever", {}, 4, True),
        ("fever", {"pressor": Part(3, 3)}, 0, False),
        ("fever", {"device": Part(3, 3)}, 0, False),
        ("neuro", {}, 0, True),
        ("neuro", {}, 1, False),
    ],
)
def test_an_explanation_ends_when_more_than_it_covers_is_established(finding, more, icans_low, stands):
    chart = explained(finding)
    assert is_attributed(standing(chart, {**LOW, **more}, icans_low, 2000), finding) is stands


def test_an_explanation_ends_at_its_expiry():
    chart = explained("hypotension")
    assert standing(chart, LOW, 0, UNTIL_MS - 1) is chart
    assert standing(chart, LOW, 0, UNTIL_MS).attributions == ()
    assert standing(Chart(), LOW, 4, UNTIL_MS) == Chart()


def test_a_new_device_or_vasopressor_ends_it_and_less_support_does_not():
    mask = Chart(oxygen=Oxygen("face_mask", None, None, 0, "e"))
    runs = Chart(pressors=(Infusion("dopamine"),))
    for finding, before, after, stands in (
        ("hypoxia", mask, Chart(oxygen=Oxygen("bipap", None, None, 0, "e")), False),
        ("hypoxia", mask, Chart(oxygen=Oxygen("room_air", None, None, 0, "e")), True),
        ("hypoxia", mask, mask, True),
        ("hypoxia", Chart(), mask, False),
        ("hypotension", mask, mask, True),
        ("hypotension", runs, Chart(), True),
        ("hypotension", runs, runs, True),
        ("hypotension", Chart(), runs, False),
        ("hypoxia", Chart(), runs, True),
        ("fever", Chart(), mask, False),
        ("fever", Chart(), runs, False),
        ("fever", replace(mask, pressors=runs.pressors), mask, True),
    ):
        chart = Chart(
            attributions=explained(finding, before).attributions, oxygen=after.oxygen, pressors=after.pressors
        )
        assert is_attributed(standing(chart, LOW, 0, 2000), finding) is stands, (finding, before, after)


def test_what_is_left_for_crs_to_explain():
    parts = {**LOW, "pressor": Part(3, 4), "device": Part(0, 4)}
    assert without_attributed(Chart(), parts) is parts
    assert without_attributed(explained("hypotension", parts=parts), parts) == {
        "pressure": Part(0, 0),
        "saturation": Part(2, 2),
        "pressor": Part(0, 4),  # what was unknown stays unknown
        "device": Part(0, 4),
    }
    assert without_attributed(explained("hypoxia", parts=parts), parts)["device"] == Part(0, 4)
