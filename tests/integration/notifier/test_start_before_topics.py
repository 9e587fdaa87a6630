"""The notifier may be started before its topics exist."""

import pytest

from schemas.topics import ALARMS, DELIVERIES, ESCALATIONS, REJECTED, RESPONSES
from services.runtime.topics import create_topics
from tests.integration.notifier.receiver import receiving
from tests.integration.notifier.running import environment, notifier, publish
from tests.unit.notifier.events import rise
from tests.waiting import eventually

pytestmark = pytest.mark.kafka


def test_it_waits_for_its_topics_and_then_hears_every_partition(new_ward_topics, tmp_path):
    kafka = new_ward_topics(only=())
    escalations = [rise(1, patient=f"patient-{number}") for number in range(12)]
    with receiving() as receiver:
        env = environment(kafka, receiver.url, f"sqlite:///{tmp_path / 'ledger.db'}", tmp_path)
        with notifier(tmp_path, env) as running:
            eventually(lambda: "topic does not have the partitions" in running.log.read_text(), within=60)
            create_topics(kafka, (ESCALATIONS, RESPONSES, ALARMS, DELIVERIES, REJECTED))
            publish(kafka, *escalations)
            eventually(lambda: len(set(receiver.ids)) == len(escalations), within=60)
            running.ready()
