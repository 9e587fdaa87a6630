"""What a checkpoint holds, as bytes: buckets of patients, and the manifest that says which of them belong together.

The manifest is written last in a transaction and names each bucket's newest offset in the state topic: what a restore
must find is written down and can be checked, and nothing else has to be read.
"""

import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from services.grader.buckets import BUCKETS

FORMAT = 2
MANIFEST_KEY = b"manifest"
# Of one record: a quarter of what the broker takes. What is charted by hand within a day is kept whole, 60 bytes a set
# of vitals: a source that says it charts by hand, and does so each second, makes a patient of 5 MB; nothing ends that.
MOST_BYTES = 4 * 1024 * 1024
# Of zlib: it is a good part of what a checkpoint takes from grading; the best takes four times that, for 20 bytes less.
_QUICKLY = 3
_PIECE = b"\n"  # what a piece of a patient begins with: a line without anything in it, and the rest is a body


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


class Newest(NamedTuple):
    """The newest bedside record that was applied, by which its log is known again."""

    offset: int
    timestamp_ms: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """One finished checkpoint of one partition.

    Attributes:
        next: first bedside offset that is not in every bucket; a bucket may already contain some that follow.
        clock_ms: the partition's clock at `next`.
        rules: hash of the rule set in force.
        buckets: by number, all parts of each; a bucket that never held a patient is not named.
        newest: no bucket contains a record behind this one. None where nothing was applied yet, and in checkpoints of
            earlier versions.
        partitions: how many the bedside topic had: with another count, other patients are in this one. None in
            checkpoints of earlier versions.
    """

    source: Source
    next: int
    clock_ms: int
    rules: str
    buckets: Mapping[int, Stored]
    newest: Newest | None = None
    partitions: int | None = None

    def but_for(self, numbers: Collection[int]) -> dict[int, Stored]:
        """The buckets without these and their parts."""
        return {number: at for number, at in self.buckets.items() if number % BUCKETS not in numbers}

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
                "newest": None if self.newest is None else list(self.newest),
                "partitions": self.partitions,
            }
        )


def decode_manifest(value: bytes) -> Manifest:
    """The manifest in a state record's value.

    Raises:
        UnreadableState: it was written by a version this one does not know.
    """
    stored = _decoded(value)
    newest = stored.get("newest")
    return Manifest(
        Source(stored["cluster_id"], stored["topic_id"]),
        stored["next"],
        stored["clock_ms"],
        stored["rules"],
        {int(number): Stored(*at) for number, at in stored["buckets"].items()},
        None if newest is None else Newest(*newest),
        stored.get("partitions"),
    )


def bucket_key(number: int) -> bytes:
    """Record key of a bucket."""
    return b"bucket-%d" % number


def encode_parts(number: int, patients: Mapping[str, bytes], upto: int) -> dict[int, tuple[bytes, int]]:
    """A bucket as records, by number, each with `upto`: one, unless that grew too large.

    The parts of bucket n are n, n + BUCKETS, n + 2 * BUCKETS and so on; a restore takes all of them or none. A patient
    who is too large for one is in several of them, a piece in each.
    """
    parts, size = [dict[str, bytes]()], 0
    for patient_id, stored in patients.items():
        for piece in _pieces(stored):
            if size and size + len(piece) > MOST_BYTES:
                parts.append({})
                size = 0
            parts[-1][patient_id] = piece
            size += len(piece)
    return {number + place * BUCKETS: (encode_bucket(part, upto), upto) for place, part in enumerate(parts)}


def _pieces(stored: bytes) -> list[bytes]:
    """A patient, whole if that is not too large; of two pieces none fits into one record with the next."""
    if len(stored) <= MOST_BYTES:
        return [stored]
    most = MOST_BYTES - len(_PIECE)
    return [_PIECE + stored[begin : begin + most] for begin in range(0, len(stored), most)]


def joined_parts(parts: Mapping[int, Mapping[str, bytes]]) -> dict[int, dict[str, bytes]]:
    """The patients of each bucket, from all its parts by number."""
    pieces: dict[int, dict[str, list[bytes]]] = {}
    for number, part in sorted(parts.items()):
        bucket = pieces.setdefault(number % BUCKETS, {})
        for patient_id, piece in part.items():
            bucket.setdefault(patient_id, []).append(piece)
    return {number: {name: _joined(found) for name, found in bucket.items()} for number, bucket in pieces.items()}


def _joined(pieces: list[bytes]) -> bytes:
    return pieces[0] if len(pieces) == 1 else b"".join(piece.removeprefix(_PIECE) for piece in pieces)


def encode_bucket(patients: Mapping[str, bytes], upto: int) -> bytes:
    """The stored patients of a bucket after all records below `upto`.

    Of each patient a line that changes with every record, and a body that is deflated already: the lines of all are
    deflated together after one that names the patients, which costs little and saves most.
    """
    lines, bodies = list[bytes](), list[bytes]()
    for stored in patients.values():
        line, _, body = stored.partition(b"\n")
        lines.append(line)
        bodies.append(body)
    names = orjson.dumps(list(zip(patients, map(len, bodies), strict=True)))
    packed = zlib.compress(b"\n".join([names, *lines]), _QUICKLY)
    rest = b"".join([packed, *bodies])
    head = orjson.dumps({"format": FORMAT, "next": upto, "lines": len(packed), "crc32": zlib.crc32(rest)})
    return b"%b\n%b" % (head, rest)


def decode_bucket(value: bytes) -> tuple[dict[str, bytes], int]:
    """Patients by id, as they were stored, and the first bedside offset that is not in them.

    Raises:
        UnreadableState: it is not a bucket of this version.
    """
    head, _, rest = value.partition(b"\n")
    stored = _decoded(head)
    if zlib.crc32(rest) != stored["crc32"]:
        raise UnreadableState("a bucket of patients is damaged")
    names, *lines = zlib.decompress(rest[: stored["lines"]]).split(b"\n")
    patients, begin = {}, stored["lines"]
    for (patient_id, length), line in zip(orjson.loads(names), lines, strict=True):
        patients[patient_id] = line + b"\n" + rest[begin : begin + length]
        begin += length
    return patients, stored["next"]


def _decoded(value: bytes) -> dict[str, Any]:
    stored: dict[str, Any] = orjson.loads(value)
    if stored.get("format") != FORMAT:
        raise UnreadableState(f"checkpoint format {stored.get('format')!r}, this grader reads {FORMAT}")
    return stored
