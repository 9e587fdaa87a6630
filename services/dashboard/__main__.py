"""`python -m services.dashboard`: serve the ward board."""

import argparse
import sys

from pydantic import ValidationError

from services.dashboard.app import build_app
from services.dashboard.settings import DashboardSettings
from services.runtime.http import serve_until_stopped
from services.runtime.logs import configure


def main(argv: list[str] | None = None) -> int:
    """Serve until told to stop; 2 if the settings are wrong."""
    argparse.ArgumentParser(
        prog="crswatch dashboard",
        description="Serve the ward board for charge nurses.",
        epilog="Example: DASHBOARD_USERS_FILE=deploy/demo/users.json crswatch dashboard",
    ).parse_args(argv)
    configure("dashboard")
    try:
        settings = DashboardSettings()
        app = build_app(settings)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        sys.stderr.write(f"The dashboard cannot start with these settings: {wrong}\n")
        return 2
    except (OSError, ValueError) as error:
        sys.stderr.write(f"The dashboard cannot start: {error}\n")
        return 2
    serve_until_stopped(app, host=settings.host, port=settings.port, port_file=settings.port_file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
