"""How a bench gets from two moments to a figure."""

import math
import os
import subprocess
import sys

import pytest

from services.control.bench.counting import Counting
from services.control.bench.latency_report import percentile_ms
from services.control.bench.measuring import Point, between, watch
from services.control.bench.process_readings import peak_resident_bytes, processor_s, resident_bytes
from services.control.bench.results import machine, spread, table, write_json
from services.control.bench.warm_up import WARM_MS, WarmUp
from services.control.refusal import Refusal
from tests.waiting import eventually


def points(*observations: float):
    """A contestant that is this far at each look, ten times as many a processor second as a second."""
    looks = iter(Point(count, place * 0.1, float(place)) for place, count in enumerate(observations))
    return lambda: next(looks)


def test_start_up_is_before_the_first_point_and_the_end_before_the_last():
    begin, end = watch(points(0, 0, 500, 1500, 2500, 3000), total=3000, seconds=60)

    measured = between(begin, end, 1)
    assert (measured.observations, measured.wall_s) == (2000, 2.0)
    assert measured.per_wall_s == 1000
    assert measured.per_processor_s == pytest.approx(10_000)
    assert measured.processor_us == pytest.approx(100)


def test_the_time_box_ends_a_slow_contestant():
    begin, end = watch(points(0, 1, 2, 3, 4, 5), total=math.inf, seconds=2)

    assert (begin.observations, end.observations) == (1, 3)


def test_work_that_is_done_within_one_look_is_refused_rather_than_guessed():
    with pytest.raises(Refusal, match="Too few records"):
        watch(points(0, 10, 3000), total=3000, seconds=60)


def test_what_another_process_counts_is_read_here(tmp_path):
    ours = Counting.fresh(tmp_path / "count")
    theirs = Counting(tmp_path / "count")
    theirs.tell(17, 0.5)

    assert ours.read() == (17, 0.5)
    ours.close()
    theirs.close()


def test_the_warm_up_is_over_when_the_slowest_partition_has_passed_it():
    warm_up = WarmUp(2)

    assert not warm_up.is_over(0, WARM_MS)
    assert not warm_up.is_over(1, WARM_MS - 1)
    assert warm_up.is_over(1, WARM_MS)
    assert warm_up.is_over(0, WARM_MS - 1)


def test_the_kernel_tells_of_a_process_that_works_and_grows():
    work = "block = bytearray(64 << 20)\nfor number in iter(int, 1): pass"
    child = subprocess.Popen([sys.executable, "-c", work])
    try:
        eventually(lambda: processor_s(child.pid) > 0.2)
        assert resident_bytes(child.pid) > 64 << 20
        assert peak_resident_bytes(child.pid) >= resident_bytes(child.pid)
    finally:
        child.kill()
        child.wait()


def test_a_percentile_is_a_value_that_was_measured():
    found = [number / 1000 for number in range(1, 201)]

    assert percentile_ms(found, 0.5) == pytest.approx(100)
    assert percentile_ms(found, 0.99) == pytest.approx(198)
    assert percentile_ms([0.007], 0.99) == pytest.approx(7)


def test_a_table_is_aligned_markdown():
    assert table(("who", "us"), [("ours", "6.5"), ("theirs", "160.0")]) == [
        "| who    |    us |",
        "|--------|------:|",
        "| ours   |   6.5 |",
        "| theirs | 160.0 |",
    ]


def test_figures_come_with_their_spread_and_their_machine(tmp_path):
    write_json(tmp_path / "found.json", "throughput", {"patients": 3}, {"rounds": []})

    assert spread([3, 1, 2]) == (2, 1, 3)
    assert '"patients": 3' in (tmp_path / "found.json").read_text()
    assert machine()["cores"] == len(os.sched_getaffinity(0))
