"""A Chromium that needs nothing installed: the one of npm's @sparticuz/chromium, unpacked beside its package."""

import ctypes
import json
import os
import subprocess
from pathlib import Path
from typing import NamedTuple

from services.dashboard.build import alone_in, install, node

HERE = Path(__file__).parent
# A short way to the unpacked files: Chromium makes sockets whose path may have 107 characters.
UNPACKED = HERE / "node_modules" / ".chromium"
SCRIPT = """
import chromium from "@sparticuz/chromium";
const path = await chromium.executablePath();
console.log(JSON.stringify({ path, libraries: process.env.LD_LIBRARY_PATH ?? "" }));
"""
# Nothing of this may try to reach the internet, and a test machine has no graphics.
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
)


class Chromium(NamedTuple):
    """Where the browser is, and the environment it starts with."""

    path: str
    environment: dict[str, str]


def chromium() -> Chromium:
    """Install and unpack the browser if needed; a few seconds the first time."""
    install(HERE)
    UNPACKED.mkdir(exist_ok=True)
    with alone_in(UNPACKED):
        return _unpacked()


def _unpacked() -> Chromium:
    # The package unpacks its own copies of system libraries only where it believes to be on this platform.
    environment = os.environ | {"TMPDIR": str(UNPACKED), "AWS_LAMBDA_JS_RUNTIME": "nodejs24.x"}
    said = subprocess.run(
        [node(), "--input-type=module", "--eval", SCRIPT],
        cwd=HERE,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(said.stdout)
    return Chromium(found["path"], _environment(found["libraries"]))


def _environment(libraries: str) -> dict[str, str]:
    environment = dict(os.environ)
    try:
        ctypes.CDLL("libnss3.so")
    except OSError:  # a bare machine: the package's own copies
        environment["LD_LIBRARY_PATH"] = libraries
    fonts = UNPACKED / "fonts.conf"
    folders = (Path("/usr/share/fonts"), UNPACKED / "fonts")
    listed = "".join(f"<dir>{folder}</dir>" for folder in folders)
    fonts.write_text(
        f"<?xml version='1.0'?><fontconfig>{listed}<cachedir>{UNPACKED}/font-cache</cachedir></fontconfig>"
    )
    return environment | {"FONTCONFIG_FILE": str(fonts)}
