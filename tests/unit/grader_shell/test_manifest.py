"""What a checkpoint holds comes back as it was, and a form from the future is not guessed at."""

import orjson
import pytest

from services.grader.buckets import BUCKETS, bucket_of
from services.grader.manifest import (
    Manifest,
    Source,
    Stored,
    UnreadableState,
    decode_bucket,
    decode_manifest,
    encode_bucket,
)

MANIFEST = Manifest(
    Source("cluster", "topic"), 1_042, 1_772_375_400_000, "hash", {3: Stored(17, 1_040), 0: Stored(9, 8)}
)


def test_a_manifest_comes_back_as_it_was():
    assert decode_manifest(MANIFEST.encode()) == MANIFEST


def test_a_bucket_comes_back_as_it_was():
    assert decode_bucket(encode_bucket({"bed-7": {"v": 1}}, 12)) == ({"bed-7": {"v": 1}}, 12)


@pytest.mark.parametrize("decode", [decode_manifest, decode_bucket])
def test_a_form_of_another_version_is_refused(decode):
    with pytest.raises(UnreadableState, match="format 99"):
        decode(orjson.dumps({"format": 99}))


def test_a_patient_is_in_the_same_bucket_in_every_process():
    assert [bucket_of(patient) for patient in ("bed-7", "bed-8", "")] == [29, 12, 0]
    assert {bucket_of(f"p-{number}") for number in range(2_000)} == set(range(BUCKETS))
