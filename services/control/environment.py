"""The environment of a local ward: one set of variables for all services, as compose has one env file."""

import base64
import secrets
from collections.abc import Mapping
from pathlib import Path

from services.control.ward import SERVICES
from services.runtime.ports import LOOPBACK

SECRET_BYTES = 24
DEMO_USERS = Path(__file__).parents[2] / "deploy" / "demo" / "users.json"


def new_signing_secret() -> str:
    """A signing secret as Standard Webhooks writes them."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def ward_environment(*, kafka: str, ports: Mapping[str, int], folder: Path, secret: str) -> dict[str, str]:
    """What ties the services of one local ward together: addresses, the shared secret, where the ledger lies.

    Args:
        kafka: bootstrap servers.
        ports: one a service.
        folder: where the ward keeps what must outlive a restart.
        secret: what the notifier signs with and the inbox verifies with.
    """
    urls = service_urls(ports)
    addresses = {f"{SERVICES[name].prefix}HOST": LOOPBACK for name in ports}
    addresses |= {f"{SERVICES[name].prefix}PORT": str(port) for name, port in ports.items()}
    return addresses | {
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "NOTIFIER_LEDGER_URL": f"sqlite:///{folder / 'notifier.sqlite'}",
        "NOTIFIER_WEBHOOK_URL": f"{urls['inbox']}/pages",
        "NOTIFIER_WEBHOOK_SECRET": secret,
        "INBOX_SECRET": secret,
        "INBOX_STORE": str(folder / "inbox.sqlite"),
        "NOTIFIER_BOARD_URL": urls["dashboard"],
        "DASHBOARD_USERS_FILE": str(DEMO_USERS),
        "DASHBOARD_SESSION_KEY_FILE": str(folder / "dashboard-session.key"),
        "SIMULATOR_INGEST_URL": urls["ingest"],
        "SIMULATOR_BOOKMARK_FILE": str(folder / "simulator-bookmark.json"),
    }


def service_urls(ports: Mapping[str, int]) -> dict[str, str]:
    """Where each service of a local ward answers."""
    return {name: f"http://{LOOPBACK}:{port}" for name, port in ports.items()}
