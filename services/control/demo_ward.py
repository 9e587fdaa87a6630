"""Builds the demo's ward: a Kafka, its topics, every service, and the simulated patients last."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from services.control.broker_keeper import BrokerKeeper
from services.control.environment import new_signing_secret, service_urls, ward_environment
from services.control.ports import choose_ports
from services.control.refusal import Refusal
from services.control.running import LocalWard, local_ward
from services.control.speech import Say
from services.control.ward import SERVICES
from services.runtime.kafka_source import Kafka, NoKafka, kafka_source
from services.runtime.settings import KafkaSettings
from services.runtime.topics import create_topics, delete_topics, verify_topics

PARTITIONS = 4  # a small ward: every partition costs the grader a tick a second and a restore


@contextmanager
def demo_ward(args: argparse.Namespace, folder: Path, say: Say) -> Iterator[LocalWard]:
    """A live ward; everything of it ends on leaving.

    Raises:
        Refusal: there is no Kafka to be had, or its topics are not usable.
    """
    say("A simulated ward: invented patients, estimates, no diagnosis.")
    try:
        source = kafka_source(folder / "kafka", say=say)
        with source as kafka, _topics(kafka, say) as settings:
            ports = choose_ports({name: service.port for name, service in SERVICES.items()} | {"dashboard": args.port})
            environment = demo_environment(settings, ports, folder, args)
            keeper = BrokerKeeper(kafka.broker, say)
            with local_ward(environment, urls=service_urls(ports), folder=folder, say=say, also=keeper.tend) as ward:
                _start(ward, say)
                yield ward
    except NoKafka as why:
        raise Refusal(str(why)) from None


def demo_environment(
    kafka: KafkaSettings, ports: dict[str, int], folder: Path, args: argparse.Namespace
) -> dict[str, str]:
    """The settings of the demo's services."""
    chosen = {"SIMULATOR_BEDS": args.beds, "SIMULATOR_SEED": args.seed}
    tied = ward_environment(
        kafka=kafka.bootstrap_servers, ports=ports, folder=folder, secret=_secret(folder / "signing-secret")
    )
    return tied | {
        "CRSWATCH_TOPIC_PREFIX": kafka.topic_prefix,
        "CRSWATCH_PARTITIONS": str(kafka.partitions),
        # Invented patients and an inbox on this machine: the page may name the bed.
        "NOTIFIER_PAYLOAD_LEVEL": "P1",
        **{name: str(value) for name, value in chosen.items() if value is not None},
    }


def _secret(kept: Path) -> str:
    """One signing secret a data folder: pages that waited in a kept ledger must still verify after a restart."""
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(new_signing_secret(), encoding="utf-8")
    return kept.read_text(encoding="utf-8")


@contextmanager
def _topics(kafka: Kafka, say: Say) -> Iterator[KafkaSettings]:
    """Topics of our own. In somebody's Kafka they get a prefix, so that no real ward sees an invented patient."""
    ours = kafka.way != "environment"
    prefix = "" if ours else f"demo-{datetime.now(UTC):%Y%m%d-%H%M%S}."
    settings = KafkaSettings(bootstrap_servers=kafka.bootstrap_servers, topic_prefix=prefix, partitions=PARTITIONS)
    created = create_topics(settings)
    problems = verify_topics(settings)
    if problems:
        raise Refusal("The topics cannot be used:\n" + "\n".join(problems))
    say(f"Topics are there ({len(created)} new{f', prefix {prefix}' if prefix else ''})")
    try:
        yield settings
    finally:
        if not ours:
            say("Deleting the topics of the demo")
            delete_topics(settings)


def _start(ward: LocalWard, say: Say) -> None:
    """Everything that listens first, then the patients: nobody falls ill before somebody looks."""
    listening = [name for name in SERVICES if name != "simulator"]
    say("Starting the services: " + ", ".join(SERVICES[name].title for name in listening))
    unready = ward.start(*listening)
    say("Starting the simulated patients")
    unready |= ward.start("simulator")
    for name, why in unready.items():
        say(f"{SERVICES[name].title.capitalize()} is not ready yet ({why}); it is kept running")
