"""The judge of the chaos suite: says nothing of a faithful record, and notices whatever is not."""

import json
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

import pytest

from schemas.bedside import TICK
from schemas.encoding import encode
from services.grader.addressing import with_its_bytes
from services.grader.engine import Origin
from services.grader.engine.partition import Partition
from services.grader.intake import read
from tests.chaos.judging import Verdict, verdict
from tests.chaos.wards import disturbed_wards

RECORDS, SEED = 110, 4  # of a ward without merges: nothing is handed over here


class Recorded(NamedTuple):
    """As Kafka gives it back."""

    value: bytes | None
    key: bytes | None = None
    offset: int = 0
    timestamp: int = 0
    topic: str = "crs.bedside.v1"
    partition: int = 0
    headers: tuple[tuple[str, bytes], ...] = ()


@pytest.fixture
def recorded() -> dict[str, list[Any]]:
    """A ward in one partition, and everything that was said of it."""
    return {name: list(records) for name, records in ward().items()}


@cache
def ward() -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {name: [] for name in ("bedside", "escalations", "evidence", "rejected", "estimates")}
    engine = Partition(watch_all=True)
    for offset, (at_ms, event, _) in enumerate(islice(disturbed_wards(SEED), RECORDS)):
        key = event["patient_id"].encode() if event["schema"] != TICK else None
        record = Recorded(encode(event), key, offset, at_ms)
        found["bedside"].append(record)
        clock_ms = max(engine.clock_ms, at_ms)
        for said in engine.apply(read(record, 1), clock_ms=clock_ms, origin=Origin(record.topic, 0, offset)):
            value = with_its_bytes(said.value, record.value) if said.topic == "rejected" else said.value
            found[said.topic].append(Recorded(value and encode(value), said.key.encode()))
    return found


def judged(recorded: dict[str, list[Any]]) -> tuple[int, int, int]:
    found: Verdict = verdict(recorded, 1)
    assert found.expected > 30
    return found.lost, found.wrong, found.repeated


def altered(record: Recorded, **fields: Any) -> Recorded:
    return record._replace(value=encode({**json.loads(record.value or b""), **fields}))


def test_a_faithful_record_is_neither_lost_nor_wrong_and_may_repeat(recorded):
    assert judged(recorded) == (0, 0, 0)
    recorded["escalations"] += recorded["escalations"][-2:]
    recorded["estimates"].append(recorded["estimates"][-1])
    assert judged(recorded) == (0, 0, 2)


@pytest.mark.parametrize("topic", ["escalations", "evidence", "rejected"])
def test_one_that_is_missing_is_lost(recorded, topic):
    del recorded[topic][len(recorded[topic]) // 2]
    assert judged(recorded) == (1, 0, 0)


@pytest.mark.parametrize("field", ["grade", "priority", "detected_at", "because"])
def test_another_content_is_wrong(recorded, field):
    recorded["escalations"][25] = altered(recorded["escalations"][25], **{field: "other"})
    assert judged(recorded)[:2] == (0, 1)


def test_a_repeat_with_another_content_is_wrong(recorded):
    recorded["escalations"].append(altered(recorded["escalations"][25], priority="other"))
    assert judged(recorded)[:2] == (0, 1)


def test_an_escalation_that_nobody_expects_is_wrong(recorded):
    recorded["escalations"].append(altered(recorded["escalations"][25], escalation_id="0" * 64))
    assert judged(recorded)[:2] == (0, 1)


def test_an_estimate_that_was_never_true_is_wrong(recorded):
    place = next(place for place, record in enumerate(recorded["estimates"]) if record.value)
    recorded["estimates"][place] = altered(recorded["estimates"][place], grade_low=4)
    assert judged(recorded)[:2] == (0, 1)


def test_a_last_estimate_that_never_came_is_wrong(recorded):
    last = recorded["estimates"][-1]
    recorded["estimates"] = [record for record in recorded["estimates"] if record.key != last.key]
    assert judged(recorded)[:2] == (0, 1)
