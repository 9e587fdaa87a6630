"""A round: a seeded order of faults on a scene of its own, and a verdict."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import TypeVar

from services.control.pipeline_topics import own_topics
from services.runtime.broker import Broker
from services.runtime.settings import KafkaSettings
from services.runtime.speech import Say, silent
from tests.chaos import faults
from tests.chaos.crash_points import CrashPoint, reached
from tests.chaos.judging import judge
from tests.chaos.live_wards import live_wards
from tests.chaos.scene import Scene
from tests.chaos.tally import Tally
from tests.chaos.wards import disturbed_wards
from tests.kafka import topics_of_its_own

PARTITIONS = 4
DIFFERING = Path("dist/chaos")

Result = TypeVar("Result")
Fault = Callable[[Scene], None]
CRASHES: tuple[Fault, ...] = tuple(partial(faults.crash, point=point) for point in CrashPoint)
BROKER: tuple[Fault, ...] = (faults.broker_restarted, faults.broker_killed, faults.broker_paused)
ZOMBIES: tuple[Fault, ...] = (faults.zombie, faults.twin)
WORKERS: tuple[Fault, ...] = (faults.killed, faults.joined_and_left, faults.paused)


def short_round() -> list[Fault]:
    """Every crash point twice; then two that believe they own the same partitions, and a broker that dies."""
    return [*CRASHES, *CRASHES, faults.twin, faults.broker_killed]


def long_round(random: Random) -> list[Fault]:
    """Everything, in an order of its own."""
    order = [*CRASHES, *CRASHES, *CRASHES, *BROKER, *ZOMBIES, *WORKERS, *WORKERS]
    return random.sample(order, len(order))


def play(
    broker: Broker,
    tally: Tally,
    order: list[Fault],
    *,
    live: bool = False,
    say: Say = silent,
) -> None:
    """One round, added to the tally.

    Args:
        broker: may be stopped, killed and paused.
        tally: the round's seed follows from its seed and how many rounds there were.
        order: the faults.
        live: at the broker's clock, with the graders' own ticks; else at the wards' own time, weeks in a minute.
        say: told how long each step took.
    """
    started_s = time.monotonic()
    seed = tally.seed * 1000 + tally.rounds
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, _topics(broker, live=live) as kafka:
        load = live_wards(seed) if live else disturbed_wards(seed)
        scene = Scene(broker, kafka, Path(folder), load=load, random=Random(seed), live=live)
        try:
            scene.worker() if live else scene.feed(200)
            for fault in order:
                _timed(say, _name(fault), partial(fault, scene))
            _timed(say, "finishing", scene.finish)
        except BaseException as fault:
            fault.add_note(scene.crew.last_words())
            raise
        finally:
            scene.crew.close()
        done = scene.faults + scene.data_faults
        verdict = _timed(
            say, "judging", partial(judge, kafka, DIFFERING / f"seed-{tally.seed}-round-{tally.rounds + 1}.jsonl")
        )
        tally.add(reached(scene.crew.ledger), done, verdict, time.monotonic() - started_s)


def _timed(say: Say, name: str, act: Callable[[], Result]) -> Result:
    before_s = time.monotonic()
    result = act()
    say(f"{time.monotonic() - before_s:5.1f} s {name}")
    return result


def _name(fault: Fault) -> str:
    return str(fault.keywords["point"]) if isinstance(fault, partial) else fault.__name__


@contextmanager
def _topics(broker: Broker, *, live: bool) -> Iterator[KafkaSettings]:
    """With the broker's clock, or with the wards' own."""
    if live:
        with topics_of_its_own(broker.bootstrap_servers, partitions=PARTITIONS) as kafka:
            yield kafka
    else:
        settings = KafkaSettings(bootstrap_servers=broker.bootstrap_servers, partitions=PARTITIONS)
        with own_topics(settings) as kafka:
            yield kafka
