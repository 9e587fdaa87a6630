"""Records made to break a reader: each costs itself, none stops its partition, before and after a kill."""

import json
import random
from collections import Counter

import pytest

from schemas.encoding import encode
from schemas.topics import ESCALATIONS, REJECTED
from tests.integration.grader.bedside import heart_rate, open_bedside, reading
from tests.integration.grader.bulk import send_bulk
from tests.integration.grader.grader_process import grader_process
from tests.integration.grader.ward_events import enrolled, measured, now
from tests.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(200)]
GRADER = "services.grader"
DEEP = 100_000


def with_number(digits: str) -> bytes:
    return encode(heart_rate("number", "bed-7")).replace(b"80", digits.encode())


def handed_over(state: object) -> bytes:
    """What another grader would write, with a state that none could have written."""
    return json.dumps({
        "schema": "crs.handover.v1", "handover_id": "h" * 64, "patient_id": "bed-7", "merged_patient_id": "bed-9",
        "merged_at": now(), "state": state, "escalations": [],
    }).encode()  # fmt: skip


POISON = {
    "deep lists": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "deep inside an event": encode(heart_rate("deep", "bed-7"))[:-1] + b',"x":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "a number of many digits": with_number("9" * 200_000),
    "a number without end": with_number("1e99999"),
    "no number": with_number("NaN"),
    "infinity": with_number("-Infinity"),
    "half a character": encode(heart_rate("half", "bed-7")).replace(b"half", b"\\ud800"),
    "not UTF-8": b"\xff\xfe" + encode(heart_rate("utf", "bed-7")),
    "noise": random.Random(7).randbytes(400_000),
    "zeros": bytes(200_000),
    "as large as Kafka takes": encode(heart_rate("large", "bed-7"))[:-1] + b" " * 1_000_000 + b"}",
    "a list of events": b"[" + encode(heart_rate("list", "bed-7")) + b"]",
    "two events": encode(heart_rate("one", "bed-7")) + encode(heart_rate("two", "bed-7")),
    "a name of many characters": encode(heart_rate("n" * 300_000, "bed-7")),
    "a day that does not exist": encode(heart_rate("day", "bed-7", at="2026-02-31T10:00:00Z")),
    "a handed over state of another version": handed_over({"v": 99, "state": {}}),
    "a handed over state of another shape": handed_over({"v": 1, "state": {"patient_id": 7, "fold": []}}),
    "a handed over state that is none": handed_over(
        {"v": 1, "state": {"patient_id": "bed-9", "history": {"entries": 7}}}
    ),
}

KEYS = {
    "not text": b"\xff\x00\xfe",
    "no characters at all": b"",
    "as long as Kafka takes": b"\xff" * 1_000_000,
}


def poison() -> list[tuple[bytes, bytes]]:
    """Keys and bodies, each of them bad in one of both."""
    body = encode(heart_rate("key", "bed-7"))
    return [(b"bed-7", one) for one in POISON.values()] + [(key, body) for key in KEYS.values()]


def test_each_costs_itself_and_the_partition_goes_on(new_ward_topics, tmp_path):
    ward = new_ward_topics(partitions=1)
    with (
        grader_process(ward, tmp_path, module=GRADER) as grader,
        open_bedside(ward) as bedside,
        reading(ward, ESCALATIONS) as escalations,
        reading(ward, REJECTED) as rejected,
    ):

        def rises() -> list[int]:
            return sorted({told["grade"] for told in escalations() if told["kind"] == "crs_rise"})

        grader.wait_until_ready()
        bedside.send(enrolled("bed-7"))
        send_bulk(ward, poison())
        bedside.send([measured("fever", "bed-7", temperature_c=39.0)])
        eventually(lambda: rises() == [1], within=30)
        first = rejected.until(len(poison()))
        grader.kill()
        send_bulk(ward, poison())
        grader.start()
        bedside.send([measured("low", "bed-7", sbp_mmhg=80)])
        eventually(lambda: rises() == [1, 2], within=30)

        assert grader.process.poll() is None
        both = {refusal["source"]: refusal["reason"] for refusal in rejected.until(2 * len(poison()))}
        once = Counter({refusal["source"]: refusal["reason"] for refusal in first}.values())
        assert len(both) == 2 * len(poison())
        assert Counter(both.values()) == once + once
        assert once["engine_fault"] == sum(name.startswith("a handed over state") for name in POISON)
        assert {record.key for record in rejected.records} == {key for key, _ in poison()}
        assert "999999" not in grader.log()
