"""Rounds upon rounds, until enough was done and each point was reached often enough."""

from itertools import count
from pathlib import Path
from random import Random
from typing import NamedTuple

from services.runtime.broker import local_kafka
from services.runtime.speech import Say, silent
from tests.chaos.rounds import long_round, play
from tests.chaos.tally import Tally, tally_in

LIVE_EVERY = 3  # one round in three at the broker's clock


class Enough(NamedTuple):
    """When it is enough."""

    faults: int
    each: int
    escalations: int

    def reached(self, tally: Tally) -> bool:
        return (
            tally.all_faults >= self.faults
            and min(tally.crash_points.values()) >= self.each
            and tally.escalations["expected"] >= self.escalations
        )


def prove(enough: Enough, seed: int, written: Path, *, most_rounds: int = 0, say: Say = silent) -> Tally:
    """The tally of all rounds, those included that an earlier run wrote down; written anew after each round.

    A broker of its own for each round, because it is stopped, killed and paused.
    """
    tally = tally_in(written, seed)
    for played in count():
        if enough.reached(tally) or (most_rounds and played >= most_rounds):
            return tally
        random = Random(f"{seed} {tally.rounds}")
        live = tally.rounds % LIVE_EVERY == LIVE_EVERY - 1
        say(f"round {tally.rounds + 1}, {'live' if live else 'the time of the wards'}")
        with local_kafka() as broker:
            play(broker, tally, long_round(random), live=live, say=say)
        tally.write(written)
        say(tally.table())
    raise AssertionError("counting has no end")
