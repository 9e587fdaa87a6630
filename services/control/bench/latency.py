"""`crswatch bench latency`: from a bedside event to its escalation on the topic, under several loads."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, NamedTuple

from services.control.bench.grader_run import caught_up
from services.control.bench.live_ward import LiveWard, live_ward
from services.control.bench.probes import FIRST, Paged, Probes
from services.control.bench.report import Plot, Report, Series
from services.control.bench.results import table
from services.runtime.settings import KafkaSettings
from services.runtime.speech import Say

PROBES_A_SECOND = 5.0
SAY_EVERY_S = 30.0
SLOWEST = 10  # are told one by one: a stall shows as neighbours


@dataclass(frozen=True, slots=True)
class LatencyPlan:
    """What is asked for: each rate is a run of its own, over fresh topics, for so many minutes."""

    patients: int
    rates: tuple[int, ...]
    minutes: float
    seed: int


class AtRate(NamedTuple):
    """One run.

    Attributes:
        achieved: background records a second that were really written.
        behind_s: how late the last of them was written.
        unanswered: probes that never paged.
    """

    rate: int
    achieved: float
    behind_s: float
    paged: Sequence[Paged]
    unanswered: int


def latency(kafka: KafkaSettings, plan: LatencyPlan, say: Say) -> Report:
    """Measure rate by rate."""
    return _report([_at_rate(kafka, plan, rate, say) for rate in plan.rates])


def _at_rate(kafka: KafkaSettings, plan: LatencyPlan, rate: int, say: Say) -> AtRate:
    # Half as many patients as probes, for each is probed once a kind; no more than there are.
    # And those who go first.
    spared = min(plan.patients, round(plan.minutes * 60 * PROBES_A_SECOND / 2) + 1 + FIRST * kafka.partitions)
    with live_ward(kafka, patients=plan.patients, rate=rate, seed=plan.seed, spared=spared, workers=1, say=say) as live:
        probes = Probes(live.kafka, range(spared), a_second=PROBES_A_SECOND, seed=plan.seed)
        return asyncio.run(_probed(live, probes, rate, plan.minutes * 60, say))


async def _probed(live: LiveWard, probes: Probes, rate: int, seconds: float, say: Say) -> AtRate:
    # A patient who was just restored is first made whole, which takes the long way.
    await asyncio.to_thread(caught_up, live.graders, live.rate)
    ended = asyncio.Event()
    probing = asyncio.ensure_future(probes.run(ended))
    began_s, before = monotonic(), live.written()
    while (passed_s := monotonic() - began_s) < seconds and not probing.done():
        await asyncio.sleep(min(SAY_EVERY_S, seconds - passed_s))
        live.graders[0].must_live()
        say(f"{rate:,}/s, {monotonic() - began_s:.0f} s: {len(probes.paged)} probes paged")
    after, took_s = live.written(), monotonic() - began_s
    ended.set()
    await probing
    achieved = (after.observations - before.observations) / took_s
    return AtRate(rate, achieved, after.own_s, probes.paged, probes.unanswered)


def percentile_ms(found: Sequence[float], share: float) -> float:
    """The smallest of the values that so many of them do not exceed, in milliseconds; all of them are in seconds."""
    ordered = sorted(found)
    return ordered[max(0, -(-len(ordered) * round(share * 1000) // 1000) - 1)] * 1000


def _report(runs: Sequence[AtRate]) -> Report:
    heads = ("background a second", "written", "probes", "p50 ms", "p99 ms", "max ms", "never")
    figures = [_figures(run) for run in runs]
    rows = [
        (
            f"{one['rate']:,}", f"{one['achieved']:,.0f}", f"{one['probes']:,}",
            *(f"{one[name]:,.1f}" for name in ("p50_ms", "p99_ms", "max_ms")), f"{one['unanswered']}",
        )
        for one in figures
    ]  # fmt: skip
    series = [
        Series(name, [run.rate for run in runs], [one[f"{name}_ms"] for one in figures])
        for name in ("p50", "p99", "max")
    ]
    plot = Plot("Bedside event to escalation on the topic", "background records a second", "ms", series)
    wrong = [f"At {run.rate:,}/s {run.unanswered} probes never paged." for run in runs if run.unanswered]
    wrong += [
        f"At {run.rate:,}/s the background was {run.behind_s:.1f} s behind its pace: this machine cannot write it."
        for run in runs
        if run.behind_s > 1
    ]
    return Report(table(heads, rows), {"rates": figures}, plot, wrong)


def _figures(run: AtRate) -> dict[str, Any]:
    took = [one.took_s for one in run.paged] or [float("nan")]
    return {
        "rate": run.rate,
        "achieved": run.achieved,
        "behind_s": run.behind_s,
        "probes": len(run.paged) + run.unanswered,
        "unanswered": run.unanswered,
        "p50_ms": percentile_ms(took, 0.5),
        "p99_ms": percentile_ms(took, 0.99),
        "max_ms": max(took) * 1000,
        "slowest": [
            {"kind": one.kind, "after_s": one.written_s - run.paged[0].written_s, "took_ms": one.took_s * 1000}
            for one in sorted(run.paged, key=lambda one: -one.took_s)[:SLOWEST]
        ],
    }
