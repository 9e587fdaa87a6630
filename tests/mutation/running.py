"""Run the tests once to learn which of them runs which line, then each mutant in a forked child of its own.

A child starts with everything imported and collected, runs only the tests that reach the mutated lines, those that
killed its neighbours first, and ends at the first failure. So a mutant costs milliseconds instead of a start of pytest.
"""

import gc
import itertools
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import coverage
import pytest

from tests.mutation.mutants import ROOT, Mutant
from tests.mutation.swapping import is_cached, put_in_place

KILLED, SURVIVED, ENDLESS, UNREACHED = "killed", "survived", "endless", "unreached"
CPU_S = 20  # beyond what its tests need, before a mutant counts as endless
MEMORY_BYTES = 4 << 30
BROKEN = -1  # the mutated function could not even be defined


class Mutating:
    """A pytest plugin whose loop over the tests is a loop over mutants."""

    def __init__(self, mutants: Sequence[Mutant], jobs: int, patience_s: float) -> None:
        self.mutants, self.jobs, self.patience_s = mutants, jobs, patience_s
        self.paths = list(dict.fromkeys(mutant.path for mutant in mutants))
        self.results: list[tuple[Mutant, str]] = []
        self.useless: set[int] = set()  # tests that fail as it is
        self._failed = False
        self._tests: dict[tuple[str, int], set[int]] = {}
        self._lasted_s: list[float] = []
        self._likeness: list[int] = []  # how many like it come before: the rows of one table are much alike
        self._killers: dict[str, list[int]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """Found is enough: nobody looks at a smaller example of a mutant. And each run is like the last."""
        from hypothesis import Phase, settings

        found, before = (Phase.explicit, Phase.generate), settings.get_current_profile_name()
        settings.register_profile("mutation", settings.get_profile(before), phases=found, database=None)
        settings.load_profile("mutation")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._failed = self._failed or report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Interrupted("the tests could not be collected")
        self._learn(session.items)
        gc.collect()
        gc.freeze()
        for mutant, outcome in self._outcomes(session.items):
            self.results.append((mutant, outcome))
            _tell(self.results)
        return True

    def _learn(self, items: Sequence[pytest.Item]) -> None:
        alike: Counter[str] = Counter()
        measured = coverage.Coverage(data_file=None, include=[str(ROOT / path) for path in self.paths])
        measured.start()
        for index, item in enumerate(items):
            self._failed = False
            measured.switch_context(str(index))
            started = time.process_time()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            self._lasted_s.append(time.process_time() - started)
            self._likeness.append(alike[item.nodeid.partition("[")[0]])
            alike[item.nodeid.partition("[")[0]] += 1
            if self._failed:
                self.useless.add(index)
                sys.stdout.write(f"\nleft out, for it fails without any mutant: {item.nodeid}\n")
        measured.stop()
        self._failed = False
        data = measured.get_data()
        for path in self.paths:
            for line, contexts in data.contexts_by_lineno(str(ROOT / path)).items():
                self._tests[path, line] = {int(name) for name in contexts if name} - self.useless

    def _outcomes(self, items: Sequence[pytest.Item]) -> Iterator[tuple[Mutant, str]]:
        running: dict[int, tuple[Mutant, int]] = {}
        for mutant in self.mutants:
            chosen = self._chosen(mutant)
            if not chosen:
                yield mutant, UNREACHED
                continue
            if len(running) == self.jobs:
                yield self._ended(running)
            pid, told = self._forked(mutant, chosen, items)
            running[pid] = (mutant, told)
        while running:
            yield self._ended(running)

    def _chosen(self, mutant: Mutant) -> list[int]:
        """Tests that reach it, in the order in which they most likely kill it soonest."""
        reach = self._reaching(mutant, mutant.lines) or self._reaching(mutant, mutant.whole)
        if is_cached(mutant):
            reach = set(range(len(self._lasted_s))) - self.useless
        killers = Counter(self._killers.get(mutant.function, []))
        first = [index for index, _ in killers.most_common() if index in reach]
        rest = sorted(reach - set(first), key=lambda index: (self._likeness[index], self._lasted_s[index]))
        spent = itertools.accumulate(self._lasted_s[index] for index in (*first, *rest))
        return [index for index, spent_s in zip((*first, *rest), spent, strict=True) if spent_s <= self.patience_s]

    def _reaching(self, mutant: Mutant, lines: tuple[int, int]) -> set[int]:
        found = (self._tests.get((mutant.path, line), set()) for line in range(lines[0], lines[1] + 1))
        return set().union(*found)

    def _forked(self, mutant: Mutant, chosen: Iterable[int], items: Sequence[pytest.Item]) -> tuple[int, int]:
        read, write = os.pipe()
        sys.stdout.flush()
        pid = os.fork()
        if pid:
            os.close(write)
            return pid, read
        items[0].config.pluginmanager.unregister(name="terminalreporter")
        killer = self._killer(mutant, chosen, items)
        if killer is not None:
            os.write(write, str(killer).encode())
        os._exit(0 if killer is None else 1)

    def _killer(self, mutant: Mutant, chosen: Iterable[int], items: Sequence[pytest.Item]) -> int | None:
        """In the child: the first test that notices."""
        chosen = list(chosen)
        limit_s = CPU_S + round(3 * sum(self._lasted_s[index] for index in chosen))
        resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        try:
            put_in_place(mutant)
        except Exception:
            return BROKEN
        for index in chosen:
            try:
                items[index].config.hook.pytest_runtest_protocol(item=items[index], nextitem=None)
            except BaseException:  # whatever a mutant throws through pytest itself
                return index
            if self._failed:
                return index
        return None

    def _ended(self, running: dict[int, tuple[Mutant, int]]) -> tuple[Mutant, str]:
        pid, status = os.wait()
        mutant, told = running.pop(pid)
        with os.fdopen(told, "rb") as pipe:
            said = pipe.read()
        if said and int(said) != BROKEN:
            self._killers.setdefault(mutant.function, []).append(int(said))
        if os.WIFSIGNALED(status):
            return mutant, ENDLESS
        return mutant, SURVIVED if os.WEXITSTATUS(status) == 0 else KILLED


def _tell(results: list[tuple[Mutant, str]]) -> None:
    mutant, outcome = results[-1]
    if outcome in (SURVIVED, UNREACHED):
        was, became = mutant.difference()
        sys.stdout.write(f"\n{outcome} {mutant.path}:{mutant.lines[0]} {mutant.function}\n")
        sys.stdout.write(f"  - {was}\n  + {became}\n")
        sys.stdout.flush()


def run(mutants: Sequence[Mutant], tests: Sequence[str], jobs: int, patience_s: float) -> Mutating:
    """The outcome of every mutant."""
    plugin = Mutating(mutants, jobs, patience_s)
    arguments: list[Any] = [
        "-q",
        "-m",
        "not prove",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:cov",
        "-o",
        "timeout=0",
        *tests,
    ]
    code = pytest.main(arguments, plugins=[plugin])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise SystemExit(int(code))
    return plugin
