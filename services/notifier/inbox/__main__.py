"""`python -m services.notifier.inbox` and `crswatch inbox`: take signed pages and show them until stopped."""

import argparse
import sys

from services.notifier.inbox.app import build_app
from services.notifier.inbox.settings import InboxSettings
from services.runtime import logs
from services.runtime.http import serve_until_stopped

EXAMPLE = "example: INBOX_SECRET=whsec_... crswatch inbox"


def main(argv: list[str] | None = None) -> int:
    """Serve until SIGTERM; 0 after a clean stop."""
    parser = argparse.ArgumentParser("inbox", description=__doc__, epilog=EXAMPLE)
    parser.parse_args(argv)
    logs.configure("inbox")
    settings = InboxSettings()
    serve_until_stopped(build_app(settings), host=settings.host, port=settings.port, port_file=settings.port_file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
