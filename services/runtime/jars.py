"""The broker's jars: pinned by checksum in deploy/kafka-jars.txt, fetched once, kept in the user's cache."""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from services.runtime.speech import Say, silent

ATTEMPTS = 3


class WrongChecksum(RuntimeError):
    """A jar is not the one that was pinned; nothing of it is run."""


class NoJars(RuntimeError):
    """The jars are neither in the cache nor to be had."""


class Jar(NamedTuple):
    """One pinned artefact."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def file(self) -> str:
        """Its name in the cache."""
        return f"{self.artifact}-{self.version}.jar"


Fetch = Callable[[Jar, Path], Path]


def pinned_jars() -> tuple[Jar, ...]:
    """What deploy/kafka-jars.txt lists, in its order."""
    lines = files("deploy").joinpath("kafka-jars.txt").read_text().splitlines()
    rows = (line.replace(":", " ").split() for line in lines if line and not line.startswith("#"))
    return tuple(Jar(*row) for row in rows)


def cache_folder() -> Path:
    """Where downloads are kept between runs; deleting it costs only time."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "crswatch"


def fetch_jar(jar: Jar, folder: Path) -> Path:
    """Download one jar with jgo, in pure Python, into a folder laid out as jgo wants it."""
    from jgo.config import GlobalSettings  # here: a fifth of a second, and a warm cache needs none of it
    from jgo.maven import MavenContext

    context = MavenContext(repo_cache=folder, timeout=30)
    # A hospital without a way out names its mirror in jgo's own settings file; the checksums hold there too.
    context.remote_repos = GlobalSettings.load().repositories | context.remote_repos
    return Path(context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve())


def kafka_classpath(
    *, jars: Iterable[Jar] | None = None, folder: Path | None = None, fetch: Fetch = fetch_jar, say: Say = silent
) -> str:
    """Every pinned jar as a Java class path, each checked on every call; missing ones are downloaded first.

    Raises:
        WrongChecksum: a jar, kept or downloaded, is not the pinned one.
        NoJars: the download failed.
    """
    wanted = tuple(pinned_jars() if jars is None else jars)
    folder = folder or cache_folder() / "kafka-jars"
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder, say):
        missing = [jar for jar in wanted if not (folder / jar.file).exists()]
        if missing:
            say(f"Downloading Apache Kafka, once: {len(missing)} of {len(wanted)} jars, about 45 MB, to {folder}")
            _download(missing, folder, fetch)
        for jar in wanted:
            _verify(folder / jar.file, jar, "Delete that file, and it is downloaded again.")
    return os.pathsep.join(str(folder / jar.file) for jar in wanted)


def _download(jars: list[Jar], folder: Path, fetch: Fetch) -> None:
    """Fetch into a draft folder, check, and only then move: the cache never holds half a file."""
    with tempfile.TemporaryDirectory(prefix="draft-", dir=folder) as draft, ThreadPoolExecutor(8) as pool:
        for jar, fetched in zip(jars, pool.map(lambda jar: _fetched(jar, Path(draft), fetch), jars), strict=True):
            _verify(fetched, jar, "The download was damaged or replaced on its way; it was thrown away.")
            fetched.replace(folder / jar.file)


def _fetched(jar: Jar, draft: Path, fetch: Fetch) -> Path:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return fetch(jar, draft / f"{jar.file}-{attempt}")
        except (OSError, RuntimeError) as fault:  # what requests and jgo raise
            last = fault
    raise NoJars(
        f"{jar.file} could not be downloaded in {ATTEMPTS} tries ({type(last).__name__}). It is needed once, for the "
        "local Kafka: check the connection to the Java package registry, and the settings of a proxy if there is one "
        "(HTTPS_PROXY, and REQUESTS_CA_BUNDLE where it signs with an authority of its own)."
    ) from last


def _verify(file: Path, jar: Jar, cure: str) -> None:
    with file.open("rb") as body:
        found = hashlib.file_digest(body, "sha256").hexdigest()
    if found != jar.sha256:
        raise WrongChecksum(
            f"{file} is not the {jar.file} that deploy/kafka-jars.txt pins: its SHA-256 is {found[:12]}..., "
            f"not {jar.sha256[:12]}.... Kafka was not started. {cure}"
        )


@contextmanager
def _alone(folder: Path, say: Say) -> Iterator[None]:
    """One process at a time in the cache; the lock goes with the process, however it ends."""
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another process that is downloading Apache Kafka")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
