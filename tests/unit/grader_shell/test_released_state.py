"""Stored state of every released form is read, shows the same and is graded on; a new form needs a step."""

import json
from pathlib import Path

import orjson
import pytest

from services.grader.engine import Origin
from services.grader.engine.kept_words import WORDS
from services.grader.engine.partition import Partition
from services.grader.engine.state import STATE_VERSION
from services.grader.manifest import FORMAT, Manifest, decode_bucket, decode_manifest
from services.grader.stored import patients
from services.grader.stored.checkpoints import upgraded_bucket, upgraded_manifest
from services.grader.stored.forms import Forms
from services.grader.stored.patients import packed, unpacked, upgraded, upgraded_state
from tests.unit.grader_shell.freezing import FOLDER, NEXT_OFFSET, STEADY, shown

RELEASED = sorted(FOLDER.iterdir())
NEWEST = FOLDER / f"{FORMAT}.{STATE_VERSION}"


def restored(folder: Path) -> tuple[Manifest, dict[str, bytes], Partition]:
    """As a restore does it."""
    manifest = decode_manifest(upgraded_manifest((folder / "manifest").read_bytes()))
    stored, upto = decode_bucket(upgraded_bucket((folder / "bucket").read_bytes()))
    assert (manifest.next, manifest.buckets[3].next, upto) == (NEXT_OFFSET, NEXT_OFFSET, NEXT_OFFSET)
    partition = Partition(watch_all=True)
    partition.restore({name: upgraded(one) for name, one in stored.items()}, manifest.clock_ms)
    return manifest, stored, partition


def named(folder: Path) -> str:
    return folder.name


def test_there_is_an_example_of_what_is_written_now():
    assert NEWEST in RELEASED, "a new form: add the step from the one before, then run tests.unit.grader_shell.freezing"


@pytest.mark.parametrize("folder", RELEASED, ids=named)
def test_every_patient_is_shown_as_when_it_was_written(folder):
    _, stored, partition = restored(folder)
    expected = json.loads((folder / "shown.json").read_text())

    assert {name: shown(partition, name) for name in stored} == expected
    assert STEADY in expected


@pytest.mark.parametrize("folder", RELEASED, ids=named)
def test_every_patient_is_graded_on(folder):
    manifest, stored, partition = restored(folder)
    partition.advance(manifest.clock_ms + 1)
    for number, name in enumerate(stored):
        chart = {"schema": "crs.clinical.v1", "event_id": "next", "recorded_at": "2027-01-01T00:00:00Z"}
        record = {**chart, "patient_id": name, "kind": "vasopressor", "drug": "norepinephrine", "rate": 0.1}
        said = partition.apply(
            record, clock_ms=manifest.clock_ms + 10**11, origin=Origin("crs.bedside.v1", 0, NEXT_OFFSET + number)
        )
        assert "engine_fault" not in json.dumps([output.value for output in said])
        assert said


def test_nothing_of_the_newest_form_is_dropped_on_the_way():
    _, stored, partition = restored(NEWEST)
    states = {name: unpacked(one) for name, one in stored.items()}
    whole = {name: plain["state"] for name, plain in states.items() if plain["gathered"] is None}
    for name in whole:
        partition.standing([name])

    again = {name: unpacked(partition.encoded(name) or b"")["state"] for name in whole}
    assert again == whole
    assert len(whole) > 5


def test_gathered_readings_are_in_the_example():
    _, stored, _ = restored(NEWEST)

    assert unpacked(stored[STEADY])["gathered"] is not None


# --- how one form becomes the next -----------------------------------------------------------------------------------

FORMS = Forms("v", 3, {1: lambda old: {**old, "pulse": old["hr"]}, 2: lambda old: {**old, "pulse": old["pulse"] * 2}})


def test_steps_are_taken_one_after_the_other():
    assert FORMS.upgraded({"v": 1, "hr": 40}) == {"v": 3, "hr": 40, "pulse": 80}
    assert FORMS.upgraded({"v": 2, "pulse": 40}) == {"v": 3, "pulse": 80}


@pytest.mark.parametrize("stored", [{"v": 3}, {"v": 4}, {"v": 0}, {"v": "1"}, {}, {"v": None}])
def test_what_is_new_or_not_known_stays_for_the_reader_to_judge(stored):
    assert FORMS.upgraded(stored) is stored


def test_an_earlier_patient_becomes_one_of_today(monkeypatch):
    monkeypatch.setitem(patients.WORDS_OF, 2, WORDS[:100])
    renamed = Forms("v", 2, {1: lambda old: {"state": {"who": old["state"]["patient_id"]}, "gathered": None}})
    former = packed({"state": {"patient_id": "bed-7"}, "gathered": [1]}, 1)

    found = upgraded(former, renamed)

    assert unpacked(found) == {"v": 2, "state": {"who": "bed-7"}, "gathered": None}
    assert upgraded(found, renamed) is found
    assert upgraded_state({"v": 1, "state": {"patient_id": "bed-7"}}, renamed)["state"] == {"who": "bed-7"}


@pytest.mark.parametrize("stored", [b"", b"[]", b"[x,", b"[7,null]", b"\xff", b'{"v":1}', 7, None])
def test_what_is_no_stored_patient_is_left_for_the_reader_to_refuse(stored):
    assert upgraded(stored) is stored


@pytest.mark.parametrize("value", [b"[]", b"{}", b'{"format":0}', b'{"format":99}', b'{"format":"1"}'])
def test_a_checkpoint_of_no_known_format_is_left_for_the_reader_to_refuse(value):
    assert upgraded_bucket(value) == value
    assert orjson.loads(upgraded_manifest(value)) == orjson.loads(value)
