"""Many bodies at once, each read exactly as `read_bedside` reads it alone, but for the order of fields (`in_order`).

Nearly all are plain: ASCII without an escape. Of those msgspec reads vitals in two fifths of what pydantic takes, and
refuses whatever pydantic refuses. It alone would be laxer with bytes that are no text, with escaped control characters
and endless numbers: bodies that could hold such go to pydantic, in one call; and what is nested is read alone.
Either way each is parsed within its own bytes: joined into one array, a body like `{...},{...}` could add a record and
two halves of one hide it again. What is no record of vitals is read alone: one bad record costs one record.
"""

from collections.abc import Callable, Iterator, MutableMapping, Sequence
from functools import cache
from typing import Annotated, Any, NamedTuple, Protocol

import msgspec
from msgspec import UNSET
from pydantic import ConfigDict, Field, Json, TypeAdapter

from schemas.bedside import MEASUREMENTS, VITALS, Vitals
from schemas.rates import Rates, has_rates_only
from schemas.reading import Record
from schemas.reasons import Refusal
from schemas.times import FRACTIONS, SECONDS, parse_any_text, parse_time

_VitalsOrBytes = Annotated[Json[Vitals] | bytes, Field(union_mode="left_to_right")]
# Ids and times hardly ever repeat: remembering their strings only drives others out of the processor's cache.
_FORGETFUL = ConfigDict(cache_strings="none")
_NOT_PLAIN = (b"\\", b"\x7f")
_FIELDS = tuple(Vitals.__annotations__)
_LONGEST = 4_000  # of a plain body: a number of more than 4,300 digits is none to pydantic


@cache
def _adapter() -> TypeAdapter[Any]:
    return TypeAdapter(list[_VitalsOrBytes], config=_FORGETFUL)


@cache
def _decoder() -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(Vitals)


@cache
def _rates_decoder() -> msgspec.json.Decoder[Rates]:
    return msgspec.json.Decoder(Rates)


class Keyed(Protocol):
    """A record of the log."""

    @property
    def key(self) -> bytes | None:
        """The patient; none where the record concerns the whole partition."""

    @property
    def value(self) -> bytes | None:
        """One event."""


Read = tuple[Any, Record | Rates | Refusal, int | None]


class Known(NamedTuple):
    """Who lives in a partition.

    Attributes:
        homes: the keys of patients of whom that was found out; KeyError for others.
        rates: by key the patients among them whose last record held rates only; kept up by reading.
    """

    homes: MutableMapping[str, bytes]
    rates: dict[bytes | None, str]


def read_batch(
    records: Sequence[Keyed],
    known: Known,
    otherwise: Callable[[Any], tuple[Record | Refusal, int | None]],
    most_bytes: int,
) -> Iterator[Read]:
    """Each record with what it says, and when vitals were observed.

    Each is read when its turn comes: it is still in the processor's cache when it is graded.

    Args:
        records: some hundred of them.
        known: patients whose records need not be looked at closely.
        otherwise: reads a record alone, whatever is not vitals under the key of its patient.
        most_bytes: a longer body is read by `otherwise`.

    Returns:
        Records in their order, each with an event or a refusal and a time in milliseconds since 1970, None beside
        everything that is no record of vitals. Of whoever sent rates before, the same again are `Rates`.
    """
    bodies = [record.value or b"" for record in records]
    if _are_plain(bodies):
        return _read_plainly(records, bodies, known, otherwise)
    return _read_by_pydantic(records, [b"" if len(body) > most_bytes else body for body in bodies], known, otherwise)


def in_order(record: Record) -> Record:
    """The record with its fields in the order of the schema, as read alone: whatever repeats it repeats it the same."""
    if record["schema"] != VITALS:
        return record
    return {name: record[name] for name in _FIELDS if name in record}


def _read_plainly(
    records: Sequence[Keyed], bodies: Sequence[bytes], known: Known, otherwise: Callable[[Any], Any]
) -> Iterator[Read]:
    decode, (_, rates) = _rates_decoder().decode, known
    name_of = rates.get
    for record, body in zip(records, bodies, strict=True):
        name = name_of(record.key)
        if name is not None:
            try:
                event = decode(body)
                text = event.observed_at  # of which msgspec knows nothing
                try:
                    at_ms = SECONDS[text[:19]] + FRACTIONS[text[19:]]
                except KeyError:
                    at_ms = parse_any_text(text)
                if event.patient_id == name and (event.heart_rate_bpm is not UNSET or _has_rates(event)):
                    event.patient_id = name  # whose hash is known
                    yield record, event, at_ms
                    continue
            except (msgspec.DecodeError, ValueError):
                pass  # it holds more, or is no such record at all
            del rates[record.key]
        read = _read_signs(record, body, known)
        yield (record, *otherwise(record)) if read is None else (record, *read)


def _read_signs(record: Keyed, body: bytes, known: Known) -> tuple[Record, int] | None:
    """Vitals of any signs; None for whatever else it is: reading it alone says why it is refused, or takes it."""
    if b"[" in body or body.count(b"{") > 1:
        return None
    try:
        event = _decoder().decode(body)
        at_ms = parse_any_text(event["observed_at"])
        if known.homes[event["patient_id"]] != record.key or not _is_measured(event):
            return None
    except (msgspec.DecodeError, KeyError, ValueError):
        return None
    if has_rates_only(event):
        known.rates[record.key] = event["patient_id"]
    return event, at_ms


def _are_plain(bodies: Sequence[bytes]) -> bool:
    together = b"".join(bodies)
    return (
        together.isascii()
        and not any(sign in together for sign in _NOT_PLAIN)
        and max(map(len, bodies), default=0) <= _LONGEST
    )


def _read_by_pydantic(
    records: Sequence[Keyed], bodies: Sequence[bytes], known: Known, otherwise: Callable[[Any], Any]
) -> Iterator[Read]:
    """The same of any bodies, validated in one call."""
    for record, event in zip(records, _adapter().validate_python(bodies), strict=True):
        try:
            if type(event) is dict and known.homes[event["patient_id"]] == record.key and _is_measured(event):
                yield record, event, parse_time(event["observed_at"])
                continue
        except (KeyError, ValueError):
            pass  # the same: reading it alone says why it is refused
        yield record, *otherwise(record)


def _is_measured(vitals: Record) -> bool:
    return any(sign in vitals for sign in MEASUREMENTS)


def _has_rates(rates: Rates) -> bool:
    return rates.resp_rate_bpm is not UNSET or rates.spo2_pct is not UNSET
