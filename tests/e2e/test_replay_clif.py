"""`crswatch replay --format clif` on real stays: nothing crashes, every row is used or counted, no rise is hidden.

The 134 stays are intensive care without a single CAR-T patient: what pages there is a mimic, so this is about what is
missed and what is refused, and (in the tally) about what false alarms cost.
"""

from collections import Counter, defaultdict
from pathlib import Path

import pytest

from services.grader.clif.reader import read_clif
from services.grader.clif.reasons import REFUSED, UNUSED, Rows
from services.grader.clif.tables import COLUMNS
from services.grader.engine import Origin
from services.grader.engine.partition import Partition
from services.grader.replay import BadLine, Line
from tests.e2e.clif_stays import Naive, all_stays, rows_in, rows_used, some_stays
from tests.e2e.replaying import crswatch, printed

SOME = 10


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("some", id="ten stays"),
        pytest.param("all", id="all 134 stays", marks=[pytest.mark.prove, pytest.mark.timeout(900)]),
    ],
)
def folder(request, tmp_path_factory) -> Path:
    return all_stays() if request.param == "all" else some_stays(tmp_path_factory.mktemp("clif"), SOME)


def lines_of(folder: Path) -> tuple[list[Line], Rows]:
    rows = Rows()
    lines = list(read_clif(folder, rows))
    assert not [line for line in lines if isinstance(line, BadLine)]
    return lines, rows


def test_every_row_is_used_or_counted_with_its_reason(folder):
    lines, rows = lines_of(folder)

    accounted = Counter()
    for table, used in rows_used([line.record for line in lines]):
        accounted[table] += used
    for (table, reason), count in rows.counts.items():
        accounted[table] += count if reason in REFUSED or reason in UNUSED else 0
    assert accounted == {table: rows_in(folder, table) for table in COLUMNS}


def test_no_grade_lies_below_a_plain_reading_of_the_table(folder):
    lines, _ = lines_of(folder)

    partition, naive, reached = Partition(watch_all=True), defaultdict(Naive), Counter()
    for line in lines:
        outputs = partition.apply(line.record, clock_ms=line.clock_ms, origin=Origin("replay", 0, line.number))
        assert not [output for output in outputs if output.topic == "rejected"]
        patient_id = line.record["patient_id"]
        grade = naive[patient_id].grade(line.record)
        reached[grade] += 1
        if line.record.get("action") != "discharge":
            assert partition.patients[patient_id].fold.low >= grade
    assert {0, 3, 4} <= set(reached)


def test_the_command_prints_what_happened_and_says_what_it_left_out(folder):
    done = crswatch("replay", "--format", "clif", folder, "--tally")
    said = done.stderr.decode().splitlines()

    values = printed(done.stdout)
    kinds = Counter(value["kind"] for value in values if value["schema"] == "crs.escalations.v1")
    assert not {"engine_fault", "neuro_due", "icans_rise"} & set(kinds)
    assert kinds["crs_rise"]
    _, rows = lines_of(folder)
    assert done.returncode == rows.refused
    assert set(rows.sentences()) <= set(said)
    assert any(line.startswith("all ") for line in said)
    assert not [line for line in said if "Traceback" in line or "unexpected" in line]
