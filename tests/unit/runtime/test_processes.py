"""A child never outlives the one who started it, whatever happened to that one."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from services.runtime import processes
from tests.waiting import eventually

SLEEPER = [sys.executable, "-c", "import signal; signal.pause()"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True)\nwhile True: signal.pause()",
]

PARENT = """
import signal, sys, threading
from services.runtime import processes
{before}
sleeper = [sys.executable, "-c", "import signal; signal.pause()"]
children = []
def start(): children.append(processes.start(sleeper))
{how}
print(children[0].pid, processes._guard._process.pid, flush=True)
signal.pause()
"""
BRIEF = """
import sys
from services.runtime import processes
print(processes.start([sys.executable, "-c", "import signal; signal.pause()"]).pid)
"""
FAMILY = """
import signal, subprocess, sys
print(subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]).pid, flush=True)
signal.pause()
"""
ABANDON = """
import os, signal, subprocess, sys
from services.runtime import processes
processes.start([sys.executable, "-c", "import signal; signal.pause()"], stdout=-3, stderr=-3)
os.kill(os.getpid(), signal.SIGKILL)
"""
BUSY = """
import os, sys, threading
def write():
    while True: os.write(1, b"x")
for _ in range(4): threading.Thread(target=write).start()
"""
FROM_MAIN = "start()"
FROM_A_THREAD = "thread = threading.Thread(target=start); thread.start(); thread.join()"
NO_PRCTL = "processes._dying_with_parent = lambda argv: argv"


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def parent_of_one(how: str, before: str = "") -> tuple[subprocess.Popen, int, int]:
    parent = subprocess.Popen([sys.executable, "-c", PARENT.format(how=how, before=before)], stdout=subprocess.PIPE)
    child, guard = (int(word) for word in parent.stdout.readline().split())
    assert lives(child)
    return parent, child, guard


def end(parent: subprocess.Popen) -> None:
    parent.kill()
    parent.wait()
    parent.stdout.close()


@pytest.mark.parametrize(
    ("how", "before"),
    [
        pytest.param(FROM_MAIN, "", id="kernel and guard"),
        pytest.param(FROM_MAIN, NO_PRCTL, id="guard alone, as on other systems"),
        pytest.param(FROM_A_THREAD, "", id="from a thread that ended"),
    ],
)
def test_a_killed_parent_leaves_nothing(how, before):
    parent, child, guard = parent_of_one(how, before)

    end(parent)

    eventually(lambda: not lives(child), what="the child ended")
    eventually(lambda: not lives(guard), what="the guard ended")


def test_without_its_guard_the_kernel_still_ends_the_child():
    parent, child, guard = parent_of_one(FROM_MAIN)
    os.kill(guard, signal.SIGKILL)

    end(parent)

    eventually(lambda: not lives(child), what="the child ended")


def test_the_end_of_the_thread_that_started_it_does_not_end_the_child():
    parent, child, _ = parent_of_one(FROM_A_THREAD)
    try:
        assert lives(child)
    finally:
        end(parent)


def test_a_parent_that_ends_by_itself_leaves_nothing():
    ended = subprocess.run([sys.executable, "-W", "ignore", "-c", BRIEF], capture_output=True, text=True, check=True)

    eventually(lambda: not lives(int(ended.stdout)), what="the child ended")


def test_stop_asks_first():
    child = processes.start(SLEEPER)

    assert processes.stop(child) == -signal.SIGTERM


def test_stop_insists():
    child = processes.start(STUBBORN, stdout=subprocess.PIPE)
    child.stdout.readline()

    assert processes.stop(child, within_s=0.2) == -signal.SIGKILL
    child.stdout.close()


def test_stop_reaches_a_paused_child():
    child = processes.start(SLEEPER)
    processes.pause(child)

    assert processes.stop(child) == -signal.SIGTERM


@pytest.mark.skipif(not hasattr(os, "waitid"), reason="a Mac before Python 3.13 cannot wait for a child that stops")
def test_a_paused_child_does_nothing_more_until_it_is_resumed(tmp_path):
    written = tmp_path / "written"
    with written.open("wb") as output:
        child = processes.start([sys.executable, "-c", BUSY], stdout=output)
        try:
            eventually(lambda: written.stat().st_size, what="it writes")
            for _ in range(20):
                processes.pause(child)
                paused_at = written.stat().st_size
                for _ in range(1_000):
                    assert written.stat().st_size == paused_at
                processes.resume(child)
                eventually(lambda at=paused_at: written.stat().st_size > at, what="it writes on")
        finally:
            processes.kill(child)


@pytest.mark.skipif(not hasattr(os, "waitid"), reason="nor see that one ended without taking note of it")
def test_a_child_that_has_ended_is_not_waited_for_to_stop():
    child = processes.start([sys.executable, "-c", ""])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # nobody has noticed its end yet

    processes.pause(child)

    assert processes.kill(child) == 0


def test_kill_takes_what_the_child_started():
    child = processes.start([sys.executable, "-c", FAMILY], stdout=subprocess.PIPE)
    grandchild = int(child.stdout.readline())

    processes.kill(child)

    eventually(lambda: not lives(grandchild), what="the grandchild ended")
    child.stdout.close()


def test_ctrl_c_in_the_terminal_does_not_reach_a_child():
    child = processes.start(SLEEPER)
    try:
        assert os.getpgid(child.pid) != os.getpgid(0)
        assert os.getsid(child.pid) != os.getsid(0)
    finally:
        processes.kill(child)


def test_a_child_that_was_stopped_is_forgotten():
    child = processes.start(SLEEPER)
    processes.stop(child)

    assert child.pid not in processes._guard._children


def test_a_program_that_does_not_exist_ends_with_a_sentence():
    child = processes.start(["no-such-program"], stderr=subprocess.PIPE)

    assert b"no-such-program could not be started" in child.stderr.read()
    assert processes.kill(child) == 1
    child.stderr.close()


def test_the_guard_keeps_no_output_of_ours_open():
    ended = subprocess.run([sys.executable, "-W", "ignore", "-c", ABANDON], capture_output=True, timeout=20)

    assert ended.returncode == -signal.SIGKILL


def test_a_number_that_may_be_a_strangers_by_now_is_not_killed():
    ended, stranger = processes.start([sys.executable, "-c", ""]), processes.start(SLEEPER)
    ended.wait()
    ended.pid = stranger.pid  # what the system may do, in one line

    assert processes.kill(ended) == 0
    assert lives(stranger.pid)
    processes.kill(stranger)
