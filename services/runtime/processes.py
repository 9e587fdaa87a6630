"""Child processes that never outlive us, however we end.

Two things see to it. On Linux the kernel kills the child when the thread that started it ends, so this is asked for
only from the main thread. Everywhere, one guard process holds the other end of a pipe from us: when it closes, we are
gone, and the guard kills the children it was told of. Each child leads a session of its own: Ctrl-C reaches only us,
and what a child starts dies with it.
"""

import atexit
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

_HERE = Path(__file__).parent
_BARE = ("-I", "-S")  # no site packages, nothing from the environment: these two scripts start in milliseconds
Output = int | IO[bytes] | None


class _Guard:
    """Our end of the pipe to the guard process; starts it with the first child, and again should it die."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._children: set[int] = set()

    def watch(self, pid: int) -> None:
        with self._lock:
            self._children.add(pid)
            self._tell(f"+{pid}")

    def forget(self, pid: int) -> None:
        with self._lock:
            if pid in self._children:
                self._children.discard(pid)
                self._tell(f"-{pid}")

    def close(self) -> None:
        """Let the guard go; it ends what we left running."""
        with self._lock:
            if self._process is not None:
                cast(IO[bytes], self._process.stdin).close()
                self._process.wait()
                self._process = None

    def _tell(self, word: str) -> None:
        if self._process is None or self._process.poll() is not None:
            self._process = _start_guard()
            word = "\n".join(f"+{pid}" for pid in self._children)
        with suppress(BrokenPipeError):  # it died this instant; the next word starts another
            cast(IO[bytes], self._process.stdin).write(f"{word}\n".encode())


_guard = _Guard()
atexit.register(_guard.close)


def start(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdout: Output = None,
    stderr: Output = None,
) -> subprocess.Popen[bytes]:
    """Start a child that dies when we do, also when we are killed.

    Call `stop` (or `forget` once it ended by itself), so that nobody kills a stranger who got its process id later.
    """
    child = subprocess.Popen(
        _dying_with_parent([str(word) for word in argv]),
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,
    )
    _guard.watch(child.pid)
    return child


def stop(child: subprocess.Popen[bytes], *, within_s: float = 10.0) -> int:
    """Ask the child to end, kill it and all it started when it does not in time, and return its exit code."""
    if child.poll() is None:
        child.send_signal(signal.SIGCONT)  # a paused process would not hear us
        child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(within_s)
    return kill(child)


def kill(child: subprocess.Popen[bytes]) -> int:
    """End the child and all it started at once, unless it ended already, and return its exit code."""
    signal_group(child, signal.SIGKILL)
    code = child.wait()
    forget(child)
    return code


def signal_group(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal to a running child and to all it started; one that has ended gets none."""
    # Once its end was noticed, its number is free, and a stranger may lead a group of that number by now.
    if child.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, number)


def pause(child: subprocess.Popen[bytes]) -> None:
    """Freeze a running child and all it started; once this returns, the child does nothing more."""
    signal_group(child, signal.SIGSTOP)
    # A busy process of many threads goes on for milliseconds after the signal was sent.
    if child.returncode is None and hasattr(os, "waitid"):  # not on a Mac before Python 3.13
        os.waitid(os.P_PID, child.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)


def resume(child: subprocess.Popen[bytes]) -> None:
    """Let a child and all it started go on after `pause`."""
    signal_group(child, signal.SIGCONT)


def forget(child: subprocess.Popen[bytes]) -> None:
    """The child has ended; its process id may soon belong to another."""
    _guard.forget(child.pid)


def _dying_with_parent(argv: list[str]) -> list[str]:
    """The same command, with a word to the kernel first where the kernel would listen."""
    if not sys.platform.startswith("linux") or threading.current_thread() is not threading.main_thread():
        return argv
    return [sys.executable, *_BARE, str(_HERE / "launch.py"), str(os.getpid()), *argv]


def _start_guard() -> subprocess.Popen[bytes]:
    # Nothing of ours stays open in it: whoever reads our output would wait for it to end as well.
    return subprocess.Popen(
        [sys.executable, *_BARE, _HERE / "guard.py"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        start_new_session=True,
    )
