"""What a checkpoint holds comes back as it was, and a form from the future is not guessed at."""

from dataclasses import replace

import orjson
import pytest

from services.grader import manifest
from services.grader.buckets import BUCKETS, bucket_of
from services.grader.manifest import (
    Manifest,
    Newest,
    Source,
    Stored,
    UnreadableState,
    decode_bucket,
    decode_manifest,
    encode_bucket,
    encode_parts,
    joined_parts,
)

MANIFEST = Manifest(
    Source("cluster", "topic"), 1_042, 1_772_375_400_000, "hash", {3: Stored(17, 1_040), 0: Stored(9, 8)}
)


def test_a_manifest_comes_back_as_it_was():
    graded = replace(MANIFEST, newest=Newest(1_050, 1_772_375_400_500), partitions=12)
    assert [decode_manifest(manifest.encode()) for manifest in (MANIFEST, graded)] == [MANIFEST, graded]


@pytest.mark.parametrize("since", ["newest", "partitions"])
def test_a_manifest_from_before_something_was_named_is_read(since):
    stored = orjson.loads(MANIFEST.encode())
    del stored[since]
    assert decode_manifest(orjson.dumps(stored)) == MANIFEST


# As the engine stores them: a line, and a body that may hold anything, line ends too.
PATIENTS = {"bed-7": b"[1,null]\n\x00\xff\nbody\n", "bed-8": b"[1,5]\n", "b\u00e9d": b'["\xc3\xa9"]\nx'}


@pytest.mark.parametrize("patients", [{}, {"bed-7": PATIENTS["bed-7"]}, PATIENTS])
def test_a_bucket_comes_back_as_it_was(patients):
    assert decode_bucket(encode_bucket(patients, 12)) == (patients, 12)


@pytest.mark.parametrize("decode", [decode_manifest, decode_bucket])
@pytest.mark.parametrize("format_then", [99, 1])
def test_a_form_of_another_version_is_refused(decode, format_then):
    with pytest.raises(UnreadableState, match=f"format {format_then}, "):
        decode(orjson.dumps({"format": format_then}))


def test_a_bucket_whose_lines_are_damaged_is_refused():
    stored = encode_bucket(PATIENTS, 12)
    begin = stored.index(b"\n") + 1
    with pytest.raises(UnreadableState, match="damaged"):
        decode_bucket(stored[:begin] + b"\x00" + stored[begin + 1 :])


def test_a_thousand_patients_of_a_bucket_cost_little_more_than_what_tells_them_apart():
    line = b"[1,1772352390000,[1,1772352090000,3,1772352090000,1772352090000,450,8,[]]]"
    patients = {f"p-{number}": line + b"\n" for number in range(1_000)}
    assert len(encode_bucket(patients, 12)) < 10_000 < len(line) * 1_000


def test_a_bucket_that_outgrew_a_record_is_stored_in_parts(monkeypatch):
    monkeypatch.setattr(manifest, "MOST_BYTES", 10)
    patients = {"a": b"[1]\n1", "b": b"[1]\n1", "c": b"[1]\n", "d": b"[1]\n" + 6 * b"x", "e": b"[1]\n"}

    parts = encode_parts(3, patients, 12)

    found = {number: decode_bucket(value) for number, (value, upto) in parts.items() if upto == 12}
    # Two together are as many bytes as may be, and so is one alone.
    assert {number: set(part) for number, (part, _) in found.items()} == {
        3: {"a", "b"}, 3 + BUCKETS: {"c"}, 3 + 2 * BUCKETS: {"d"}, 3 + 3 * BUCKETS: {"e"},
    }  # fmt: skip
    assert {name: stored for part, _ in found.values() for name, stored in part.items()} == patients
    assert joined_parts({number: part for number, (part, _) in found.items()}) == {3: patients}


@pytest.mark.parametrize("size", range(24))
def test_a_patient_who_outgrew_a_record_is_stored_in_pieces(monkeypatch, size):
    monkeypatch.setattr(manifest, "MOST_BYTES", 10)
    body = b"ab\n\nc\n\n\n\n\nd" * 2
    patients = {"a": b"[1]\n1", "large": b"[1]\n" + body[:size], "z": b"[1]\n1"}

    parts = {number: decode_bucket(value)[0] for number, (value, _) in encode_parts(3, patients, 12).items()}

    assert max(sum(map(len, part.values())) for part in parts.values()) <= 10
    in_any_order = dict(sorted(parts.items(), reverse=True))
    assert joined_parts(in_any_order) == {3: patients}


def test_a_bucket_that_holds_nobody_is_one_record():
    assert {number: decode_bucket(value) for number, (value, _) in encode_parts(3, {}, 12).items()} == {3: ({}, 12)}


def test_a_bucket_is_left_out_with_all_its_parts():
    stored = Stored(1, 2)
    of_parts = replace(MANIFEST, buckets={3: stored, 4: stored, 3 + BUCKETS: stored, 4 + BUCKETS: stored})
    assert of_parts.but_for({3}) == {4: stored, 4 + BUCKETS: stored}


def test_a_patient_is_in_the_same_bucket_in_every_process():
    assert [bucket_of(patient) for patient in ("bed-7", "bed-8", "")] == [29, 12, 0]
    assert {bucket_of(f"p-{number}") for number in range(2_000)} == set(range(BUCKETS))
