"""The garbage collector leaves alone what stays, and still finds cycles that nobody uses any more."""

import gc
import weakref

import pytest

from services.grader.collecting import calm_down


@pytest.fixture(autouse=True)
def as_before():
    before = gc.get_threshold()
    yield
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
    gone = weakref.ref(Knot())
    filler = []
    while gone() is not None and len(filler) < 200_000:
        filler.append([])

    assert gone() is None
