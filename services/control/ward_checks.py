"""What runs: Kafka, its topics, its clock, and the services."""

from collections.abc import Iterator
from datetime import timedelta
from time import time

from kafka import TopicPartition
from kafka.errors import KafkaError
from pydantic import ValidationError

from schemas.topics import BEDSIDE
from services.control.findings import Finding, good, note, wrong
from services.control.kafka_settings import reachable, settings_sentence
from services.control.readiness import ask
from services.control.running import wanted_ports
from services.control.ward import SERVICES
from services.runtime.kafka_clients import consumer
from services.runtime.ports import LOOPBACK
from services.runtime.settings import KafkaSettings
from services.runtime.topics import topic_name, verify_topics

CLOCKS_APART = timedelta(seconds=5)


def ward_findings(environment: dict[str, str]) -> Iterator[Finding]:
    """All findings about what runs, or should."""
    if "KAFKA_BOOTSTRAP_SERVERS" not in environment:
        yield note("Kafka", "KAFKA_BOOTSTRAP_SERVERS is not set; `crswatch demo` brings its own, `up` needs one.")
    else:
        yield from kafka_findings()
    for name, port in wanted_ports(environment).items():
        yield service_finding(name, port)


def kafka_findings() -> Iterator[Finding]:
    """Whether Kafka answers, has the topics, and agrees with us about the time."""
    try:
        kafka = KafkaSettings()
    except ValidationError as error:
        yield wrong("Kafka", settings_sentence(error))
        return
    if not reachable(kafka):
        yield wrong("Kafka", f"nothing answers at {kafka.bootstrap_servers}: start it or correct the setting.")
        return
    yield good("Kafka", f"answers at {kafka.bootstrap_servers}")
    try:
        problems = verify_topics(kafka)
        yield from (wrong("Topics", problem) for problem in problems)
        if not problems:
            yield good("Topics", "all are as registered")
            yield broker_clock_finding(newest_append_ms(kafka), now_ms=int(time() * 1000))
    except KafkaError as fault:
        yield wrong("Topics", f"Kafka did not describe them ({type(fault).__name__}): see its log.")


def broker_clock_finding(newest_ms: int | None, *, now_ms: int) -> Finding:
    """Whether Kafka's clock, which is the ward's, agrees with ours: nothing can have been written after now."""
    if newest_ms is None:
        return note("Kafka's clock", "nothing was written yet, so it cannot be compared.")
    ahead = timedelta(milliseconds=newest_ms - now_ms)
    if ahead > CLOCKS_APART:
        return wrong("Kafka's clock", f"is {ahead.total_seconds():.0f} s ahead of this machine's: set both by NTP.")
    return good("Kafka's clock", "is not ahead of this machine's")


def newest_append_ms(kafka: KafkaSettings) -> int | None:
    """When the newest bedside record was appended, by the broker's clock."""
    name = topic_name(kafka.topic_prefix, BEDSIDE)
    client = consumer(kafka, client_id="crswatch-doctor")
    try:
        partitions = [TopicPartition(name, number) for number in range(kafka.partitions)]
        ends = client.end_offsets(partitions)
        filled = [partition for partition in partitions if ends[partition] > 0]
        client.assign(filled)
        for partition in filled:
            client.seek(partition, ends[partition] - 1)
        found = client.poll(timeout_ms=3_000) if filled else {}
        return max((record.timestamp for records in found.values() for record in records), default=None)
    finally:
        client.close()


def service_finding(name: str, port: int) -> Finding:
    """Whether a service is there and ready. Not there is no fault: perhaps nobody started it."""
    found = ask(f"http://{LOOPBACK}:{port}")
    subject = SERVICES[name].title.capitalize()
    if found.ready:
        return good(subject, f"ready on port {port}")
    if found.detail.startswith("no answer"):
        return note(subject, f"does not run on port {port}")
    return wrong(subject, f"runs on port {port} but is not ready: {found.detail}.")
