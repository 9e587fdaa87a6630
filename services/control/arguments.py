"""The command table and its parser. A command's module is imported only when that command is asked for."""

import argparse
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from types import ModuleType
from typing import NoReturn

from services.control.refusal import WRONG_USE
from services.control.ward import SERVICES

COMMANDS = {
    "demo": "a simulated ward on real Kafka, with a board and a pager inbox",
    "up": "all services as supervised processes against your Kafka",
    "topics": "create the topics and verify them",
    "doctor": "what is wrong here, in sentences",
    "replay": "grade a file of events and print what the ward would have seen",
    "simulate": "write the events of a simulated ward into a file",
    "bench": "measure the grader: throughput, latency, recovery, memory",
}


class CommandParser(argparse.ArgumentParser):
    """Argparse, but wrong use ends with one sentence and exit code 2."""

    def error(self, message: str) -> NoReturn:
        """Say what was wrong and where help is."""
        self.exit(WRONG_USE, f"{self.prog}: {message.rstrip('.')} (see: {self.prog} --help).\n")


def command_module(name: str) -> ModuleType:
    """The module that registers and runs a command; the services share one."""
    subject = "service" if name in SERVICES else name
    return import_module(f"services.control.commands.{subject}")


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read the command line; `args.command` names the command.

    Only the module of the command that `argv` names is imported, so `crswatch --help` is quick and
    one service that cannot be imported does not take the others with it.
    """
    parser = CommandParser(
        prog="crswatch",
        description="Ward alerts for cytokine release syndrome: an estimate for trained staff, not a diagnosis.",
        epilog="Example: crswatch demo",
    )
    parser.add_argument("--version", action="version", version=f"crswatch {version('crswatch')}")
    parser.add_argument("--traceback", action="store_true", help="show the whole traceback of an unexpected error")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    asked_for = next((word for word in argv if not word.startswith("-")), None)
    lines = COMMANDS | {name: service.line for name, service in SERVICES.items()}
    for name, line in lines.items():
        if name != asked_for:
            subparsers.add_parser(name, help=line)
        elif name in SERVICES:
            command_module(name).register(subparsers, name)
        else:
            command_module(name).register(subparsers)
    return parser.parse_args(argv)
