"""`python -m tests.chaos`: rounds of faults until enough of each was done, going on from what is written down."""

import argparse
import sys
from pathlib import Path

from tests.chaos.proving import Enough, prove

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--faults", type=int, default=1000, help="of every kind together")
    parser.add_argument("--each", type=int, default=20, help="times that each crash point is reached")
    parser.add_argument("--escalations", type=int, default=500, help="that are expected")
    parser.add_argument("--rounds", type=int, default=0, help="no more than these, enough or not; 0 is no limit")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tally", type=Path, default=Path("dist/chaos-tally.json"), help="gone on with if it is there")
    asked = parser.parse_args()
    tally = prove(
        Enough(asked.faults, asked.each, asked.escalations), asked.seed, asked.tally,
        most_rounds=asked.rounds, say=lambda said: print(said, file=sys.stderr, flush=True),  # noqa: T201
    )  # fmt: skip
    print(tally.table())  # noqa: T201
    sys.exit(bool(tally.escalations["lost"] or tally.escalations["wrong"]))
