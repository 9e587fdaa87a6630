"""SIGKILL of the real process at every point where two things that belong together could come apart."""

from collections import Counter

import orjson
import pytest

from schemas.topics import ALARMS, DELIVERIES
from tests.integration.notifier.receiver import receiving
from tests.integration.notifier.running import environment, notifier, publish, reading
from tests.unit.notifier.events import resolved, rise
from tests.waiting import eventually

pytestmark = pytest.mark.kafka

POINTS = ("recorded", "committed", "decided", "claimed", "paged", "marked", "relayed")


def test_killed_at_every_point_nothing_is_lost_and_a_repeat_has_the_same_id(ward_topics, ledger_url, tmp_path):
    escalations = [rise(1, patient=f"patient-{number}") for number in range(3 * len(POINTS))]
    with (
        receiving() as receiver,
        reading(ward_topics, DELIVERIES.name) as deliveries,
        reading(ward_topics, ALARMS.name) as alarms,
    ):
        env = environment(ward_topics, receiver.url, ledger_url, tmp_path) | {"NOTIFIER_WORKERS": "1"}
        for number, point in enumerate(POINTS):
            with notifier(tmp_path, env, crash_at=point) as running:
                publish(ward_topics, *escalations[3 * number : 3 * number + 3])
                assert running.process.wait(timeout=90) == -9, f"was not killed at {point}"
        with notifier(tmp_path, env):
            paged = {one["escalation_id"] for one in escalations}
            eventually(lambda: {got.page["data"]["escalation_id"] for got in receiver.got} == paged, within=60)
            sent: set[str] = set()
            eventually(lambda: sent.update(_sent(deliveries)) or sent == paged, within=60)
            raised: set[str] = set()
            eventually(lambda: raised.update(_raised(alarms)) or raised == paged, within=60)

        times = Counter(receiver.ids)
        assert len(times) == len(escalations), "a page came under two ids"
        # One worker: a kill can come between one call and the note about it, so it repeats one call at most.
        assert sum(times.values()) <= len(escalations) + len(POINTS)


def test_what_was_paged_before_a_kill_is_remembered_after_it(ward_topics, tmp_path):
    low = rise(1)
    with receiving() as receiver:
        env = environment(ward_topics, receiver.url, f"sqlite:///{tmp_path / 'ledger.db'}", tmp_path)
        with notifier(tmp_path, env):
            publish(ward_topics, low)
            eventually(lambda: receiver.got, within=60)
        publish(ward_topics, resolved(low))
        with notifier(tmp_path, env):
            eventually(lambda: receiver.roles("resolved") == ["primary_nurse"], within=60)
        assert len(set(receiver.ids)) == 2


def _sent(source) -> set[str]:
    return {one["escalation_id"] for one in _polled(source) if one["state"] == "sent"}


def _raised(source) -> set[str]:
    return {alarm["escalation_id"] for one in _polled(source) for alarm in one["alarms"]}


def _polled(source) -> list[dict]:
    return [orjson.loads(record.value) for records in source.poll(timeout_ms=200).values() for record in records]
