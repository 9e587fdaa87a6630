"""Keeps the processes of a ward running: starts them, starts them again when they end, stops them in order.

Nothing here knows what the processes do. A process that ends for whatever reason is started again, later
each time it fails (services/control/restart.py), and never given up: a ward without its grader is worse
than a grader that needs a hundred starts.
"""

import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.control.restart import Backoff
from services.control.speech import Say
from services.control.stopping import undisturbed
from services.runtime import processes

STOP_ONE_WITHIN_S = 6.0
STOP_ALL_WITHIN_S = 20.0


@dataclass(frozen=True, slots=True)
class Command:
    """What to run and keep running. `environment` is all the process gets to see."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]


class Kept:
    """One process that is kept running. Its output is appended to a file of its own."""

    def __init__(self, command: Command, log: Path) -> None:
        self.command = command
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.wanted = False
        self.restarts = 0
        self._backoff = Backoff()
        self._started_s = 0.0
        self._due_s = 0.0

    def start(self) -> None:
        """Start it now, and from now on again whenever it ends."""
        self.wanted = True
        self._started_s = time.monotonic()
        with self.log.open("ab") as log, undisturbed():
            self.process = processes.start(
                self.command.argv, env=self.command.environment, stdout=log, stderr=subprocess.STDOUT
            )

    def tend(self, say: Say) -> None:
        """Notice an end, and start again when that is due. Does not wait."""
        now_s = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            ran_s = now_s - self._started_s
            self._backoff = self._backoff.after_run(ran_s)
            self._due_s = now_s + self._backoff.delay_s
            say(self._obituary(self.process.returncode, ran_s))
            processes.forget(self.process)
            self.process = None
        if self.wanted and self.process is None and now_s >= self._due_s:
            self.restarts += 1
            self.start()

    def stop(self, within_s: float) -> bool:
        """Ask it to end, and make it; whether asking was enough."""
        self.wanted = False
        process, self.process = self.process, None
        return process is None or processes.stop(process, within_s=max(0.0, within_s)) != -signal.SIGKILL

    def _obituary(self, code: int, ran_s: float) -> str:
        how = f"was killed ({signal.Signals(-code).name})" if code < 0 else f"ended with exit code {code}"
        return (
            f"{self.command.name} {how} after {ran_s:.1f} s; starting it again in {self._backoff.delay_s:.2g} s"
            f" (log: {self.log})"
        )


class Supervisor:
    """The processes of one ward, in starting order; as a context manager it stops them on leaving.

    Call it from the main thread: where the operating system ties a child's life to its parent, it is to
    the thread that started it.

    Args:
        commands: what to keep running, in the order to start them; stopping goes backwards.
        logs: folder for one log file a process; made if it is not there.
        say: told in a sentence about every end, start and forced stop.
    """

    def __init__(self, commands: Sequence[Command], *, logs: Path, say: Say) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self.kept = {command.name: Kept(command, logs / f"{command.name}.log") for command in commands}
        self._say = say

    def start(self, *names: str) -> None:
        """Start these processes, or every one that does not run yet."""
        for name in names or self.kept:
            if not self.kept[name].wanted:
                self.kept[name].start()

    def tend(self) -> None:
        """One round: restart what ended. Call it several times a second."""
        for kept in self.kept.values():
            kept.tend(self._say)

    def stop(self) -> None:
        """Stop everything, last started first, within `STOP_ALL_WITHIN_S` whatever the processes do."""
        deadline_s = time.monotonic() + STOP_ALL_WITHIN_S
        for name, kept in reversed(self.kept.items()):
            left_s = deadline_s - time.monotonic()
            if not kept.stop(min(STOP_ONE_WITHIN_S, left_s)):
                self._say(f"{name} did not stop when asked and was killed (log: {kept.log})")

    def __enter__(self) -> "Supervisor":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
