"""`python -m services.notifier.inbox` and `crswatch inbox`: take signed pages and show them until stopped."""

import argparse
import sys

from services.notifier.inbox.app import build_app
from services.notifier.inbox.settings import InboxSettings
from services.runtime import logs
from services.runtime.http import CannotServe, serve_until_stopped
from services.runtime.refusing import NOT_NOW, refuse
from services.runtime.settings import SettingsRefused, read_settings

EXAMPLE = "example: INBOX_SECRET=whsec_... crswatch inbox"


def main(argv: list[str] | None = None) -> int:
    """Serve until SIGTERM; 0 after a clean stop, 1 where it cannot listen, 2 where settings are missing."""
    parser = argparse.ArgumentParser("inbox", description=__doc__, epilog=EXAMPLE)
    parser.parse_args(argv)
    logs.configure("inbox")
    try:
        settings = read_settings(InboxSettings)
        serve_until_stopped(build_app(settings), host=settings.host, port=settings.port, port_file=settings.port_file)
    except SettingsRefused as fault:
        return refuse("inbox", fault)
    except CannotServe as fault:
        return refuse("inbox", fault, NOT_NOW)
    return 0


if __name__ == "__main__":
    sys.exit(main())
