"""What episodes are called when late data open them earlier, take them away, or join two that are known."""

from schemas.ids import episode_id
from services.grader.engine.fold import Episode, Fold
from services.grader.engine.state import EpisodeName
from services.grader.engine.telling.episode_names import named

NOBODY: tuple[EpisodeName, ...] = ()


def quiet(at_ms: int) -> Fold:
    """A moment outside any episode."""
    return Fold(at_ms)


def moment(at_ms: int, key: str, opened_ms: int) -> Fold:
    """A moment in the episode that `key` opened."""
    return Fold(at_ms, episode=Episode(key, opened_ms))


def name(key: str, opened_ms: int, closed_ms: int | None = None, *keys: str) -> EpisodeName:
    """An episode that was first known by `key`."""
    return EpisodeName(episode_id(key), (key, *keys), opened_ms, closed_ms)


def test_an_episode_is_named_after_what_opened_it():
    now = moment(10, "a", 10)
    assert named(NOBODY, [quiet(0), now], now) == (name("a", 10),)


def test_it_is_over_at_the_first_moment_without_it():
    known = (name("a", 10),)
    folds = [quiet(15), moment(20, "a", 10), quiet(30), quiet(40)]
    assert named(known, folds, folds[-1]) == (name("a", 10, 30),)


def test_an_episode_that_began_and_ended_between_two_looks_is_known_and_over():
    folds = [quiet(0), moment(10, "a", 10), quiet(30)]
    (found,) = named(NOBODY, folds, folds[-1])
    assert found.episode_id == episode_id("a")
    assert found.closed_ms is not None


def test_an_episode_that_is_not_looked_at_keeps_its_end():
    known = (name("a", 10, 30),)
    folds = [quiet(50), moment(60, "b", 60)]
    assert named(known, folds, folds[-1]) == (name("a", 10, 30), name("b", 60))


def test_an_earlier_fever_opens_the_same_episode_earlier():
    folds = [quiet(0), moment(5, "late", 5), moment(10, "late", 5)]
    assert named((name("a", 10),), folds, folds[-1]) == (name("a", 5, None, "late"),)


def test_a_later_fever_that_is_left_alone_keeps_when_the_episode_opened():
    folds = [quiet(0), moment(20, "b", 20)]
    assert named((name("a", 10),), folds, folds[-1]) == (name("a", 10, None, "b"),)


def test_an_episode_that_touches_a_known_one_is_that_one():
    known = (name("a", 10, 30),)
    assert named(known, [quiet(0), moment(30, "b", 30)], moment(30, "b", 30)) == (name("a", 10, None, "b"),)
    after = moment(31, "b", 31)
    assert named(known, [quiet(0), after], after) == (name("a", 10, 30), name("b", 31))
    before, at_its_begin = [moment(5, "b", 5), quiet(9)], [moment(5, "b", 5), moment(10, "b", 5), quiet(11)]
    assert named(known, before, before[-1]) == (name("a", 10, 30), name("b", 5, 5))
    assert named(known, at_its_begin, at_its_begin[-1]) == (name("a", 5, 30, "b"),)


def test_of_two_known_episodes_the_one_it_touches_takes_it_and_the_other_stays_where_it_is():
    known = (name("a", 10, 20), name("b", 40, 50), name("c", 90, 95))
    folds = [quiet(30), moment(45, "d", 45), quiet(60)]
    assert named(known, folds, folds[-1]) == (name("a", 10, 20), name("b", 40, 50, "d"), name("c", 90, 95))


def test_what_turns_out_not_to_have_happened_is_over_when_it_began():
    assert named((name("a", 10),), [quiet(0), quiet(20)], quiet(20)) == (name("a", 10, 10),)


def test_an_episode_that_goes_on_after_all_is_open_again():
    now = moment(40, "a", 10)
    assert named((name("a", 10, 30),), [moment(20, "a", 10), now], now) == (name("a", 10),)


def test_the_last_four_are_known():
    known = tuple(name(key, 10 * at, 10 * at + 5) for at, key in enumerate("abcd", 1))
    now = moment(100, "e", 100)
    assert named(known, [quiet(60), now], now) == (*known[1:], name("e", 100))
