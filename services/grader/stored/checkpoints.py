"""Manifests and buckets of earlier formats, as the newest has them."""

import orjson

from services.grader.manifest import FORMAT, encode_bucket
from services.grader.stored.forms import Forms, Plain
from services.grader.stored.patients import packed


def _with_packed_patients(bucket: Plain) -> Plain:
    """Format 1 held each patient's state as JSON inside its own."""
    return {**bucket, "patients": {name: packed(state, state["v"]) for name, state in bucket["patients"].items()}}


MANIFESTS = Forms("format", FORMAT, {1: dict})  # the same fields
BUCKETS = Forms("format", FORMAT, {1: _with_packed_patients})


def upgraded_manifest(value: bytes) -> bytes:
    """A manifest in the newest format; unchanged where it is that, or nothing known here."""
    plain = orjson.loads(value)
    if not isinstance(plain, dict) or plain.get("format") == FORMAT:
        return value
    return orjson.dumps(MANIFESTS.upgraded(plain))


def upgraded_bucket(value: bytes) -> bytes:
    """A bucket in the newest format; unchanged where it is that, or nothing known here."""
    if b"\n" in value:  # since format 2 a line says what follows
        return value
    plain = orjson.loads(value)
    if not isinstance(plain, dict) or not BUCKETS.knows(plain.get("format")):
        return value
    bucket = BUCKETS.upgraded(plain)
    return encode_bucket(bucket["patients"], bucket["next"])
