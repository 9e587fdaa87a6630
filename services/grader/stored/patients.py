"""Stored patients of earlier versions, in checkpoints, handovers and evidence."""

import zlib
from typing import Any

import orjson

from services.grader.engine.kept_words import WORDS
from services.grader.engine.state import STATE_VERSION
from services.grader.stored.forms import Forms, Plain

# A step is given `state`, and `gathered`: what was gathered since, or None.
STATES = Forms("v", STATE_VERSION, {})
WORDS_OF = {1: WORDS}  # by version; a version that changes the words keeps the earlier text here
AT_ONCE_MS = 0  # when to look whether time has changed something: what the former version knew of that is not asked


def upgraded_state(encoded: Plain, states: Forms = STATES) -> Plain:
    """A state as handovers and evidence hold it, in the newest form."""
    return states.upgraded(encoded)


def upgraded(stored: Any, states: Forms = STATES) -> Any:
    """A patient as checkpoints hold them, in the newest form; unchanged where it is that, or nothing known here."""
    number = _number(stored)
    if not states.knows(number):
        return stored
    return packed(states.upgraded(unpacked(stored)), states.newest)


def unpacked(stored: bytes) -> Plain:
    """A patient as plain data."""
    head, _, body = stored.partition(b"\n")
    number, _due_ms, gathered = orjson.loads(head)
    state = zlib.decompressobj(-zlib.MAX_WBITS, WORDS_OF[number]).decompress(body)
    return {"v": number, "state": orjson.loads(state), "gathered": gathered}


def packed(plain: Plain, number: int) -> bytes:
    """Plain data as a stored patient of that version."""
    packer = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS, zdict=WORDS_OF[number])
    body = packer.compress(orjson.dumps(plain["state"])) + packer.flush()
    return b"%b\n%b" % (orjson.dumps([number, AT_ONCE_MS, plain.get("gathered")]), body)


def _number(stored: Any) -> int | None:
    if not isinstance(stored, bytes):
        return None
    begin = stored[1 : stored.find(b",")]
    return int(begin) if stored[:1] == b"[" and begin.isdigit() else None
