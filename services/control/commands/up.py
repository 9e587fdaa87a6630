"""`crswatch up`: all services as supervised processes of this machine, against a Kafka that is there."""

import argparse
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from services.control.commands import topics
from services.control.env_file import read_env_file
from services.control.environment import new_signing_secret, service_urls, ward_environment
from services.control.kafka_settings import kafka_from_environment
from services.control.refusal import Refusal
from services.control.running import LocalWard, local_ward, wanted_ports
from services.control.speech import say
from services.control.stopping import Stopped
from services.control.ward import SERVICES
from services.runtime.ports import is_free


def register(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "up",
        help="all services as supervised processes against your Kafka",
        description="Creates and verifies the topics, starts every service and keeps it running until Ctrl-C. The "
        "settings are those of deploy/env.example, from the environment; what ties the services together (the "
        "notifier to the inbox, the simulator to ingest) has a default. The simulator invents patients: leave it out "
        "where real ones are.",
        epilog="Example: KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9092 crswatch up --without simulator inbox",
    )
    parser.add_argument("--env-file", type=Path, metavar="FILE", help="more settings; the environment wins")
    parser.add_argument("--data", type=Path, default=Path(".crswatch"), metavar="DIR", help="ledger and logs")
    parser.add_argument("--without", nargs="+", choices=list(SERVICES), default=[], metavar="SERVICE")


def run(args: argparse.Namespace) -> int:
    """Run until stopped; 1 when the ward cannot be started at all."""
    if args.env_file:
        for name, value in read_env_file(args.env_file).items():
            os.environ.setdefault(name, value)
    names = [name for name in SERVICES if name not in args.without]
    kafka = kafka_from_environment()
    ports = {name: port for name, port in wanted_ports(os.environ).items() if name in names}
    refuse_taken(ports)
    if topics.run(argparse.Namespace(verify=False)) != 0:
        raise Refusal("The ward was not started, because the topics are not as registered.")
    folder = args.data.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    defaults = ward_environment(
        kafka=kafka.bootstrap_servers, ports=wanted_ports(os.environ), folder=folder, secret=new_signing_secret()
    )
    try:
        with local_ward(defaults | os.environ, urls=service_urls(ports), folder=folder, say=say) as ward:
            start(ward, names)
            say(f"Logs and data: {folder}. Ctrl-C stops everything.")
            ward.keep_running()
    except Stopped:
        say("Everything is stopped.")
    return 0


def start(ward: LocalWard, names: Sequence[str]) -> None:
    """Start the services and say how they are; one that is not ready yet is kept running all the same."""
    say(f"Starting {len(names)} services")
    for name, why in ward.start(*names).items():
        say(f"{SERVICES[name].title.capitalize()} is not ready yet ({why}); it is kept running")
    if "dashboard" in names:
        say(f"Board: {ward.urls['dashboard']}")
    if "inbox" in names:
        say(f"Pager inbox: {ward.urls['inbox']}")


def refuse_taken(ports: Mapping[str, int]) -> None:
    """Say which ports somebody else has, before a service fails over and over on one."""
    taken = [f"{port} ({SERVICES[name].prefix}PORT)" for name, port in ports.items() if not is_free(port)]
    if taken:
        raise Refusal(f"Somebody else listens on port {', '.join(taken)}: stop that, or set another port.")
