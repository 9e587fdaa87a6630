"""What the machine brings: Python, Java, Kafka's jars, the built board, free ports, disk, clock."""

import hashlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from services.control.findings import Finding, good, note, wrong
from services.control.running import wanted_ports
from services.control.ward import SERVICES
from services.runtime.jars import Jar, cache_folder, pinned_jars
from services.runtime.java import NoJava, find_java
from services.runtime.ports import is_free

PYTHONS = ((3, 11), (3, 14))
DISK_BYTES = 2 * 1024**3
# No clock can rightly show a time before this software was written.
RELEASED = datetime(2026, 1, 1, tzinfo=UTC)


def machine_findings(environment: dict[str, str]) -> Iterator[Finding]:
    """All findings about this machine."""
    yield python_finding(sys.version_info[:2])
    yield java_finding()
    yield jars_finding(pinned_jars(), cache_folder() / "kafka-jars")
    yield board_finding(Path(__file__).parents[1] / "dashboard" / "static" / "index.html")
    yield disk_finding(shutil.disk_usage(tempfile.gettempdir()).free)
    yield clock_finding(datetime.now(UTC))
    yield ports_finding(wanted_ports(environment))


def python_finding(version: tuple[int, ...]) -> Finding:
    """Whether this Python is one that crswatch is made for."""
    here = ".".join(map(str, version))
    if PYTHONS[0] <= version < PYTHONS[1]:
        return good("Python", f"version {here}")
    return wrong("Python", f"version {here} is not supported: use 3.11, 3.12 or 3.13.")


def java_finding() -> Finding:
    """Which Java a local Kafka would run on."""
    try:
        return good("Java", f"{find_java()}, for a local Kafka")
    except NoJava as why:
        return wrong("Java", str(why))


def jars_finding(jars: tuple[Jar, ...], folder: Path) -> Finding:
    """Whether Kafka's jars are in the cache, and are the pinned ones."""
    missing = [jar for jar in jars if not (folder / jar.file).exists()]
    damaged = [jar.file for jar in jars if jar not in missing and _sha256(folder / jar.file) != jar.sha256]
    if damaged:
        return wrong(
            "Kafka jars", f"{', '.join(damaged)} in {folder} are not the pinned ones: delete them to fetch them again."
        )
    if missing:
        return note(
            "Kafka jars", f"{len(missing)} of {len(jars)} are not cached; a local Kafka fetches them once (45 MB)."
        )
    return good("Kafka jars", f"all {len(jars)} are in {folder} and have the pinned checksums")


def board_finding(page: Path) -> Finding:
    """Whether the board's front end is built."""
    if page.exists():
        return good("Board", "its front end is built")
    return wrong("Board", "its front end is not built: run `python -m services.dashboard.build`.")


def disk_finding(free_bytes: int) -> Finding:
    """Whether Kafka and the ledger have room."""
    free = f"{free_bytes / 1024**3:.1f} GiB free for temporary files"
    return good("Disk", free) if free_bytes >= DISK_BYTES else wrong("Disk", f"only {free}: Kafka wants 2 GiB.")


def clock_finding(now: datetime) -> Finding:
    """Whether the clock can be right. Lateness and staleness are judged against Kafka's clock, and people read ours."""
    if now < RELEASED:
        return wrong("Clock", f"it shows {now:%Y-%m-%d %H:%M} UTC, which is in the past: set it.")
    return good("Clock", f"{now:%Y-%m-%d %H:%M:%S} UTC")


def ports_finding(ports: dict[str, int]) -> Finding:
    """Whether the ports of the services are free. Taken ones may be a ward that runs."""
    taken = [f"{port} ({SERVICES[name].title})" for name, port in ports.items() if not is_free(port)]
    if taken:
        return note("Ports", f"taken: {', '.join(taken)}. If that is not a running ward, the demo will choose others.")
    return good("Ports", f"{', '.join(map(str, ports.values()))} are free")


def _sha256(file: Path) -> str:
    with file.open("rb") as body:
        return hashlib.file_digest(body, "sha256").hexdigest()
