"""What of a log message may be written: the sentence, never what was put into it."""

import logging
import re

# Their arguments are about connections, groups and offsets, and an operator needs them.
PLUMBING = ("aiokafka", "kafka", "uvicorn.error")

_NUMBER = re.compile(r"\b\d[\w.,:+-]*")
_SPEAKER = re.compile(r"^\[[^\]]*\]:?\s*")  # Faust: `[^--Consumer]: ...`
_FIRST_DETAIL = re.compile(r"""[(\[{<'"=\d\n]""")


def sentence(record: logging.LogRecord, *, ours: bool) -> str:
    """The message of a record as it may appear in the log.

    Ours: the constant sentence; its arguments are dropped, and numbers masked, in case somebody formatted one in.
    Of the Kafka clients and the web server: with short arguments. Of other libraries: up to the first detail.
    """
    text = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
    if ours:
        return _NUMBER.sub("#", text)
    if record.name.startswith(PLUMBING):
        return _filled(text, record.args)
    return _FIRST_DETAIL.split(_SPEAKER.sub("", text), maxsplit=1)[0].strip()


def _filled(text: str, args: object) -> str:
    try:
        return text % tuple(_short(arg) for arg in args) if isinstance(args, tuple) and args else text
    except (TypeError, ValueError):
        return text


def _short(arg: object) -> object:
    """Numbers and names pass; a record, a batch or an exception shows only its type."""
    plain = arg is None or isinstance(arg, (bool, int, float)) or (isinstance(arg, str) and len(arg) <= 120)
    return arg if plain else f"<{type(arg).__name__}>"
