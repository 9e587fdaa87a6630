"""`python -m services.dashboard`: serve the ward board."""

import argparse
import sys

from services.dashboard.app import build_app
from services.dashboard.settings import DashboardSettings
from services.runtime.http import CannotServe, serve_until_stopped
from services.runtime.logs import configure
from services.runtime.refusing import NOT_NOW, refuse
from services.runtime.settings import read_settings


def main(argv: list[str] | None = None) -> int:
    """Serve until told to stop; 1 where it cannot listen, 2 where settings or their files are wrong."""
    argparse.ArgumentParser(
        prog="crswatch dashboard",
        description="Serve the ward board for charge nurses.",
        epilog="Example: DASHBOARD_USERS_FILE=deploy/demo/users.json crswatch dashboard",
    ).parse_args(argv)
    configure("dashboard")
    try:
        settings = read_settings(DashboardSettings)
        app = build_app(settings)
    except (OSError, ValueError) as fault:  # also SettingsRefused, and files that cannot be used
        return refuse("dashboard", fault)
    try:
        serve_until_stopped(app, host=settings.host, port=settings.port, port_file=settings.port_file)
    except CannotServe as fault:
        return refuse("dashboard", fault, NOT_NOW)
    return 0


if __name__ == "__main__":
    sys.exit(main())
