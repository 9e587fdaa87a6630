"""`python -m services.notifier` and `crswatch notifier`: page the people an escalation concerns until stopped."""

import argparse
import sys

from services.notifier.app import Notifier
from services.notifier.ledger.opening import LedgerRefused
from services.notifier.policy import PolicyRefused
from services.notifier.settings import NotifierSettings
from services.runtime import logs
from services.runtime.asked_to_stop import asked_to_stop
from services.runtime.http import CannotServe
from services.runtime.refusing import NOT_NOW, refuse
from services.runtime.settings import SettingsRefused, read_settings

EXAMPLE = (
    "example: KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9092 NOTIFIER_WEBHOOK_URL=http://127.0.0.1:8085/pages "
    "NOTIFIER_WEBHOOK_SECRET=whsec_... crswatch notifier"
)


def main(argv: list[str] | None = None) -> int:
    """Work until SIGTERM; 0 after a clean stop, 1 where a part failed, 2 for wrong settings or policy."""
    parser = argparse.ArgumentParser("notifier", description=__doc__, epilog=EXAMPLE)
    parser.parse_args(argv)
    logs.configure("notifier")
    try:
        notifier = Notifier(read_settings(NotifierSettings))
    except (SettingsRefused, PolicyRefused, LedgerRefused) as refusal:
        return refuse("notifier", refusal)
    try:
        return 0 if notifier.run(asked_to_stop()) else 1
    except CannotServe as fault:
        return refuse("notifier", fault, NOT_NOW)


if __name__ == "__main__":
    sys.exit(main())
