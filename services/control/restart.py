"""When to start a service again after it ended: soon, later each time it fails, and never not at all."""

from dataclasses import dataclass

FIRST_DELAY_S = 0.25
LONGEST_DELAY_S = 5.0
HEALTHY_AFTER_S = 20.0


@dataclass(frozen=True, slots=True)
class Backoff:
    """How often a service failed in a row, and what that means for the next start."""

    failures: int = 0

    def after_run(self, ran_s: float) -> "Backoff":
        """The next state once a run of `ran_s` seconds ended; a healthy run forgives what came before."""
        return Backoff(1 if ran_s >= HEALTHY_AFTER_S else self.failures + 1)

    @property
    def delay_s(self) -> float:
        """Seconds to wait before the next start: doubling, at most `LONGEST_DELAY_S`."""
        doublings = min(max(self.failures - 1, 0), 10)
        return min(LONGEST_DELAY_S, FIRST_DELAY_S * 2.0**doublings)
