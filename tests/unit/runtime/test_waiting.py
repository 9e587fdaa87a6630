import itertools

import pytest

from tests.waiting import eventually


def test_it_looks_until_there_is_something():
    looks = itertools.count()

    assert eventually(lambda: next(looks) > 2, every=0) is True


def test_a_failed_assertion_is_not_yet():
    looks = itertools.count()

    def look():
        assert next(looks) == 2
        return "there"

    assert eventually(look, every=0) == "there"


def test_it_gives_up_and_says_what_it_saw():
    with pytest.raises(AssertionError, match="pages arrived; last: \\[\\]"):
        eventually(lambda: [], within=0, what="pages arrived")
