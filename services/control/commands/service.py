"""`crswatch ingest`, `grader`, ...: one service in this process, configured by the environment alone."""

import argparse
from importlib import import_module
from typing import Any

from services.control.settings_listing import Setting, settings_of
from services.control.ward import SERVICES


def register(subparsers: Any, name: str) -> None:
    """Describe the service and all of its settings."""
    service = SERVICES[name]
    settings = "\n".join(map(_described, settings_of(service)))
    subparsers.add_parser(
        name,
        help=service.line,
        description=f"Runs {service.line}. Settings come from the environment; SIGTERM stops it.",
        epilog=f"settings:\n{settings}\n\nExample: KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9092 crswatch {name}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def run(args: argparse.Namespace) -> int:
    """Run the service until it is stopped."""
    code: int = import_module(f"{SERVICES[args.command].package}.__main__").main([])
    return code


def _described(setting: Setting) -> str:
    default = "required" if setting.default is None else f"default: {setting.default or 'not set'}"
    return f"  {setting.name}\n      {setting.description} ({default})"
