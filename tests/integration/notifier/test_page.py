"""An escalation on the topic becomes a signed page at a real HTTP receiver."""

import orjson
import pytest

from schemas.topics import ALARMS, DELIVERIES
from tests.integration.notifier.receiver import receiving
from tests.integration.notifier.running import environment, notifier, publish, reading
from tests.unit.notifier.events import resolved, response, rise
from tests.waiting import eventually

pytestmark = pytest.mark.kafka


def test_an_escalation_becomes_a_signed_page_and_an_acknowledgement_stops_the_calling(ward_topics, tmp_path):
    high = rise(3)
    with receiving() as receiver, reading(ward_topics, ALARMS.name) as alarms:
        env = environment(ward_topics, receiver.url, f"sqlite:///{tmp_path / 'ledger.db'}", tmp_path)
        with notifier(tmp_path, env) as running:
            publish(ward_topics, high)
            eventually(lambda: len(receiver.got) == 3, within=60)
            assert sorted(receiver.roles()) == ["charge_nurse", "on_call_provider", "primary_nurse"]

            publish(ward_topics, response(high))
            standing = eventually(lambda: newest_alarm(alarms, "acknowledged"))
            assert standing["actor"] == "N. Nurse"
            publish(ward_topics, resolved(high))
            eventually(lambda: sorted(receiver.roles("resolved")) == sorted(set(receiver.roles("raised"))))
            assert running.stop() == 0


def test_every_attempt_is_on_the_deliveries_topic(ward_topics, tmp_path):
    low = rise(1)
    with receiving() as receiver, reading(ward_topics, DELIVERIES.name) as deliveries:
        env = environment(ward_topics, receiver.url, f"sqlite:///{tmp_path / 'ledger.db'}", tmp_path)
        with notifier(tmp_path, env):
            publish(ward_topics, low)
            states: list[str] = []
            eventually(lambda: states.extend(values(deliveries, "state")) or "sent" in states, within=60)
    assert states == ["queued", "sent"]


def newest_alarm(source, state: str):
    for record in polled(source):
        for alarm in record["alarms"]:
            if alarm["state"] == state:
                return alarm
    return None


def values(source, name: str) -> list[str]:
    return [record[name] for record in polled(source)]


def polled(source) -> list[dict]:
    return [orjson.loads(record.value) for records in source.poll(timeout_ms=200).values() for record in records]
