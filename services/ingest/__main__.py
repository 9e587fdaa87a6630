"""`python -m services.ingest` and `crswatch ingest`: take events in over HTTP until stopped."""

import argparse
import sys

from services.ingest.app import build_app
from services.ingest.settings import IngestSettings
from services.runtime import logs
from services.runtime.http import CannotServe, serve_until_stopped
from services.runtime.refusing import NOT_NOW, refuse
from services.runtime.settings import SettingsRefused, read_settings

EXAMPLE = "example: KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9092 crswatch ingest"


def main(argv: list[str] | None = None) -> int:
    """Serve until SIGTERM; 0 after a clean stop, 1 where it cannot listen, 2 where the settings cannot work."""
    parser = argparse.ArgumentParser("ingest", description=__doc__, epilog=EXAMPLE)
    parser.parse_args(argv)
    logs.configure("ingest")
    try:
        settings = read_settings(IngestSettings)
        app = build_app(settings)
        serve_until_stopped(app, host=settings.host, port=settings.port, port_file=settings.port_file)
    except SettingsRefused as fault:
        return refuse("ingest", fault)
    except CannotServe as fault:
        return refuse("ingest", fault, NOT_NOW)
    return 0


if __name__ == "__main__":
    sys.exit(main())
