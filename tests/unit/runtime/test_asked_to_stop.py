"""Asked to stop, whatever the main thread is doing at that moment."""

import subprocess
import sys

import pytest

ASKED = """
import os, signal, sys
from services.runtime.asked_to_stop import asked_to_stop

stop = asked_to_stop()
with stop._cond:  # as a signal finds it that arrives just as `wait` begins or ends
    os.kill(os.getpid(), signal.{name})
sys.exit(0 if stop.wait(10) else 1)
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_that_meets_the_waiting_itself_is_not_lost(name):
    done = subprocess.run([sys.executable, "-c", ASKED.format(name=name)], timeout=30, check=False)

    assert done.returncode == 0
