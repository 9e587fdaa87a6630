"""The named scenarios, and which patient of a ward gets which."""

from itertools import chain, repeat

from services.simulator.scenarios import crs, mimics, neuro, quiet, variants
from services.simulator.scenarios.scenario import Scenario

ALL: tuple[Scenario, ...] = (
    *quiet.SCENARIOS,
    *crs.SCENARIOS,
    *neuro.SCENARIOS,
    *mimics.SCENARIOS,
    *variants.SCENARIOS,
)
SCENARIOS = {scenario.name: scenario for scenario in ALL}
WELL = SCENARIOS["well"]

# A ward as it comes when nothing else is asked for: every scenario once, and every third bed well besides.
MIX = tuple(
    chain.from_iterable((scenario.name, "well") if i % 3 == 0 else (scenario.name,) for i, scenario in enumerate(ALL))
)


def assign(patients: int, counts: dict[str, int]) -> list[Scenario]:
    """The scenario of each patient in order: those asked for first, the rest well; the usual mix if nothing is asked.

    Raises:
        ValueError: an unknown scenario, or more patients asked for than there are.
    """
    unknown = sorted(set(counts) - set(SCENARIOS))
    if unknown:
        raise ValueError(f"no scenario is called {unknown[0]}; there are {', '.join(sorted(SCENARIOS))}")
    if not counts:
        return [SCENARIOS[MIX[index % len(MIX)]] for index in range(patients)]
    named = list(chain.from_iterable(repeat(SCENARIOS[name], count) for name, count in counts.items()))
    if len(named) > patients:
        raise ValueError(f"{len(named)} patients have a scenario, but the ward has only {patients}")
    return named + [WELL] * (patients - len(named))
