"""A request body cut into the events it carries, each with the very bytes it arrived in. Pure.

One object, an array of objects, or one object a line. A bad line costs itself only; an array that is not JSON costs the
whole request, because nobody can say where its events begin and end. NaN and Infinity are no JSON, but senders write
them for "no value": the cut survives them, so that they cost one measurement and not a thousand events.
"""

import json
from collections.abc import Iterator
from json.decoder import WHITESPACE  # type: ignore[attr-defined]
from typing import Any, Literal, NamedTuple

from schemas.reasons import Refusal

Form = Literal["json", "lines"]
Pairs = list[tuple[str, Any]]

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# More digits than any measurement has: kept from the integer parser, whose cost grows with their square.
LONGEST_INTEGER = 18


class Item(NamedTuple):
    """One event of a request: its place, its bytes, and its fields as they stand (None where it is no object)."""

    place: int
    body: bytes
    pairs: Pairs | None
    refusal: Refusal | None = None


class _Object(list[tuple[str, Any]]):
    """A JSON object's fields in order, repeats included: a dict would silently keep the last of two."""


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= LONGEST_INTEGER else float(digits)


# Not strict about control characters: those are the decoder's to refuse, in the one event that has them.
_DECODER = json.JSONDecoder(object_pairs_hook=_Object, parse_int=_integer, strict=False)


def cut(body: bytes, form: Form) -> list[Item] | Refusal:
    """The events of a body in order, or why none can be told apart."""
    if not body.strip():
        return Refusal("empty")
    if body.startswith(BYTE_ORDER_MARK):
        return Refusal("not_json")
    items = list(_lines(body)) if form == "lines" else _document(body)
    return items or Refusal("empty")


def _lines(body: bytes) -> Iterator[Item]:
    lines = (line.removesuffix(b"\r") for line in body.split(b"\n"))
    for index, line in enumerate(line for line in lines if line.strip()):
        whole = _document(line)
        if isinstance(whole, Refusal):
            yield Item(index, line, None, whole)
        elif line.lstrip()[:1] == b"[":
            yield Item(index, line, None, Refusal("not_an_object"))
        else:
            yield whole[0]._replace(place=index, body=line)


def _document(body: bytes) -> list[Item] | Refusal:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return Refusal("not_utf8")
    try:
        return list(_elements(text))
    # Too deep for the parser is as unreadable as a missing bracket.
    except (ValueError, RecursionError):
        return Refusal("not_json")


def _elements(text: str) -> Iterator[Item]:
    """Every element of a top-level array, or the one value there is.

    Raises:
        ValueError: this is not JSON.
    """
    at = _after_space(text, 0)
    if text[at] != "[":
        value, end = _DECODER.raw_decode(text, at)
        _expect_end(text, end)
        yield _item(0, text, value)
        return
    at = _after_space(text, at + 1)
    index, more = 0, text[at : at + 1] != "]"
    while more:
        value, end = _DECODER.raw_decode(text, at)
        yield _item(index, text[at:end], value)
        at, index = _after_space(text, end), index + 1
        more = text[at : at + 1] == ","
        at = _after_space(text, at + 1) if more else at
    if text[at : at + 1] != "]":
        raise ValueError("an array without an end")
    _expect_end(text, at + 1)


def _item(place: int, text: str, value: object) -> Item:
    if isinstance(value, _Object):
        return Item(place, text.encode(), value)
    return Item(place, text.encode(), None, Refusal("not_an_object"))


def _after_space(text: str, at: int) -> int:
    return int(WHITESPACE.match(text, at).end())


def _expect_end(text: str, at: int) -> None:
    if _after_space(text, at) != len(text):
        raise ValueError("more than one document")
