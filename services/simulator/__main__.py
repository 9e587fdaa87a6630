"""`python -m services.simulator` and `crswatch simulator`: a live ward of invented patients, sent to ingest."""

import argparse
import sys

from services.runtime import logs
from services.runtime.asked_to_stop import asked_to_stop
from services.runtime.http import CannotServe
from services.runtime.refusing import NOT_NOW, refuse
from services.runtime.settings import SettingsRefused, read_settings
from services.simulator.app import live
from services.simulator.settings import SimulatorSettings

EXAMPLE = "example: SIMULATOR_INGEST_URL=http://127.0.0.1:8081 crswatch simulator"


def main(argv: list[str] | None = None) -> int:
    """Simulate until SIGTERM or Ctrl-C; 0 after a clean stop, 1 where it cannot listen, 2 for wrong settings."""
    parser = argparse.ArgumentParser("simulator", description=__doc__, epilog=EXAMPLE)
    parser.parse_args(argv)
    logs.configure("simulator")
    try:
        live(read_settings(SimulatorSettings), asked_to_stop())
    except SettingsRefused as fault:
        return refuse("simulator", fault)
    except CannotServe as fault:
        return refuse("simulator", fault, NOT_NOW)
    return 0


if __name__ == "__main__":
    sys.exit(main())
