"""`crswatch bench recovery`: a grader is killed under load; how long until its patients are graded again."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.control.bench.grader_run import await_members, caught_up
from services.control.bench.group import owned
from services.control.bench.live_ward import LiveWard, live_ward
from services.control.bench.outputs import GradedAgain, Outputs, outputs
from services.control.bench.probes import Probes
from services.control.bench.report import Plot, Report, Series
from services.control.bench.results import spread, table
from services.control.refusal import Refusal
from services.runtime.settings import KafkaSettings
from services.runtime.speech import Say

PROBES_A_SECOND = 2.0
WITHIN_S = 120.0
STEADY_S = 10.0  # between two kills, once everything is graded again
MOST_PROBED = 2_000
IN_PLACE, BY_ANOTHER = "restarted in place", "taken over by another member"


@dataclass(frozen=True, slots=True)
class RecoveryPlan:
    """What is asked for.

    Attributes:
        minutes: of load before the first kill.
        kills: of each sort.
    """

    patients: int
    rate: float
    minutes: float
    kills: int
    seed: int


class Killed(NamedTuple):
    """All kills of one sort.

    Attributes:
        missing: probes that were written in the meantime and never paged.
    """

    sort: str
    again: Sequence[GradedAgain]
    probes: int
    missing: int


def recovery(kafka: KafkaSettings, plan: RecoveryPlan, say: Say) -> Report:
    """Both sorts, one after the other in the same ward: the second with one more grader in the group."""
    spared = min(plan.patients, MOST_PROBED)
    with live_ward(
        kafka, patients=plan.patients, rate=plan.rate, seed=plan.seed, spared=spared, workers=1, say=say
    ) as live:
        caught_up(live.graders, live.rate)
        say(f"{plan.minutes:g} minutes of load before the first kill")
        time.sleep(plan.minutes * 60)
        in_place = asyncio.run(_kill_again_and_again(live, plan, IN_PLACE, range(spared // 2), say))
        live.graders.append(live.graders[0].beside("bench-another"))
        _whole_again(live)
        by_another = asyncio.run(_kill_again_and_again(live, plan, BY_ANOTHER, range(spared // 2, spared), say))
    return _report([in_place, by_another])


async def _kill_again_and_again(live: LiveWard, plan: RecoveryPlan, sort: str, spared: range, say: Say) -> Killed:
    probes, ended = Probes(live.kafka, spared, a_second=PROBES_A_SECOND, seed=plan.seed), asyncio.Event()
    probing = asyncio.ensure_future(probes.run(ended))
    found: list[GradedAgain] = []
    async with outputs(live.kafka) as listening:
        for number in range(plan.kills):
            await asyncio.sleep(STEADY_S)
            again = await _kill(live, listening, sort)
            say(f"{sort}, kill {number + 1}: graded again after {again.first_s:.1f} s, current {again.current_s:.1f} s")
            found.append(again)
            if sort == BY_ANOTHER:
                live.graders[0].start()
            await asyncio.to_thread(_whole_again, live)
    ended.set()
    await probing
    return Killed(sort, found, len(probes.paged) + probes.unanswered, probes.unanswered)


async def _kill(live: LiveWard, listening: Outputs, sort: str) -> GradedAgain:
    victim = live.graders[0]
    partitions = (await asyncio.to_thread(owned, live.kafka)).get(victim.member, [])
    killed_s, killed_ms = time.monotonic(), round(time.time() * 1000)
    victim.kill()
    if sort == IN_PLACE:
        victim.start()
    again = await listening.graded_again(killed_s, killed_ms, partitions, within_s=WITHIN_S)
    if again is None:
        raise Refusal(f"Nothing was graded again within {WITHIN_S:.0f} s of a kill ({sort}).")
    return again


def _whole_again(live: LiveWard) -> None:
    """Every grader is in the group with partitions of its own, and everything written has been graded."""
    await_members(live.kafka, live.graders)
    caught_up(live.graders, live.rate)


def _report(sorts: Sequence[Killed]) -> Report:
    heads = ("killed, then", "kills", "again s", "least", "most", "current s", "most", "probes", "never paged")
    rows, figures = [], {}
    for one in sorts:
        first, current = (spread(getattr(again, name) for again in one.again) for name in GradedAgain._fields)
        rows.append(
            (
                one.sort, str(len(one.again)), *(f"{value:.1f}" for value in (*first, current.median, current.most)),
                str(one.probes), str(one.missing),
            )
        )  # fmt: skip
        figures[one.sort] = {
            "kills": [again._asdict() for again in one.again], "probes": one.probes, "never_paged": one.missing,
        }  # fmt: skip
    plot = Plot(
        "From kill -9 to graded again",
        "kill",
        "s",
        [Series(one.sort, list(range(1, len(one.again) + 1)), [again.first_s for again in one.again]) for one in sorts],
    )
    wrong = [f"{one.sort}: {one.missing} probes never paged." for one in sorts if one.missing]
    return Report(table(heads, rows), figures, plot, wrong)
