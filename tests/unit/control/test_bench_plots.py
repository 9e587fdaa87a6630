"""Plots of `crswatch bench`, where the plotter is installed (`make peers`)."""

import subprocess
import sys

import pytest

from services.control.bench import optional_packages
from services.control.bench.report import Plot, Series

DRAW = """
import sys
from pathlib import Path
from services.control.bench.plotting import draw
from services.control.bench.report import Plot, Series
draw(eval(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.mark.skipif(not (optional_packages.FOLDER / "matplotlib").is_dir(), reason="needs: make peers")
@pytest.mark.parametrize(
    "plot",
    [
        Plot("Bytes a patient", "", "bytes", [Series("bytes", ["memory", "checkpoint"], [6000.0, 1000.0])]),
        Plot("Latency", "a second", "ms", [Series("p50", [1, 5], [6.0, 7.0]), Series("p99", [1, 5], [9.0, 20.0])]),
    ],
)
def test_bars_and_lines_are_drawn_with_their_title(plot, tmp_path):
    # In a process of its own: it would leave its search path behind in ours.
    target = tmp_path / "found.svg"
    subprocess.run([sys.executable, "-c", DRAW, repr(plot), str(target)], check=True, timeout=120)

    assert "<svg" in target.read_text()
