"""What the words of `crswatch bench` may be, each refused in one sentence."""

import argparse
from collections.abc import Callable
from pathlib import Path

from services.control.bench.rivals import RIVALS


def drawn(text: str) -> Path:
    """The file of a plot."""
    if Path(text).suffix not in (".svg", ".png"):
        raise argparse.ArgumentTypeError("must end with .svg or .png")
    return Path(text)


def names(text: str) -> tuple[str, ...]:
    """Contestants, with commas between them."""
    names = () if text == "none" else tuple(text.split(","))
    if unknown := [name for name in names if name not in RIVALS]:
        raise argparse.ArgumentTypeError(f"must be of {', '.join(RIVALS)}, not {unknown[0] or 'nothing'}")
    return names


def rates(text: str) -> tuple[int, ...]:
    """Rates, with commas between them."""
    rate = whole(1, 1_000_000)
    return tuple(rate(part) for part in text.split(","))


def minutes(text: str) -> float:
    """A length in minutes."""
    try:
        minutes = float(text)
    except ValueError:
        minutes = 0.0
    if not 0.1 <= minutes <= 1_440:
        raise argparse.ArgumentTypeError("must be a number of minutes from 0.1 to 1440")
    return minutes


def seconds(text: str) -> float:
    """A length in seconds."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 3_600:
        raise argparse.ArgumentTypeError("must be a number of seconds from 1 to 3600")
    return seconds


def whole(low: int, high: int) -> Callable[[str], int]:
    """Reads a whole number within these limits."""

    def number(text: str) -> int:
        if not text.isdecimal() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"must be a whole number from {low} to {high}")
        return int(text)

    return number
