"""A slow browser misses pictures, never alarms."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from services.dashboard.frames import frame
from services.dashboard.hub import Hub, shows
from services.dashboard.outbox import Frame, Outbox


def taken(*frames: Frame, alarm_limit: int = 100) -> bytes | None:
    async def fill_and_take() -> bytes | None:
        outbox = Outbox(alarm_limit=alarm_limit)
        for each in frames:
            outbox.put(each)
        return await outbox.take()

    return asyncio.run(fill_and_take())


def test_only_the_newest_picture_of_a_bed_is_sent():
    assert taken(Frame("bed-7", b"old;"), Frame("bed-8", b"other;"), Frame("bed-7", b"new;")) == b"new;other;"


def test_alarms_go_first_and_all_of_them():
    assert taken(Frame("bed-7", b"bed;"), Frame(None, b"one;"), Frame(None, b"two;")) == b"one;two;bed;"


def test_a_browser_that_cannot_even_take_the_alarms_is_cut_off():
    assert taken(*[Frame(None, b"alarm;")] * 3, alarm_limit=2) is None


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c", None]), st.integers(0, 999))))
def test_no_alarm_is_ever_lost_and_waiting_is_bounded(puts):
    outbox = Outbox(alarm_limit=10_000)
    for slot, number in puts:
        outbox.put(Frame(slot, f"<{slot}{number}>".encode()))
    alarms = [f"<None{number}>" for slot, number in puts if slot is None]

    assert len(outbox) <= 3 + len(alarms)
    waiting = asyncio.run(outbox.take()).decode() if puts else ""
    assert waiting.startswith("".join(alarms))


def test_an_event_carries_the_place_of_its_record():
    found = frame("bed", {"bed": "bed-7"}, slot="p", event_id="crs.estimates.v1/3/120")

    assert found.data == b'event: bed\nid: crs.estimates.v1/3/120\ndata: {"bed":"bed-7"}\n\n'


def test_a_board_gets_only_its_units():
    async def published() -> tuple[int, int]:
        hub = Hub()
        with hub.subscribed(frozenset({"4W"})) as ours, hub.subscribed(frozenset({"*"})) as all_units:
            hub.publish("5E", Frame("p", b"bed"))
            return len(ours.outbox), len(all_units.outbox)

    assert asyncio.run(published()) == (0, 1)


def test_a_patient_whose_unit_nobody_charted_is_on_every_board():
    assert shows(frozenset({"4W"}), "")
    assert not shows(frozenset({"4W"}), "5E")
