"""`make mutate`: whether the tests notice when the pure modules say something slightly else."""

import argparse
import os
import random
import re
import sys
from collections import Counter
from pathlib import Path

from tests.mutation.mutants import ROOT, Mutant, mutants_of
from tests.mutation.running import SURVIVED, UNREACHED, run
from tests.vignettes.tables import read_table

ENGINE = "services/grader/engine"
SCHEMAS = ("schemas/ids.py", "schemas/partitions.py", "schemas/times.py")
TESTS = ("tests/unit/grader", "tests/vignettes", "tests/contract/test_names_and_times.py")
DEMANDED = 0.95


def main() -> int:
    """Print each survivor as it is found, then the figures; 1 if too many survive or one is not explained."""
    parser = argparse.ArgumentParser(prog="make mutate MUTATE=", description=__doc__)
    parser.add_argument("modules", nargs="*", help="file names without .py; all of them if none is named")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--sample", type=int, default=10**9, help="so many mutants of each module, always the same")
    parser.add_argument("--patience", type=float, default=float("inf"), help="seconds of tests spent on one mutant")
    parser.add_argument("--tests", nargs="+", default=TESTS, help="only these tests")
    parser.add_argument("--again", type=Path, help="only those that survived the run that printed this")
    asked = parser.parse_args()
    mutants = [mutant for path in _paths(asked.modules) for mutant in _sampled(list(mutants_of(path)), asked.sample)]
    if asked.again:
        alive = _survivors(asked.again.read_text(encoding="utf-8"))
        mutants = [mutant for mutant in mutants if (mutant.path, *mutant.difference()) in alive]
    ran = run(mutants, asked.tests, asked.jobs, asked.patience)
    return _report(ran.results) or int(bool(ran.useless))


def _paths(names: list[str]) -> list[str]:
    every = [*SCHEMAS, *(path.relative_to(ROOT).as_posix() for path in sorted((ROOT / ENGINE).rglob("*.py")))]
    known = {path.rpartition("/")[2].removesuffix(".py"): path for path in every}
    if unknown := set(names) - set(known):
        raise SystemExit(f"no such pure module: {', '.join(sorted(unknown))}")
    return [known[name] for name in names] or every


def _survivors(printed: str) -> set[tuple[str, str, str]]:
    found = re.findall(rf"^(?:{SURVIVED}|{UNREACHED}) (.+):\d+ .+\n  - (.*)\n  \+ (.*)$", printed, re.MULTILINE)
    return {(path, was, became) for path, was, became in found}


def _sampled(mutants: list[Mutant], most: int) -> list[Mutant]:
    chosen = random.Random(1).sample(range(len(mutants)), min(most, len(mutants)))
    return [mutants[index] for index in sorted(chosen)]


def _report(results: list[tuple[Mutant, str]]) -> int:
    total = Counter(mutant.path for mutant, _ in results)
    alive = [mutant for mutant, outcome in results if outcome in (SURVIVED, UNREACHED)]
    survived = Counter(mutant.path for mutant in alive)
    explained = {(row["module"], row["was"], row["became"]) for row in read_table("../mutation/survivors.md")}
    open_ones = [mutant for mutant in alive if (mutant.path, *map(_cell, mutant.difference())) not in explained]
    for path in total:
        print(f"{path:45}{total[path] - survived[path]:6} of {total[path]:6}")  # noqa: T201
    killed = len(results) - len(alive)
    print(f"killed {killed} of {len(results)}, {len(alive) - len(open_ones)} survivors explained")  # noqa: T201
    for mutant in open_ones:
        print(f"not explained: {mutant.path}:{mutant.lines[0]} {' -> '.join(mutant.difference())}")  # noqa: T201
    return int(killed < DEMANDED * len(results) or bool(open_ones))


def _cell(text: str) -> str:
    """As it stands in a cell of survivors.md."""
    return f"`{text.replace('|', '¦')}`"


if __name__ == "__main__":
    sys.exit(main())
