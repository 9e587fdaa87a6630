"""Many bodies at once, each read exactly as `read_bedside` reads it alone, but for the order of fields (`in_order`).

Nearly all are plain: ASCII without an escape, times as we write them. Of those msgspec reads vitals in two fifths of
what pydantic takes, and refuses whatever pydantic refuses. It alone would be laxer with bytes that are no text, with
escaped control characters, deep nesting and endless numbers: bodies that could hold such go to pydantic, in one call.
Either way each is parsed within its own bytes: joined into one array, a body like `{...},{...}` could add a record and
two halves of one hide it again. What is no record of vitals is read alone: one bad record costs one record.
"""

from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any

import msgspec
from pydantic import ConfigDict, Field, Json, TypeAdapter

from schemas.bedside import MEASUREMENTS, VITALS, Vitals
from schemas.reading import Record, event_time, read_bedside
from schemas.reasons import Refusal
from schemas.times import parse_common_times, parse_times

_VitalsOrBytes = Annotated[Json[Vitals] | bytes, Field(union_mode="left_to_right")]
# Ids and times hardly ever repeat: remembering their strings only drives others out of the processor's cache.
_FORGETFUL = ConfigDict(cache_strings="none")
_NO_TIME = "1970-01-01T00:00:00Z"  # stands where there is none: of the shape that is read fastest
_NOT_PLAIN = (b"\\", b"\x7f", b"[")
_FIELDS = tuple(Vitals.__annotations__)
_LONGEST = 4_000  # of a plain body: a number of more than 4,300 digits is none to pydantic


@cache
def _adapter() -> TypeAdapter[Any]:
    return TypeAdapter(list[_VitalsOrBytes], config=_FORGETFUL)


@cache
def _decoder() -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(Vitals)


def read_batch(bodies: Sequence[bytes]) -> tuple[list[Record | Refusal], list[int | None]]:
    """What `read_bedside` says of each body, and when vitals were observed.

    Returns:
        Records and refusals in the order of the bodies, and as many times in milliseconds since 1970, None beside
        everything that is no record of vitals.
    """
    found, times = _read_plainly(bodies) or _read_by_pydantic(bodies)
    for place, one in enumerate(found):
        if type(one) is bytes or times[place] is None or not ("heart_rate_bpm" in one or _is_measured(one)):
            found[place], times[place] = _read_alone(bodies[place])
    return found, times


def in_order(record: Record) -> Record:
    """The record with its fields in the order of the schema, as read alone: whatever repeats it repeats it the same."""
    if record["schema"] != VITALS:
        return record
    return {name: record[name] for name in _FIELDS if name in record}


def _read_alone(body: bytes) -> tuple[Record | Refusal, int | None]:
    record = read_bedside(body)
    if isinstance(record, Refusal) or record["schema"] != VITALS:
        return record, None
    return record, event_time(record)


def _read_plainly(bodies: Sequence[bytes]) -> tuple[list[Any], list[int | None]] | None:
    """Vitals with their times, everything else still as bytes; None where it takes pydantic to tell."""
    if not _are_plain(bodies):
        return None
    found: list[Any] = []
    decode = _decoder().decode
    for body in bodies:
        try:
            found.append(decode(body))
        except msgspec.DecodeError:
            found.append(body)
    times = parse_common_times(_times(found))
    return None if times is None else (found, times)


def _are_plain(bodies: Sequence[bytes]) -> bool:
    together = b"".join(bodies)
    return (
        together.isascii()
        and together.count(b"{") <= len(bodies)
        and not any(sign in together for sign in _NOT_PLAIN)
        and max(map(len, bodies), default=0) <= _LONGEST
    )


def _read_by_pydantic(bodies: Sequence[bytes]) -> tuple[list[Any], list[int | None]]:
    """The same of any bodies."""
    found = _adapter().validate_python(bodies)
    return found, parse_times(_times(found))


def _times(found: Sequence[Any]) -> list[str]:
    return [_NO_TIME if type(one) is bytes else one["observed_at"] for one in found]


def _is_measured(vitals: Record) -> bool:
    return any(sign in vitals for sign in MEASUREMENTS)
