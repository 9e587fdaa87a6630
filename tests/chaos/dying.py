"""The real grader, but it kills itself when it reaches a point for the nth time; run as a module, a process."""

import os
import sys
from pathlib import Path

from services.grader.__main__ import main
from tests.chaos.crash_points import ARMING, CrashPoint, Fuse

if __name__ == "__main__":
    if "GRADER_CRASH_POINT" in os.environ:
        point = CrashPoint(os.environ["GRADER_CRASH_POINT"])
        ARMING[point](Fuse(point, int(os.environ["GRADER_CRASH_NTH"]), Path(os.environ["GRADER_CRASH_LEDGER"])))
    sys.exit(main([]))
