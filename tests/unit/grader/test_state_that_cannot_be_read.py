"""A patient in a checkpoint from which no state can be made: noticed at the start, or said when it is found."""

import pytest

from services.grader.engine import Origin
from services.grader.engine.partition import Partition
from tests.unit.grader.random_wards import TICKED
from tests.vignettes.bed import ms, when
from tests.vignettes.starting_points import WELL, well_bed

BAD = b"[1,null,null]\n\x00not deflated"
DAY_MIN = 24 * 60


def stored() -> dict[str, bytes]:
    one = well_bed().partition.encoded("bed-7")
    assert one is not None
    return {"bed-7": one}


def vitals(minute: float, patient_id: str = "bed-8"):
    return {"schema": "crs.vitals.v1", "event_id": f"e{minute}", "patient_id": patient_id, "source": "manual",
            "observed_at": when(minute), **WELL}  # fmt: skip


def said(partition: Partition, record, minute: float):
    found = partition.apply(record, clock_ms=ms(minute), origin=Origin("t", 0, round(minute * 60)))
    return [(output.topic, (output.value or {}).get("kind", (output.value or {}).get("reason"))) for output in found]


def test_where_nobody_can_be_read_nothing_is_taken_over():
    partition = Partition()
    with pytest.raises(Exception, match="decompress"):
        partition.restore({"bed-8": BAD, **stored()}, ms(1))
    assert partition.patients == {}


def test_one_that_is_found_later_costs_a_page_and_a_record_and_is_graded_anew():
    partition = Partition()
    partition.restore({**stored(), "bed-8": BAD}, ms(1))
    assert said(partition, vitals(2), 2) == [
        ("rejected", "engine_fault"),
        ("escalations", "engine_fault"),
        ("evidence", None),
        ("estimates", None),
    ]
    assert [kind for topic, kind in said(partition, vitals(3), 3) if topic == "escalations"] == ["resolved"]
    assert said(partition, vitals(4, "bed-7"), 4) == []


def test_one_that_is_found_as_time_passes_is_said_too():
    partition = Partition()
    partition.restore({**stored(), "bed-8": BAD.replace(b"null,", b"%d," % ms(5), 1)}, ms(1))
    assert ("escalations", "engine_fault") in said(partition, TICKED, 6)
    assert partition.patients["bed-8"].faulted


def test_what_is_said_again_of_a_restored_patient_is_what_was_shown():
    before = well_bed()
    before.chart(1, "encounter", action="admit", patient_id="bed-8")
    stored = {name: before.partition.encoded(name) or b"" for name in ("bed-7", "bed-8")}
    partition = Partition()
    partition.restore(stored, ms(2))
    for _ in range(2):
        again = partition.standing(["bed-7", "bed-8", "nobody"])
        assert again == before.partition.standing(["bed-7", "bed-8"])
