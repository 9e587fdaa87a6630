"""Draws what a measurement found: bars or lines, as SVG or PNG, with a plotter that only a bench needs."""

from pathlib import Path
from typing import Any

from services.control.bench import optional_packages
from services.control.bench.report import Plot

INCHES = (8.0, 4.5)


def draw(plot: Plot, target: Path) -> None:
    """Write the file; its ending says which kind."""
    optional_packages.use()
    import matplotlib as library

    library.use("Agg")
    from matplotlib.figure import Figure

    figure = Figure(figsize=INCHES, layout="constrained")
    axes = figure.subplots()
    if all(isinstance(place, str) for series in plot.series for place in series.x):
        _bars(axes, plot)
    else:
        _lines(axes, plot)
    axes.set_title(plot.title)
    figure.savefig(target)


def _bars(axes: Any, plot: Plot) -> None:
    """One bar a name, from top to bottom, each with its figure."""
    for series in plot.series:
        bars = axes.barh(list(series.x), list(series.y), color="#3b6ea5")
        axes.bar_label(bars, labels=[f"{value:,.0f}" for value in series.y], padding=3)
    axes.invert_yaxis()
    axes.margins(x=0.15)
    axes.set_xlabel(plot.y_label)


def _lines(axes: Any, plot: Plot) -> None:
    """One line a series."""
    for series in plot.series:
        axes.plot(list(series.x), list(series.y), marker="o", label=series.name)
    axes.set_ylim(bottom=0)
    axes.set_xlabel(plot.x_label)
    axes.set_ylabel(plot.y_label)
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
