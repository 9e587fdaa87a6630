"""Kafka is away: alarms the ledger knows are called all the same."""

import time

from services.notifier.ledger.intake import write_escalation
from services.notifier.ledger.opening import open_ledger
from services.runtime.ports import free_port
from services.runtime.settings import KafkaSettings
from tests.integration.notifier.receiver import receiving
from tests.integration.notifier.running import environment, notifier
from tests.unit.notifier.events import now_ms, rise
from tests.waiting import eventually


def test_an_alarm_in_the_ledger_is_called_while_kafka_is_away_and_the_process_still_stops_in_time(tmp_path):
    url, high = f"sqlite:///{tmp_path / 'ledger.db'}", rise(3)
    ledger = open_ledger(url)
    with ledger.transaction() as connection:
        write_escalation(connection, high, key=high["patient_id"], origin="t/0/0", now_ms=now_ms())
    ledger.close()
    nowhere = KafkaSettings(bootstrap_servers=f"127.0.0.1:{free_port()}")
    with receiving() as receiver:
        env = environment(nowhere, receiver.url, url, tmp_path) | {"NOTIFIER_FOLD_LIMIT": "PT1S"}
        with notifier(tmp_path, env) as running:
            eventually(lambda: len(receiver.got) == 3, within=60)
            began = time.monotonic()
            assert running.stop() == 0
            assert time.monotonic() - began < 5
