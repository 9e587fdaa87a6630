"""`crswatch bench latency`: from a bedside event to its escalation on the topic and to the pager, by load."""

import asyncio
from contextlib import nullcontext
from dataclasses import dataclass
from time import monotonic

from services.control.bench.grader_run import caught_up
from services.control.bench.latency_report import AtRate, latency_report
from services.control.bench.live_ward import LiveWard, live_ward
from services.control.bench.pager import Calls, pager
from services.control.bench.probes import FIRST, Probes
from services.control.bench.report import Report
from services.runtime.settings import KafkaSettings
from services.runtime.speech import Say

PROBES_A_SECOND = 5.0
SAY_EVERY_S = 30.0
CALLED_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class LatencyPlan:
    """What is asked for: each rate is a run of its own, over fresh topics, for so many minutes.

    Attributes:
        to_pager: whether a notifier runs too, and calls a pager.
    """

    patients: int
    rates: tuple[int, ...]
    minutes: float
    seed: int
    to_pager: bool = False


def latency(kafka: KafkaSettings, plan: LatencyPlan, say: Say) -> Report:
    """Measure rate by rate."""
    return latency_report([_at_rate(kafka, plan, rate, say) for rate in plan.rates])


def _at_rate(kafka: KafkaSettings, plan: LatencyPlan, rate: int, say: Say) -> AtRate:
    # Half as many patients as probes, for each is probed once a kind; no more than there are.
    # And those who go first.
    spared = min(plan.patients, round(plan.minutes * 60 * PROBES_A_SECOND / 2) + 1 + FIRST * kafka.partitions)
    with live_ward(kafka, patients=plan.patients, rate=rate, seed=plan.seed, spared=spared, workers=1, say=say) as live:
        probes = Probes(live.kafka, range(spared), a_second=PROBES_A_SECOND, seed=plan.seed)
        with pager(live.kafka) if plan.to_pager else nullcontext() as calls:
            return asyncio.run(_probed(live, probes, calls, plan.minutes * 60, say))


async def _probed(live: LiveWard, probes: Probes, calls: Calls | None, seconds: float, say: Say) -> AtRate:
    # A patient who was just restored is first made whole, which takes the long way.
    await asyncio.to_thread(caught_up, live.graders, live.rate)
    ended = asyncio.Event()
    probing = asyncio.ensure_future(probes.run(ended))
    began_s, before = monotonic(), live.written()
    while (passed_s := monotonic() - began_s) < seconds and not probing.done():
        await asyncio.sleep(min(SAY_EVERY_S, seconds - passed_s))
        live.graders[0].must_live()
        say(f"{live.rate:,.0f}/s, {monotonic() - began_s:.0f} s: {len(probes.paged)} probes paged")
    after, took_s = live.written(), monotonic() - began_s
    ended.set()
    await probing
    achieved = (after.observations - before.observations) / took_s
    called_s = None if calls is None else await _called(probes, calls)
    return AtRate(round(live.rate), achieved, after.own_s, probes.paged, probes.unanswered, called_s)


async def _called(probes: Probes, calls: Calls) -> list[float]:
    """How long each probe that paged took to reach the pager; the last ones are waited for."""
    deadline_s = monotonic() + CALLED_WITHIN_S
    while not all(one.escalation_id in calls.first_s for one in probes.paged) and monotonic() < deadline_s:
        await asyncio.sleep(0.1)
    arrived_s = calls.first_s
    return [arrived_s[one.escalation_id] - one.written_s for one in probes.paged if one.escalation_id in arrived_s]
