"""The real notifier, in a process that kills itself with SIGKILL at a named point: `crashing.py POINT`."""

import os
import signal
import sys
import threading

from services.notifier.app import Notifier
from services.notifier.settings import NotifierSettings
from services.runtime import logs

if __name__ == "__main__":
    deadly = sys.argv[1]

    def reached(point: str) -> None:
        if point == deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    logs.configure("notifier")
    Notifier(NotifierSettings(), reached=reached).run(threading.Event())
