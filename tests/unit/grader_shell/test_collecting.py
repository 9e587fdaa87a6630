"""The garbage collector leaves alone what stays, and still finds cycles that nobody uses any more."""

import asyncio
import gc
import weakref

import pytest

from services.grader import collecting
from services.grader.collecting import calm_down, look_often


@pytest.fixture(autouse=True)
def as_before():
    before = gc.get_threshold()
    yield
    gc.enable()
    gc.unfreeze()
    gc.set_threshold(*before)


class Knot:
    """Holds itself: only the collector can free it."""

    def __init__(self) -> None:
        self.itself = self


def test_what_was_made_before_is_not_looked_through_any_more():
    kept = [Knot() for _ in range(10)]

    calm_down()

    assert gc.get_freeze_count() > 10
    young = {id(one) for one in gc.get_objects()}
    assert not any(id(one) in young for one in kept)


def test_a_cycle_that_nobody_used_any_more_is_gone_and_not_kept_for_ever():
    gone = weakref.ref(Knot())

    calm_down()

    assert gone() is None


def test_cycles_that_are_made_later_are_still_found():
    calm_down()
    found = []
    # Told, not asked: who asks holds it for a moment, in which the collector may look.
    watched = weakref.ref(Knot(), found.append)
    filler = []
    while not found and len(filler) < 200_000:
        filler.append([])

    assert found == [watched]


def looked_for(gone, monkeypatch, *, all_every_s):
    """Look often, with nothing else that looks, until it is gone; a TimeoutError if it stays."""
    monkeypatch.setattr(collecting, "NEW_EVERY_S", 0.001)
    monkeypatch.setattr(collecting, "ALL_EVERY_S", all_every_s)
    gc.disable()
    assert gone() is not None

    async def whole():
        async with asyncio.timeout(2):
            await look_often(lambda: gone() is None)

    asyncio.run(whole())
    assert gone() is None


def test_a_new_cycle_is_found_however_little_else_is_made(monkeypatch):
    calm_down()
    looked_for(weakref.ref(Knot()), monkeypatch, all_every_s=3_600)


def test_a_cycle_that_was_in_use_for_a_while_is_found_by_the_long_look_only(monkeypatch):
    calm_down()
    gc.disable()
    knot = Knot()
    gc.collect(0)
    gone = weakref.ref(knot)
    del knot

    with pytest.raises(TimeoutError):
        looked_for(gone, monkeypatch, all_every_s=3_600)
    looked_for(gone, monkeypatch, all_every_s=0)
