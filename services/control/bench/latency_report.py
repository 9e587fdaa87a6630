"""What a measurement of latency found: percentiles a rate, and what must not be."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from services.control.bench.probes import Paged
from services.control.bench.report import Plot, Report, Series
from services.control.bench.results import table

SLOWEST = 10  # are told one by one: a stall shows as neighbours
PERCENTILES = ("p50_ms", "p99_ms", "max_ms")


class AtRate(NamedTuple):
    """One run.

    Attributes:
        achieved: background records a second that were really written.
        behind_s: how late the last of them was written.
        unanswered: probes that never paged.
        called_s: of those that paged, seconds until a pager was called; None where there was no pager.
    """

    rate: int
    achieved: float
    behind_s: float
    paged: Sequence[Paged]
    unanswered: int
    called_s: Sequence[float] | None = None


def latency_report(runs: Sequence[AtRate]) -> Report:
    """A row a rate; of a pager, where there was one, a second row below it."""
    heads = ("background a second", "written", "probes", *(name.replace("_", " ") for name in PERCENTILES), "never")
    figures = [_figures(run) for run in runs]
    rows = [row for one in figures for row in _rows(one)]
    series = [
        Series(name.partition("_")[0], [run.rate for run in runs], [one[name] for one in figures])
        for name in PERCENTILES
    ]
    plot = Plot("Bedside event to escalation on the topic", "background records a second", "ms", series)
    return Report(table(heads, rows), {"rates": figures}, plot, [sentence for run in runs for sentence in _wrong(run)])


def percentile_ms(found: Sequence[float], share: float) -> float:
    """The smallest of the values that so many of them do not exceed, in milliseconds; all of them are in seconds."""
    ordered = sorted(found)
    return ordered[max(0, -(-len(ordered) * round(share * 1000) // 1000) - 1)] * 1000


def _figures(run: AtRate) -> dict[str, Any]:
    found = {
        "rate": run.rate,
        "achieved": run.achieved,
        "behind_s": run.behind_s,
        "probes": len(run.paged) + run.unanswered,
        "unanswered": run.unanswered,
        **_percentiles([one.took_s for one in run.paged]),
        "slowest": [
            {"kind": one.kind, "after_s": one.written_s - run.paged[0].written_s, "took_ms": one.took_s * 1000}
            for one in sorted(run.paged, key=lambda one: -one.took_s)[:SLOWEST]
        ],
    }
    if run.called_s is not None:
        found["pager"] = {"uncalled": _uncalled(run), **_percentiles(run.called_s)}
    return found


def _percentiles(took_s: Sequence[float]) -> dict[str, float]:
    took_s = took_s or [float("nan")]
    return dict(zip(PERCENTILES, (percentile_ms(took_s, share) for share in (0.5, 0.99, 1)), strict=True))


def _rows(one: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    yield (
        f"{one['rate']:,}", f"{one['achieved']:,.0f}", f"{one['probes']:,}",
        *(f"{one[name]:,.1f}" for name in PERCENTILES), f"{one['unanswered']}",
    )  # fmt: skip
    if (called := one.get("pager")) is not None:
        yield ("to the pager", "", "", *(f"{called[name]:,.1f}" for name in PERCENTILES), f"{called['uncalled']}")


def _wrong(run: AtRate) -> Iterator[str]:
    if run.unanswered:
        yield f"At {run.rate:,}/s {run.unanswered} probes never paged."
    if run.called_s is not None and _uncalled(run):
        yield f"At {run.rate:,}/s nobody was called for {_uncalled(run)} probes that paged."
    if run.behind_s > 1:
        yield f"At {run.rate:,}/s the background was {run.behind_s:.1f} s behind: this machine cannot write it."


def _uncalled(run: AtRate) -> int:
    return len(run.paged) - len(run.called_s or ())
