"""What a measurement found: a table for the terminal, JSON for a file. Medians with the spread of the rounds."""

import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple


class Spread(NamedTuple):
    """A figure over the rounds."""

    median: float
    least: float
    most: float


def spread(values: Iterable[float]) -> Spread:
    """Of at least one value."""
    found = list(values)
    return Spread(median(found), min(found), max(found))


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a Markdown table, aligned so that it reads well on a terminal too."""
    lines = [list(heads), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    shown = [
        "| "
        + " | ".join(_cell(text, width, at) for at, (text, width) in enumerate(zip(line, widths, strict=True)))
        + " |"
        for line in lines
    ]
    rule = (
        "|"
        + "|".join("-" * (width + 2) if at == 0 else "-" * (width + 1) + ":" for at, width in enumerate(widths))
        + "|"
    )
    return [shown[0], rule, *shown[1:]]


def _cell(text: str, width: int, column: int) -> str:
    return text.ljust(width) if column == 0 else text.rjust(width)


def write_json(path: Path, measurement: str, asked: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """Everything, the machine included: a figure without its machine says nothing."""
    whole = {
        "measurement": measurement,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "crswatch": version("crswatch"),
        "machine": machine(),
        "asked": dict(asked),
        **found,
    }
    path.write_text(json.dumps(whole, indent=1, default=str) + "\n", encoding="utf-8")


def machine() -> dict[str, Any]:
    """Where it was measured."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
