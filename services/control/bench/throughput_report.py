"""The rounds of a throughput measurement as a table and as figures."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from services.control.bench.equality import Compared
from services.control.bench.measuring import Measured
from services.control.bench.report import Plot, Report, Series
from services.control.bench.results import spread, table

OURS, STEP = "crswatch", "step"
TITLES = {
    OURS: "crswatch grader, everything on",
    STEP: "the engine alone (step)",
    "faust": "Faust agent with a Table",
    "quix": "Quix Streams with its state",
    "bare": "aiokafka + pydantic, nothing graded",
}
HEADS = ("contestant", "per CPU-second", "least", "most", "per second", "CPU us each", "peak MB", "ours is")


class Round(NamedTuple):
    """Every contestant's figures in one round, and how the grader's outputs compare."""

    measured: Mapping[str, Measured]
    compared: Compared
    outputs: int


def throughput_report(rounds: Sequence[Round]) -> Report:
    """Medians over the rounds, with their spread."""
    names = list(rounds[0].measured)
    wrong = [sentence for one in rounds for sentence in one.compared.different]
    lines = table(HEADS, [_row(name, rounds) for name in names])
    lines += [*_apart(rounds), _equality(rounds)]
    plot = Plot(
        "Observations per CPU-second",
        "",
        "per CPU-second",
        [Series("median", [TITLES[name] for name in names], [_per_processor_s(name, rounds) for name in names])],
    )
    return Report(lines, {"rounds": [_figures(one) for one in rounds]}, plot, wrong)


def _row(name: str, rounds: Sequence[Round]) -> Sequence[str]:
    per_s = spread(one.measured[name].per_processor_s for one in rounds)
    wall = spread(one.measured[name].per_wall_s for one in rounds)
    peak = max(one.measured[name].peak_bytes for one in rounds)
    ratio = _per_processor_s(OURS, rounds) / per_s.median
    shown = (per_s.median, per_s.least, per_s.most)
    # The engine alone decodes between its timed slices: its time on the wall says nothing.
    a_second = "-" if name == STEP else f"{wall.median:,.0f}"
    return (
        TITLES[name],
        *(f"{value:,.0f}" for value in shown),
        a_second,
        f"{1e6 / per_s.median:.2f}",
        f"{peak / 1e6:,.0f}",
        f"{ratio:.2f} x",
    )


def _apart(rounds: Sequence[Round]) -> list[str]:
    """Shell and step apart, where the engine was measured alone."""
    if STEP not in rounds[0].measured:
        return []
    whole, step = (spread(one.measured[name].processor_us for one in rounds).median for name in (OURS, STEP))
    return [
        f"Of {whole:.2f} us an observation the engine takes {step:.2f}, the shell around it (fetching, decoding, "
        f"checkpoints, outputs) {whole - step:.2f}."
    ]


def _equality(rounds: Sequence[Round]) -> str:
    patients = sum(one.compared.patients for one in rounds)
    expected = sum(one.compared.outputs for one in rounds)
    different = sum(len(one.compared.different) for one in rounds)
    verdict = (
        "all equal to the plain replay" if not different else f"{different} sequences DIFFER from the plain replay"
    )
    outputs = sum(one.outputs for one in rounds)
    return f"{outputs:,} outputs; compared: {expected:,} of {patients:,} patients, {verdict}."


def _per_processor_s(name: str, rounds: Sequence[Round]) -> float:
    return spread(one.measured[name].per_processor_s for one in rounds).median


def _figures(one: Round) -> dict[str, Any]:
    return {
        "contestants": {
            name: measured._asdict() | {"per_processor_s": measured.per_processor_s, "per_wall_s": measured.per_wall_s}
            for name, measured in one.measured.items()
        },
        "outputs": one.outputs,
        "compared": one.compared._asdict(),
    }
