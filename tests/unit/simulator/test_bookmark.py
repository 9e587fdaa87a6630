from dataclasses import replace

import pytest

from services.simulator.bookmark import Bookmark
from services.simulator.live_ward import LivePlan, LiveWard
from tests.unit.simulator.wards import START_MS

PLAN = LivePlan(beds=12, seed=7, start_ms=START_MS)
LATER = replace(PLAN, start_ms=START_MS + 100_000)


def kept_at(path, delivered_ms, plan=PLAN):
    Bookmark(path).keep(plan, delivered_ms)
    return Bookmark(path)


def test_a_restarted_ward_goes_on_with_the_same_patients(tmp_path):
    whole = LiveWard(PLAN)
    before = [body["event_id"] for second in range(90) for body in whole.due(START_MS + second * 1000)]

    plan, delivered_ms = kept_at(tmp_path / "bookmark", START_MS + 89_000).resume(LATER)
    ward = LiveWard(plan, delivered_ms)

    after = [body["event_id"] for body in ward.due(LATER.start_ms)]
    meanwhile = [body["event_id"] for body in whole.due(LATER.start_ms)]
    assert set(meanwhile) <= set(after)
    assert set(after) - set(meanwhile) <= set(before[-100:])


@pytest.mark.parametrize(
    "changed",
    [
        replace(LATER, seed=8),
        replace(LATER, beds=6),
        replace(LATER, start_ms=START_MS + 3_600_000),
        replace(LATER, start_ms=START_MS - 10_000),
    ],
)
def test_another_ward_or_a_long_pause_begins_anew(tmp_path, changed):
    assert kept_at(tmp_path / "bookmark", START_MS + 1).resume(changed) == (changed, None)


def test_a_start_within_the_second_of_the_last_delivery_is_no_new_ward(tmp_path):
    at_once = replace(PLAN, start_ms=START_MS + 50_000)

    assert kept_at(tmp_path / "bookmark", START_MS + 50_700).resume(at_once) == (PLAN, START_MS + 45_700)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}"])
def test_a_broken_bookmark_is_no_bookmark(tmp_path, content):
    path = tmp_path / "bookmark"
    path.write_bytes(content)

    assert Bookmark(path).resume(PLAN) == (PLAN, None)


def test_after_a_stop_on_purpose_the_next_ward_is_new(tmp_path):
    bookmark = kept_at(tmp_path / "bookmark", START_MS + 1)
    bookmark.remove()

    assert bookmark.resume(LATER) == (LATER, None)


def test_without_a_file_nothing_is_remembered(tmp_path):
    bookmark = Bookmark(None)
    bookmark.keep(PLAN, START_MS)

    assert bookmark.resume(PLAN) == (PLAN, None)
    bookmark.remove()


def test_it_is_not_written_at_every_beat(tmp_path):
    path = tmp_path / "bookmark"
    bookmark = Bookmark(path)
    bookmark.keep(PLAN, START_MS)
    first = path.read_bytes()

    bookmark.keep(PLAN, START_MS + 1000)
    assert path.read_bytes() == first
    bookmark.keep(PLAN, START_MS + 2000)
    assert path.read_bytes() != first


def test_killed_before_the_infusions_were_sent_the_whole_past_is_sent_again(tmp_path):
    plan, delivered_ms = kept_at(tmp_path / "bookmark", START_MS).resume(LATER)
    ward = LiveWard(plan, delivered_ms)

    sent = ward.due(LATER.start_ms) + ward.due(LATER.start_ms + 1000)
    assert sum(body.get("kind") == "immunotherapy" for body in sent) == 12
