"""`python -m services.control.alive PORT`: whether the service on this port answers. For container health checks.

Only what Python ships is imported: it runs every few seconds beside every service.
"""

import sys
from urllib.error import URLError
from urllib.request import urlopen

ANSWER_WITHIN_S = 4


def is_alive(port: int) -> bool:
    """True if `/healthz` answers on the loopback address."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=ANSWER_WITHIN_S) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(not is_alive(int(sys.argv[1])))
