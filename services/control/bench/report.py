"""What every measurement hands back to the command."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Series(NamedTuple):
    """One line or row of bars of the plot."""

    name: str
    x: Sequence[Any]
    y: Sequence[float]


class Plot(NamedTuple):
    """What to draw: bars where `x` holds names, lines where it holds numbers."""

    title: str
    x_label: str
    y_label: str
    series: Sequence[Series]


class Report(NamedTuple):
    """The end of a measurement.

    Attributes:
        lines: for the terminal.
        found: for the JSON file.
        plot: the figures to draw.
        wrong: what must not be, in sentences; the exit code is 1 where there is any.
    """

    lines: Sequence[str]
    found: Mapping[str, Any]
    plot: Plot
    wrong: Sequence[str] = ()
