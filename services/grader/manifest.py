"""What a checkpoint holds, as bytes: buckets of patients, and the manifest that says which of them belong together.

The manifest is written last in a transaction and names each bucket's newest offset in the state topic: what a restore
must find is written down and can be checked, and nothing else has to be read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

FORMAT = 1
MANIFEST_KEY = b"manifest"


class UnreadableState(Exception):
    """A checkpoint that this version of the grader cannot read."""


@dataclass(frozen=True, slots=True)
class Source:
    """Which topic the offsets count in; in another topic of the same name they would mean other records."""

    cluster_id: str
    topic_id: str


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a bucket's newest record lies, and the first bedside offset that it does not contain."""

    offset: int
    next: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """One finished checkpoint of one partition.

    Attributes:
        next: first bedside offset that is not in every bucket; a bucket may already contain some that follow.
        clock_ms: the partition's clock at `next`.
        rules: hash of the rule set in force.
        buckets: by number; a bucket that never held a patient is not named.
    """

    source: Source
    next: int
    clock_ms: int
    rules: str
    buckets: Mapping[int, Stored]

    def encode(self) -> bytes:
        """As a state record's value."""
        return orjson.dumps(
            {
                "format": FORMAT,
                "cluster_id": self.source.cluster_id,
                "topic_id": self.source.topic_id,
                "next": self.next,
                "clock_ms": self.clock_ms,
                "rules": self.rules,
                "buckets": {str(number): [at.offset, at.next] for number, at in sorted(self.buckets.items())},
            }
        )


def decode_manifest(value: bytes) -> Manifest:
    """The manifest in a state record's value.

    Raises:
        UnreadableState: it was written by a version this one does not know.
    """
    stored = _decoded(value)
    return Manifest(
        Source(stored["cluster_id"], stored["topic_id"]),
        stored["next"],
        stored["clock_ms"],
        stored["rules"],
        {int(number): Stored(*at) for number, at in stored["buckets"].items()},
    )


def bucket_key(number: int) -> bytes:
    """Record key of a bucket."""
    return b"bucket-%d" % number


def encode_bucket(patients: Mapping[str, Any], upto: int) -> bytes:
    """The encoded states of a bucket's patients after all records below `upto`."""
    return orjson.dumps({"format": FORMAT, "next": upto, "patients": dict(patients)})


def decode_bucket(value: bytes) -> tuple[dict[str, Any], int]:
    """Patients by id, still encoded, and the first bedside offset that is not in them."""
    stored = _decoded(value)
    return stored["patients"], stored["next"]


def _decoded(value: bytes) -> dict[str, Any]:
    stored: dict[str, Any] = orjson.loads(value)
    if stored.get("format") != FORMAT:
        raise UnreadableState(f"checkpoint format {stored.get('format')!r}, this grader reads {FORMAT}")
    return stored
