"""What the real process does when the receiver, the topic or the notifier itself has a bad day."""

import time

import httpx
import orjson
import pytest
from kafka import TopicPartition

from schemas.topics import ALARMS, ESCALATIONS, REJECTED
from services.notifier.listening import GROUP
from services.runtime.kafka_clients import consumer
from tests.integration.notifier.receiver import Reply, receiving
from tests.integration.notifier.running import environment, notifier, publish, publish_bytes, reading
from tests.unit.notifier.events import escalation, now_ms, resolved, response, rise
from tests.waiting import eventually

pytestmark = pytest.mark.kafka

CANARY = "canary-patient-0042"


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def env(ward_topics, receiver, tmp_path):
    return environment(ward_topics, receiver.url, f"sqlite:///{tmp_path / 'ledger.db'}", tmp_path)


def test_a_page_that_could_not_be_delivered_is_tried_again_by_the_next_process(ward_topics, receiver, env, tmp_path):
    receiver.script = lambda _: Reply(500)
    with notifier(tmp_path, env):
        publish(ward_topics, rise(1))
        eventually(lambda: len(receiver.got) >= 2, within=60)
    receiver.script = lambda _: Reply(204)
    before = len(receiver.got)
    with notifier(tmp_path, env):
        eventually(lambda: len(receiver.got) == before + 1, within=60)
    assert len(set(receiver.ids)) == 1


def test_a_receiver_that_asks_for_patience_gets_it(ward_topics, receiver, env, tmp_path):
    arrived: list[float] = []

    def busy_once(_: object) -> Reply:
        arrived.append(time.monotonic())
        return Reply(429, (("retry-after", "3"),)) if len(arrived) == 1 else Reply()

    receiver.script = busy_once
    with notifier(tmp_path, env):
        publish(ward_topics, rise(1))
        eventually(lambda: len(arrived) == 2, within=60)
    assert arrived[1] - arrived[0] >= 3.0


def test_an_outage_is_folded_before_anybody_is_called(ward_topics, receiver, env, tmp_path):
    an_hour_ago = now_ms() - 3_600_000
    gone = escalation("critical_value", sign="spo2_pct", at_ms=an_hour_ago)
    two, three = rise(2, at_ms=an_hour_ago), rise(3, at_ms=an_hour_ago + 60_000)
    other = rise(1, patient="bed-9-patient", at_ms=an_hour_ago)
    publish(ward_topics, gone, two, resolved(gone), three, other)
    with notifier(tmp_path, env) as running:
        running.ready()
        eventually(lambda: len(receiver.got) == 4, within=60)
        assert _committed(ward_topics) == 5
    pages = [got.page["data"] for got in receiver.got]
    assert {page["escalation_id"] for page in pages} == {three["escalation_id"], other["escalation_id"]}
    assert all(page["delayed"] for page in pages)


def test_what_cannot_be_read_is_kept_for_the_operators_and_the_stream_goes_on(ward_topics, receiver, env, tmp_path):
    with notifier(tmp_path, env), reading(ward_topics, REJECTED.name) as refused:
        publish_bytes(ward_topics, b"\xff not an escalation")
        publish_bytes(ward_topics, b'{"schema":"crs.escalations.v1"}')
        publish(ward_topics, rise(1))
        eventually(lambda: receiver.roles().count("primary_nurse") == 1, within=60)
        told = {"house_supervisor", "charge_nurse", "on_call_provider"}
        eventually(lambda: _told_of_a_fault(receiver) == told, within=60)
        reasons: list[str] = []
        eventually(lambda: reasons.extend(_values(refused, "reason")) or len(reasons) == 2, within=60)
    assert sorted(reasons) == ["missing_field", "not_json"]


def test_nothing_of_the_patient_is_in_logs_metrics_headers_or_pages(ward_topics, receiver, env, tmp_path):
    because = [{"rule": "fever", "value": 40.123, "text": f"{CANARY} 40.123"}]
    canary = rise(3, patient=CANARY, because=because, bed="bed-canary")
    receiver.script = lambda _: Reply(500) if len(receiver.got) == 1 else Reply()
    with notifier(tmp_path, env) as running:
        publish(ward_topics, canary, response(canary, author=f"{CANARY}-author", revision=99))
        publish_bytes(ward_topics, f'{{"patient_id":"{CANARY}","value":40.123}}'.encode())
        eventually(lambda: len(set(receiver.ids)) >= 6, within=60)
        eventually(lambda: 'crs_responses_total{action="acknowledge"' in _metrics(running), within=60)
        said = [_metrics(running), *(_text(running.url, path) for path in ("/healthz", "/readyz"))]
        assert running.stop() == 0
    said += [running.log.read_text(), *(f"{got.headers} {got.body}" for got in receiver.got)]
    for text in said:
        assert not [secret for secret in (CANARY, "40.123", "bed-canary") if secret in text]


def test_two_replicas_on_one_ledger_page_once(ward_topics, receiver, postgres_url, tmp_path):
    base = environment(ward_topics, receiver.url, postgres_url, tmp_path)
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    one, two = (
        base | {"NOTIFIER_INSTANCE": folder.name, "NOTIFIER_PORT_FILE": str(folder / "port")} for folder in folders
    )
    escalations = [rise(1, patient=f"patient-{number}") for number in range(40)]
    with notifier(folders[0], one) as first, notifier(folders[1], two) as second:
        first.ready()
        second.ready()
        publish(ward_topics, *escalations)
        eventually(lambda: len(set(receiver.ids)) == len(escalations), within=60)
        with reading(ward_topics, ALARMS.name) as alarms:
            raised: set[str] = set()
            eventually(lambda: raised.update(_values(alarms, "patient_id")) or len(raised) == 40, within=60)
    assert len(receiver.ids) == len(escalations)


def test_a_policy_that_cannot_be_kept_stops_the_start_with_one_sentence(env, tmp_path):
    (tmp_path / "policy.toml").write_text("version = 'none'\n")
    with notifier(tmp_path, env | {"NOTIFIER_POLICY_FILE": str(tmp_path / "policy.toml")}) as running:
        assert running.process.wait(timeout=60) == 2
    assert "policy.toml" in running.log.read_text()


def _told_of_a_fault(receiver) -> set[str]:
    return {got.role for got in receiver.got if got.page["data"]["why"] == "software fault"}


def _committed(kafka) -> int:
    """How many escalations the notifier's group says it is done with."""
    name = f"{kafka.topic_prefix}{ESCALATIONS.name}"
    ours = [TopicPartition(name, number) for number in range(kafka.partitions)]
    source = consumer(kafka, client_id="test", group=GROUP)
    try:
        return sum(source.committed(partition) or 0 for partition in ours)
    finally:
        source.close()


def _metrics(running) -> str:
    return _text(running.url, "/metrics")


def _text(url: str, path: str) -> str:
    return httpx.get(f"{url}{path}", trust_env=False).text


def _values(source, name: str) -> list:
    return [orjson.loads(record.value)[name] for records in source.poll(timeout_ms=200).values() for record in records]
