"""Evidence never outgrows a record: a part that is too large is named by length and hash."""

import hashlib

import pytest

from schemas.encoding import canonical, encode
from schemas.evidence import MOST_PART_BYTES
from schemas.times import format_time
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.state import PatientState, Place, encode_state
from services.grader.engine.telling.escalation import Telling, evidence

STATE = PatientState("bed-7")
TELLING = Telling(STATE, 1_772_375_400_000, Place("crs.bedside.v1", 0, 7), DEFAULT_RULES)
ESCALATION = {"escalation_id": "e" * 64}


def record_of(size: int) -> dict:
    """A record whose JSON has this many bytes."""
    return {"text": "x" * (size - len(encode({"text": ""})))}


def sized_state(size: int) -> PatientState:
    """A state whose JSON has this many bytes."""
    empty = len(encode(encode_state(PatientState("bed-7", shown="x")))) - 1
    return PatientState("bed-7", shown="x" * (size - empty))


def test_parts_that_just_fit_are_there_in_full():
    state, record = sized_state(MOST_PART_BYTES), record_of(MOST_PART_BYTES)

    told = evidence(ESCALATION, state, record, TELLING)

    assert (told["state_before"], told["record"]) == (encode_state(state), record)
    assert not [name for name in told if name.endswith("_omitted")]
    assert len(encode(told)) < 1024 * 1024


@pytest.mark.parametrize("part", ["state_before", "record"])
def test_one_byte_more_is_named_by_length_and_hash(part):
    sizes = {"state_before": 1_000, "record": 1_000} | {part: MOST_PART_BYTES + 1}
    state, record = sized_state(sizes["state_before"]), record_of(sizes["record"])
    body = canonical(encode_state(state) if part == "state_before" else record)

    told = evidence(ESCALATION, state, record, TELLING)

    assert told[f"{part}_omitted"] == {"length": MOST_PART_BYTES + 1, "sha256": hashlib.sha256(body).hexdigest()}
    assert told.get(part) is None
    assert "state_before" in told
    assert told["now"] == format_time(TELLING.now_ms)
    assert len([name for name in told if name.endswith("_omitted")]) == 1
