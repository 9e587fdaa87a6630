"""What was done and what came of it, over all rounds."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.crash_points import CrashPoint
from tests.chaos.judging import Verdict


@dataclass
class Tally:
    """Adds up rounds; can be put aside and taken up again.

    Attributes:
        faults: to records, workers and broker, by name; crashes at a point are counted apart.
    """

    seed: int
    rounds: int = 0
    wall_s: float = 0.0
    crash_points: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(CrashPoint, 0)))
    faults: Counter[str] = field(default_factory=Counter)
    escalations: Counter[str] = field(default_factory=Counter)
    estimates: int = 0
    differences: list[str] = field(default_factory=list)

    def add(self, reached: Iterable[CrashPoint], faults: Counter[str], verdict: Verdict, took_s: float) -> None:
        """One more round."""
        self.rounds += 1
        self.wall_s = round(self.wall_s + took_s, 1)
        self.crash_points.update(map(str, reached))
        self.faults.update(faults)
        found = {"expected": verdict.expected, "lost": verdict.lost, "wrong": verdict.wrong}
        self.escalations.update(found | {"repeated": verdict.repeated})
        self.estimates += verdict.estimates
        self.differences += verdict.differences

    @property
    def all_faults(self) -> int:
        """Of every kind, crashes included."""
        return self.faults.total() + self.crash_points.total()

    def table(self) -> str:
        """For people."""
        rows = [("crash point", "reached"), *sorted(self.crash_points.items())]
        rows += [("", ""), ("other fault", "done"), *sorted(self.faults.items()), ("faults in all", self.all_faults)]
        rows += [("", ""), ("escalations", ""), *self.escalations.items(), ("final estimates compared", self.estimates)]
        rows += [("", ""), ("rounds", self.rounds), ("seconds", self.wall_s), ("seed", self.seed)]
        return "\n".join([*(f"{name:36}{figure:>8}" for name, figure in rows), *self.differences])

    def write(self, path: Path) -> None:
        """As JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({**vars(self), "all_faults": self.all_faults}, indent=2) + "\n")


def tally_in(path: Path, seed: int) -> Tally:
    """The tally that an earlier run with this seed put there, else an empty one."""
    known = json.loads(path.read_text()) if path.exists() else {}
    if known.get("seed") != seed:
        return Tally(seed)
    known.pop("all_faults")
    counted = {name: Counter(known.pop(name)) for name in ("crash_points", "faults", "escalations")}
    return Tally(**known, **counted)
