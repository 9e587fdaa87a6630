"""A ward of local processes: what `crswatch up` and `crswatch demo` share."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from services.control.readiness import ReadinessWatch, ask
from services.control.speech import Say
from services.control.supervisor import Command, Supervisor
from services.control.ward import SERVICES

ROUND_S = 0.1
READY_WITHIN_S = 90.0


class LocalWard:
    """Services kept running as processes of this machine.

    Args:
        supervisor: of their processes.
        urls: where each answers.
        folder: where `ward.json` says which process is which, for people and tests.
        also: one more round to do each time, such as the broker's.
        say: told what happens.
    """

    def __init__(
        self, supervisor: Supervisor, *, urls: Mapping[str, str], folder: Path, also: Callable[[], None], say: Say
    ) -> None:
        self.urls = urls
        self._supervisor = supervisor
        self._status = folder / "ward.json"
        self._written = ""
        self._also = also
        self._say = say

    def tend(self) -> None:
        """One round: start again what ended."""
        self._also()
        self._supervisor.tend()
        self._write_status()

    def start(self, *names: str) -> dict[str, str]:
        """Start services and wait until they are ready, saying so for each.

        Returns:
            Those that were not ready within `READY_WITHIN_S`, and why; they are kept running all the same.
        """
        self._supervisor.start(*names)
        waiting = dict.fromkeys(names, "")
        deadline_s = time.monotonic() + READY_WITHIN_S
        while waiting and time.monotonic() < deadline_s:
            self.tend()
            for name in list(waiting):
                found = ask(self.urls[name])
                waiting[name] = found.detail
                if found.ready:
                    self._say(f"{SERVICES[name].title.capitalize()} is ready")
                    del waiting[name]
            time.sleep(ROUND_S)
        return waiting

    def keep_running(self, *, until: Callable[[], bool] = lambda: False) -> None:
        """Tend the ward until `until` says so, else until a signal ends it."""
        with ReadinessWatch(self.urls, self._say):
            while not until():
                self.tend()
                time.sleep(ROUND_S)

    def _write_status(self) -> None:
        status = {
            name: {"pid": kept.process and kept.process.pid, "restarts": kept.restarts, "url": self.urls[name]}
            for name, kept in self._supervisor.kept.items()
        }
        text = json.dumps(status, indent=1)
        if text != self._written:
            draft = self._status.with_suffix(".part")
            draft.write_text(text, encoding="utf-8")
            draft.replace(self._status)
            self._written = text


@contextmanager
def local_ward(
    environment: Mapping[str, str],
    *,
    urls: Mapping[str, str],
    folder: Path,
    say: Say,
    also: Callable[[], None] = lambda: None,
) -> Iterator[LocalWard]:
    """The services that `urls` names, not started yet; all are stopped in order on leaving."""
    commands = commands_for(list(urls), environment)
    with Supervisor(commands, logs=folder / "logs", say=say) as supervisor:
        try:
            yield LocalWard(supervisor, urls=urls, folder=folder, also=also, say=say)
        finally:
            say("Stopping the services")


def commands_for(names: Sequence[str], environment: Mapping[str, str]) -> list[Command]:
    """The processes of these services; each sees our own environment and, above it, `environment`."""
    # -P: a folder called `services` where somebody happens to stand must not be taken for ours.
    start = (sys.executable, "-P", "-m")
    seen = {**os.environ, **environment}
    return [Command(name, (*start, service.package), seen) for name, service in SERVICES.items() if name in names]


def wanted_ports(environment: Mapping[str, str]) -> dict[str, int]:
    """The port of each service: what the environment says, else its own."""
    given = {name: environment.get(f"{service.prefix}PORT", "") for name, service in SERVICES.items()}
    return {name: int(given[name]) if given[name].isdecimal() else SERVICES[name].port for name in SERVICES}
