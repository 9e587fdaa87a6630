import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from services.control.supervisor import Command, Supervisor

SLEEPER = "import time\nprint('up', flush=True)\ntime.sleep(60)"


def python(name: str, code: str) -> Command:
    return Command(name, (sys.executable, "-c", code), dict(os.environ))


def eventually(claim: Callable[[], object], within_s: float = 10.0) -> None:
    deadline_s = time.monotonic() + within_s
    while not claim():
        assert time.monotonic() < deadline_s, "it did not happen in time"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    return False


@pytest.fixture
def said() -> list[str]:
    return []


def supervisor_of(*commands: Command, logs: Path, said: list[str]) -> Supervisor:
    return Supervisor(commands, logs=logs, say=said.append)


def test_a_process_that_ends_is_started_again_and_a_line_says_so(tmp_path, said):
    with supervisor_of(python("toy", "raise SystemExit(3)"), logs=tmp_path, said=said) as supervisor:
        supervisor.start()
        eventually(lambda: supervisor.tend() or supervisor.kept["toy"].restarts >= 2)

    assert "toy ended with exit code 3" in said[0]
    assert "starting it again in 0.25 s" in said[0]
    assert "starting it again in 0.5 s" in said[1]


def test_a_killed_process_comes_back_and_the_others_are_left_alone(tmp_path, said):
    with supervisor_of(python("one", SLEEPER), python("two", SLEEPER), logs=tmp_path, said=said) as supervisor:
        supervisor.start()
        one, two = (supervisor.kept[name].process for name in ("one", "two"))
        one.kill()
        eventually(lambda: supervisor.tend() or supervisor.kept["one"].restarts == 1)

        assert supervisor.kept["one"].process.pid != one.pid
        assert supervisor.kept["two"].process is two
    assert "one was killed (SIGKILL)" in said[0]


def test_what_a_process_says_is_in_a_log_file_of_its_own(tmp_path, said):
    with supervisor_of(python("toy", SLEEPER), logs=tmp_path / "logs", said=said) as supervisor:
        supervisor.start()
        eventually(lambda: (tmp_path / "logs" / "toy.log").read_text() == "up\n")


def test_stopping_ends_the_last_started_first(tmp_path, said):
    order = tmp_path / "order"
    code = textwrap.dedent(f"""
        import signal, sys, time
        def end(*_):
            with open({str(order)!r}, "a") as file:
                print(sys.argv[1], file=file)
            sys.exit(0)
        signal.signal(signal.SIGTERM, end)
        print("up", flush=True)
        time.sleep(60)
    """)
    commands = [Command(n, (sys.executable, "-c", code, n), dict(os.environ)) for n in ("first", "second")]
    with Supervisor(commands, logs=tmp_path, say=said.append) as supervisor:
        supervisor.start()
        eventually(lambda: all((tmp_path / f"{n}.log").read_text() for n in ("first", "second")))

    assert order.read_text().split() == ["second", "first"]
    assert said == []


def test_a_process_deaf_to_sigterm_is_killed(tmp_path, said, monkeypatch):
    monkeypatch.setattr("services.control.supervisor.STOP_ONE_WITHIN_S", 0.3)
    deaf = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('up', flush=True)\ntime.sleep(60)"
    with supervisor_of(python("deaf", deaf), logs=tmp_path, said=said) as supervisor:
        supervisor.start()
        pid = supervisor.kept["deaf"].process.pid
        eventually(lambda: (tmp_path / "deaf.log").read_text())

    assert not alive(pid)
    assert "deaf did not stop when asked" in said[0]


def test_nothing_survives_a_supervisor_that_is_killed(tmp_path):
    code = textwrap.dedent("""
        import os, sys, time
        from pathlib import Path
        from services.control.supervisor import Command, Supervisor
        toys = [Command(n, (sys.executable, "-c", "import time; time.sleep(60)"), dict(os.environ)) for n in "ab"]
        with Supervisor(toys, logs=Path(sys.argv[1]), say=print) as supervisor:
            supervisor.start()
            print(*(kept.process.pid for kept in supervisor.kept.values()), flush=True)
            time.sleep(60)
    """)
    parent = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
    with parent:
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert all(map(alive, pids))
        parent.send_signal(signal.SIGKILL)

    eventually(lambda: not any(map(alive, pids)))
