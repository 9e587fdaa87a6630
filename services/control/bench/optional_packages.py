"""What only a bench needs and the product never: peers, a profiler, a plotter. Installed apart, by `make peers`."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from services.control.refusal import WRONG_USE, Refusal

FOLDER = Path(sys.prefix) / "bench"
HOW = "install what only a bench needs with: make peers"


def require(package: str, purpose: str) -> None:
    """Raises a Refusal where a package is neither here nor in the folder beside ours."""
    if find_spec(package) is None and not (FOLDER / package).is_dir():
        raise Refusal(f"{purpose} needs {package}, which is not installed; {HOW}.", code=WRONG_USE)


def program(name: str, purpose: str) -> Path:
    """The path of a program that came with a package."""
    for folder in (FOLDER / "bin", Path(sys.prefix) / "bin", *map(Path, os.get_exec_path())):
        if (found := folder / name).is_file():
            return found
    raise Refusal(f"{purpose} needs {name}, which is not installed; {HOW}.", code=WRONG_USE)


def use() -> None:
    """Make the folder importable, behind everything of ours: both sides run the same pydantic."""
    sys.path.append(str(FOLDER))
