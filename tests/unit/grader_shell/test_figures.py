"""What the grader counts: slices, acknowledged outputs, what it holds, and how far it is behind."""

import time
from types import SimpleNamespace

from prometheus_client import REGISTRY

from services.grader.figures import Lags, show
from services.grader.sender import Addressed
from services.grader.tallies import tally, tally_slice


def sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def acknowledged(kind: str, *detail: str, age_s: float = 0.0) -> None:
    at_ms = round((time.time() - age_s) * 1000)
    tally(Addressed("topic", b"key", b"{}", b"0:7:0", at_ms, kind, detail), 0.01)


def test_a_slice_counts_what_was_applied_what_was_skipped_and_its_age():
    names = ("crs_events_graded_total", "crs_replayed_events_total", "crs_event_age_seconds_sum")
    before = [sample(name) for name in names]

    tally_slice(40, skipped=2, oldest_ms=round((time.time() - 60) * 1000))

    graded, skipped, age_s = (sample(name) - was for name, was in zip(names, before, strict=True))
    assert (graded, skipped) == (40, 2)
    assert 59.9 < age_s < 90


def test_a_slice_that_was_skipped_as_a_whole_has_no_age():
    before = sample("crs_event_age_seconds_count")

    tally_slice(0, skipped=500, oldest_ms=0)

    assert sample("crs_event_age_seconds_count") == before


def test_an_escalation_is_timed_from_its_record_to_its_acknowledgement():
    before = sample("crs_escalation_e2e_seconds_sum")

    acknowledged("escalations", "crs_rise", "high", age_s=2.0)

    assert 1.9 < sample("crs_escalation_e2e_seconds_sum") - before < 30


def test_a_broker_clock_ahead_of_ours_gives_no_negative_time():
    before = sample("crs_escalation_e2e_seconds_sum")

    acknowledged("escalations", "crs_rise", "high", age_s=-3600)

    assert sample("crs_escalation_e2e_seconds_sum") == before


def test_only_a_rejection_for_a_fault_is_a_fault():
    before = sample("crs_engine_faults_total")

    acknowledged("rejected", "engine_fault")
    acknowledged("rejected", "not_json")

    assert sample("crs_engine_faults_total") == before + 1


def test_what_is_held_is_looked_up_when_asked():
    ownership = SimpleNamespace(owned={})
    show(ownership)
    ownership.owned[0] = SimpleNamespace(patients=3, sender=SimpleNamespace(unacknowledged=1))
    ownership.owned[5] = SimpleNamespace(patients=4, sender=SimpleNamespace(unacknowledged=0))

    assert (sample("crs_patients"), sample("crs_unacknowledged_outputs")) == (7, 1)


def test_the_lag_of_a_partition_that_was_given_up_is_not_shown_any_more():
    lags = Lags()
    lags({0: 90, 1: 5}, {0: 100, 1: 5})
    assert sample("crs_partition_lag_records", partition="0") == 10
    assert sample("crs_partition_lag_records", partition="1") == 0

    lags({1: 5}, {1: 7})

    assert REGISTRY.get_sample_value("crs_partition_lag_records", {"partition": "0"}) is None
    assert sample("crs_partition_lag_records", partition="1") == 2
