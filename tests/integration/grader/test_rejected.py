"""Bad records on the bedside topic: each is kept with its reason, and the stream goes on."""

import base64
import hashlib
from typing import NamedTuple

import pytest

from schemas.encoding import encode
from schemas.partitions import partition_for
from schemas.rejected import KEPT_BYTES
from schemas.topics import ESCALATIONS, REJECTED
from tests.integration.grader.bedside import heart_rate, open_bedside, reading
from tests.integration.grader.grader_process import grader_process
from tests.integration.ingest.rejected_inputs import EVENTS, INGEST_ONLY

pytestmark = pytest.mark.kafka
COUNTING = "tests.integration.grader.counting"
GOOD = encode(heart_rate("e", "bed-7"))


class Bad(NamedTuple):
    title: str
    body: bytes | None
    reason: str
    key: bytes | None = b"bed-7"
    elsewhere: int = 0  # so many partitions beside where the key belongs


# What the decoder refuses, wherever it comes from, and what only a record can have wrong.
DECODED = [
    Bad(
        event.title,
        event.named(f"bad-{number}"),
        "too_large" if len(event.body) > KEPT_BYTES else event.on_topic or event.reason,
    )
    for number, event in enumerate(EVENTS)
    if (event.on_topic or event.reason) not in (*INGEST_ONLY, "accepted")
]
ON_TOPIC = [
    Bad("a tombstone", None, "empty"),
    Bad("nothing", b"", "empty"),
    Bad("key of another patient", GOOD, "key_mismatch", key=b"bed-8"),
    Bad("no key", GOOD, "key_mismatch", key=None),
    Bad("in another patient's partition", GOOD, "wrong_partition", elsewhere=1),
    Bad("larger than any event", GOOD[:-1] + b" " * 900_000 + b"}", "too_large"),
]


def test_each_is_kept_with_its_reason_and_the_stream_goes_on(ward_topics, tmp_path):
    with (
        grader_process(ward_topics, tmp_path, module=COUNTING),
        open_bedside(ward_topics) as bedside,
        reading(ward_topics, REJECTED) as rejected,
        reading(ward_topics, ESCALATIONS) as escalations,
    ):
        home = partition_for("bed-7", ward_topics.partitions)
        sent = {}
        for number, bad in enumerate(DECODED + ON_TOPIC):
            where = (home + bad.elsewhere) % ward_topics.partitions
            partition, offset = bedside.send_bytes(bad.body, key=bad.key, partition=where)
            sent[f"kafka:{bedside.topic}/{partition}/{offset}"] = bad
            bedside.send([heart_rate(f"good-{number}", "bed-7")])
        found = {refusal["source"]: refusal for refusal in rejected.until(len(sent))}
        escalations.until(len(sent) // 3)

    assert len(sent) >= 50
    assert {sent[source].title: refusal["reason"] for source, refusal in found.items()} == {
        bad.title: bad.reason for bad in sent.values()
    }
    for source, refusal in found.items():
        body = sent[source].body or b""
        assert base64.b64decode(refusal["bytes_base64"]) == body[:KEPT_BYTES]
        assert (refusal["length"], refusal["sha256"]) == (len(body), hashlib.sha256(body).hexdigest())


def test_what_the_engine_refuses_is_kept_as_it_came(ward_topics, tmp_path):
    """Not as it was read: in its own order, with fields that nobody knows."""
    body = (
        b'{"sent_by":"gw-7", "heart_rate_bpm":80, "source":"manual", "observed_at":"2126-03-01T14:30:00Z",'
        b' "patient_id":"bed-7", "event_id":"ahead", "schema":"crs.vitals.v1"}'
    )
    with (
        grader_process(ward_topics, tmp_path, module="services.grader"),
        open_bedside(ward_topics) as bedside,
        reading(ward_topics, REJECTED) as rejected,
    ):
        bedside.send_bytes(body, key=b"bed-7", partition=partition_for("bed-7", ward_topics.partitions))
        (refusal,) = rejected.until(1)

    assert (refusal["reason"], refusal["field"]) == ("future_time", "observed_at")
    assert base64.b64decode(refusal["bytes_base64"]) == body
