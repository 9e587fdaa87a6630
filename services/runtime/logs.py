"""Logs without patient data: one JSON object a line on standard error.

A line carries a constant sentence and fields from a short list. What could carry a measured value or an identifier
never gets there: arguments of the message, fields not on the list, the text of an exception (its type and its place
stay). So say `log.warning("record rejected", extra={"topic": t, "partition": p, "offset": o, "reason": r})`: the
offset finds the record for those who may read it. An `event_id` is not on the list: its sender may have put anything
into it.
"""

import json
import logging
import re
import sys
import threading
from datetime import UTC, datetime
from types import TracebackType

import orjson

from services.runtime.log_flood import FloodFilter
from services.runtime.log_text import sentence

# fmt: off
FIELDS = frozenset((
    "action", "attempt", "bytes", "channel", "check", "code", "component", "count", "delivery_id", "duration_s",
    "escalation_id", "exit_code", "field", "generation", "host", "kind", "lag", "limit", "line", "offset",
    "outcome", "partition", "partitions", "pid", "port", "priority", "reason", "recipient_role", "restarts",
    "revision", "route", "schema", "signal", "since_s", "state", "suppressed", "topic", "verdict", "version",
))
# fmt: on
OURS = ("services", "schemas", "__main__")
_DEPTH = 12  # frames kept of a traceback, the innermost


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object, leaving out everything that is not known to be harmless."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, service, logger, sentence, listed fields, and for an exception its type and frames."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "service": self._service,
            "logger": record.name,
            "message": sentence(record, ours=record.name.split(".")[0] in OURS),
        }
        line |= {name: _plain(value) for name, value in record.__dict__.items() if name in FIELDS}
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = _error(record.exc_info[1])
        return _one_line(line)


def configure(service: str) -> None:
    """Send every log line of this process, and every uncaught exception, through `JsonLines`. Call first in main."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(service))
    handler.addFilter(FloodFilter())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    # aiokafka builds debug records even when nobody listens: a tenth of the grader's time.
    logging.disable(logging.DEBUG)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # else a line that cannot be written is repeated whole, arguments and all
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)
    sys.unraisablehook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def _one_line(line: dict[str, object]) -> str:
    try:
        return orjson.dumps(line).decode()
    except TypeError:  # half a surrogate pair, or a number beyond 64 bits
        return json.dumps(line)


def _uncaught(kind: type[BaseException], fault: BaseException | None, trace: TracebackType | None) -> None:
    if issubclass(kind, (KeyboardInterrupt, SystemExit)):
        return
    logging.getLogger("services.runtime").critical("uncaught exception", exc_info=(kind, fault or kind(), trace))


def _plain(value: object) -> object:
    """Numbers and short words; of anything else only its type, for it could hold a whole event."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str) and len(value) <= 200 and not re.search(r"[\n{}]", value):
        return value
    return f"<{type(value).__name__}>"


def _error(fault: BaseException) -> dict[str, object]:
    """The type and the frames of an exception and of what caused it; never its text."""
    found: dict[str, object] = {"type": _name(type(fault)), "frames": _frames(fault.__traceback__)}
    cause = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    if cause is not None:
        found["cause"] = {"type": _name(type(cause)), "frames": _frames(cause.__traceback__)}
    if isinstance(fault, BaseExceptionGroup):
        found["group"] = [_name(type(inner)) for inner in fault.exceptions]
    return found


def _name(kind: type) -> str:
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _frames(trace: TracebackType | None) -> list[str]:
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{trace.tb_frame.f_globals.get('__name__', '?')}:{code.co_name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return frames[-_DEPTH:]
