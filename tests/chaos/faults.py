"""What is done to graders and broker, by the name in the tally. Each leaves the scene to whatever comes next."""

import time
from collections.abc import Callable

from tests.chaos.crash_points import CrashPoint
from tests.chaos.crew import Armed, ends_within, has_ended
from tests.chaos.scene import Scene

DIES_WITHIN_S = 25.0
# How often a point is passed before it is the end: seldom enough that each is met soon after a start.
PASSED_AT_MOST = {
    CrashPoint.PUBLISHED: 12,
    CrashPoint.MID_CHECKPOINT: 12,
    CrashPoint.CHECKPOINTED: 4,
    CrashPoint.RESTORING: 5,
    CrashPoint.REBALANCING: 2,
}
FED_EVERY_S = 1.0
PAUSE_S = (0.5, 5.0)


def crash(scene: Scene, point: CrashPoint) -> None:
    """Worker `a` dies at a point. Where it does not come by the point in time it is killed, and nothing is counted."""
    worker = scene.armed(Armed(point, scene.random.randint(1, PASSED_AT_MOST[point])))
    joiner = None
    if point is CrashPoint.REBALANCING:
        scene.feed()
        scene.back(worker)
        joiner = scene.crew.start(scene.joiner())
    deadline_s = time.monotonic() + DIES_WITHIN_S
    while not ends_within(worker, FED_EVERY_S) and time.monotonic() < deadline_s:
        scene.feed(20)
    worker.kill()
    if joiner:
        joiner.kill()
        scene.faults["worker killed"] += 1


def leave(scene: Scene, name: str) -> None:
    """A worker goes, in order or not; its partitions wait until the group gives it up."""
    if (worker := scene.crew.running(name)) is None:
        return
    if scene.random.random() < 0.5:
        worker.stop()
        scene.faults["worker stopped"] += 1
    else:
        worker.kill()
        scene.faults["worker killed"] += 1


def killed(scene: Scene) -> None:
    """At any moment: grading, starting, taking over."""
    worker = scene.worker() if scene.random.random() < 0.6 else scene.crew.running("a") or scene.crew.start("a")
    scene.feed()
    worker.kill()
    scene.faults["worker killed"] += 1


def joined_and_left(scene: Scene) -> None:
    """Partitions change hands under load, there and back."""
    scene.worker()
    name = scene.joiner()
    scene.crew.start(name)
    scene.feed()
    scene.worker(name)
    scene.faults["worker joined"] += 1
    scene.feed()
    leave(scene, name)


def paused(scene: Scene) -> None:
    """For a moment, well within its session."""
    worker = scene.worker()
    scene.feed()
    worker.pause()
    scene.feed()
    worker.resume()
    scene.faults["worker paused"] += 1


def zombie(scene: Scene) -> None:
    """Paused past its session while another takes its partitions over; then it wakes up and believes it owns them."""
    worker = scene.worker()
    scene.feed()
    worker.pause()
    name = scene.joiner()
    other = scene.crew.start(name)
    scene.feed()
    scene.back(other)
    scene.feed()
    worker.resume()
    scene.feed()
    scene.faults["zombie, session over"] += 1
    scene.back(worker)
    leave(scene, name)


def twin(scene: Scene) -> None:
    """Paused while another process takes its name and its partitions; awake again, one of the two must notice and end.

    Mostly the elder does; but its client may join again under the common name first, and then it is the younger.
    """
    elder = scene.worker()
    scene.feed()
    elder.pause()
    younger = scene.crew.start("a")
    scene.feed()
    scene.back(younger)
    elder.resume()
    scene.faults["zombie, name taken"] += 1
    deadline_s = time.monotonic() + DIES_WITHIN_S
    while not (ends_within(elder, FED_EVERY_S) or has_ended(younger)):
        assert time.monotonic() < deadline_s, f"both go on\n{elder.log()[-3000:]}"
        scene.feed(20)
    scene.crew.workers["a"] = younger if has_ended(elder) else elder


def broker_restarted(scene: Scene) -> None:
    _broker(scene, "broker restarted", scene.broker.stop, scene.broker.start)


def broker_killed(scene: Scene) -> None:
    _broker(scene, "broker killed", scene.broker.kill, scene.broker.start)


def broker_paused(scene: Scene) -> None:
    def pause() -> None:
        scene.broker.pause()
        time.sleep(scene.random.uniform(*PAUSE_S))  # the outage itself: there is nothing to wait for

    _broker(scene, "broker paused", pause, scene.broker.resume)


def _broker(scene: Scene, name: str, away: Callable[[], None], back: Callable[[], None]) -> None:
    worker = scene.worker()
    scene.feed()
    away()
    back()
    scene.faults[name] += 1
    scene.feed()
    scene.back(worker)
