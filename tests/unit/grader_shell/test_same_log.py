"""A log that lost records and has grown beyond our position again: it looks whole, and other records lie below."""

import pytest
from kafka.errors import KafkaTimeoutError

from services.grader import same_log
from services.grader.broker_facts import Shape
from services.grader.manifest import Newest, Source
from services.grader.same_log import MOST, Applied, SameLog

OTHERS = "the log has other records now than were graded"
ANOTHER = "another bedside topic lies in the place of the one that was graded"


def at(offset: int) -> Newest:
    return Newest(offset, 1_000 + offset)


class Topic:
    """At a broker that can be told what happened to it."""

    def __init__(self) -> None:
        self.epochs, self.topic_id, self.partitions, self.name = {0: 4, 1: 4}, "topic", 2, "crs.bedside.v1"
        self.cut_at: int | None = None
        self.answers, self.silent = True, set[int]()
        self.read: list[tuple[int, int]] = []

    def shape(self) -> Shape | None:
        self._answer()
        return Shape(self.topic_id, self.partitions, dict(self.epochs)) if self.topic_id else None

    def is_other(self, partition: int, known: Newest) -> bool:
        self._answer()
        if partition in self.silent:
            raise KafkaTimeoutError
        self.read.append((partition, known.offset))
        return self.cut_at is not None and known.offset >= self.cut_at

    def _answer(self) -> None:
        if not self.answers:
            raise KafkaTimeoutError


class Scene:
    """Two partitions that are graded."""

    def __init__(self) -> None:
        self.topic, self.newest = Topic(), {0: at(10), 1: at(20)}
        self.same = SameLog(self.topic, Source("cluster", "topic"), 2, lambda: self.newest)

    def look(self) -> None:
        self.same.note()
        self.same.look()

    def graded_upto(self, offset: int) -> None:
        self.newest = {0: at(offset), 1: at(offset + 10)}
        self.same.note()


@pytest.fixture
def scene(monkeypatch):
    def end_process(why: str, *_, **__):
        raise SystemExit(why)

    monkeypatch.setattr(same_log, "end_process", end_process)
    scene = Scene()
    scene.look()
    scene.topic.read.clear()
    return scene


def test_while_the_leaders_are_the_same_nothing_is_read_back(scene):
    for offset in range(11, 40):
        scene.graded_upto(offset)
        scene.look()

    assert scene.topic.read == []


def test_a_log_that_was_cut_and_refilled_is_noticed_though_grading_has_gone_on_in_the_new_one(scene):
    scene.graded_upto(11)
    scene.topic.epochs[0] = 5
    scene.topic.cut_at = 11
    scene.newest = {0: Newest(99, 5)}

    with pytest.raises(SystemExit, match=OTHERS):
        scene.look()


def test_another_leader_of_the_same_log_is_asked_once(scene):
    scene.graded_upto(11)
    scene.topic.epochs[1] = 5

    scene.look()
    scene.look()

    assert scene.topic.read == [(1, 20), (1, 21)]


def test_a_broker_that_cannot_say_is_asked_again_about_what_was_graded_before(scene):
    scene.graded_upto(11)
    scene.topic.answers = False
    scene.look()
    scene.topic.answers, scene.topic.cut_at = True, 11

    with pytest.raises(SystemExit, match=OTHERS):
        scene.look()


def test_a_partition_that_nobody_answers_for_holds_up_no_other_one(scene):
    scene.topic.epochs, scene.topic.silent = {0: 5, 1: 5}, {0}
    scene.look()
    assert scene.topic.read == []
    scene.look()
    assert scene.topic.read == [(1, 20)]
    scene.topic.silent, scene.topic.cut_at = set(), 10

    with pytest.raises(SystemExit, match=OTHERS):
        scene.look()


def test_of_two_that_nobody_answers_for_the_one_that_was_asked_longer_ago_is_asked_first(scene):
    scene.topic.epochs, scene.topic.silent = {0: 5, 1: 5}, {0, 1}
    scene.look()
    scene.look()
    scene.look()
    scene.topic.silent = {0}
    scene.look()

    assert scene.topic.read == [(1, 20)]


def test_what_was_graded_before_stays_known_for_as_long_as_nobody_answers_and_grading_goes_on(scene):
    scene.topic.epochs, scene.topic.silent = {0: 5, 1: 4}, {0}
    scene.look()
    for offset in range(100, 100 + 2 * MOST):
        scene.graded_upto(offset)
    scene.topic.silent = set()
    scene.look()

    assert scene.topic.read == [(0, 10)]
    scene.graded_upto(300)
    scene.topic.epochs = {0: 6, 1: 4}
    scene.look()
    assert scene.topic.read == [(0, 10), (0, 10), (0, 300)]


def test_a_slow_broker_is_asked_a_portion_at_each_look(scene, monkeypatch):
    monkeypatch.setattr(same_log.time, "monotonic", iter(range(100)).__next__)
    scene.topic.epochs = {0: 5, 1: 5}
    monkeypatch.setattr(same_log, "LOOK_S", 1.5)
    scene.look()
    assert scene.topic.read == [(0, 10)]
    scene.look()
    assert scene.topic.read == [(0, 10), (1, 20)]


def test_a_partition_without_a_leader_waits_for_one(scene):
    del scene.topic.epochs[0]
    scene.look()
    assert scene.topic.read == []
    scene.topic.epochs[0], scene.topic.cut_at = 6, 10

    with pytest.raises(SystemExit, match=OTHERS):
        scene.look()


def test_a_topic_that_was_created_anew_is_another_one(scene):
    scene.topic.topic_id = ""
    scene.look()
    scene.topic.topic_id = "anew"

    with pytest.raises(SystemExit, match=ANOTHER):
        scene.look()


def test_partitions_that_somebody_added_are_noticed(scene):
    scene.topic.partitions = 3

    with pytest.raises(SystemExit, match="start with new topics"):
        scene.look()


def test_of_a_partition_that_was_given_up_nothing_is_remembered(scene):
    scene.newest = {1: at(20)}
    scene.same.note()
    scene.topic.epochs, scene.topic.cut_at = {0: 5, 1: 4}, 0
    read = list(scene.topic.read)

    scene.look()

    assert scene.topic.read == read


def test_what_is_remembered_stays_small():
    applied = Applied()
    for offset in range(100):
        applied.note({0: at(offset)})
        applied.note({0: at(offset)})

    assert applied.in_doubt({0: 1}) == {0: tuple(at(offset) for offset in range(100 - MOST, 100))}
