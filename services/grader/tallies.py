"""Counts what was graded and what Kafka has acknowledged."""

import time

from services.grader.sender import Addressed
from services.runtime.metrics import counter, histogram

FAULT = ("engine_fault",)


def tally(output: Addressed, took_s: float) -> None:
    """One more output of its kind is safely at Kafka, `took_s` after it was decided."""
    if output.kind == "estimates":
        counter("crs_estimates_total").inc()
    elif output.kind == "escalations":
        counter("crs_escalations_total").labels(*output.detail).inc()
        histogram("crs_escalation_publish_seconds").observe(took_s)
        if output.timestamp_ms is not None:
            histogram("crs_escalation_e2e_seconds").observe(_age_s(output.timestamp_ms))
    elif output.kind == "rejected":
        counter("crs_rejected_total").labels("grader", *output.detail).inc()
        if output.detail == FAULT:
            counter("crs_engine_faults_total").inc()


def tally_slice(graded: int, *, skipped: int, oldest_ms: int) -> None:
    """A slice of a batch is done.

    Args:
        graded: records applied.
        skipped: records that the restored state already contained.
        oldest_ms: Kafka's timestamp of the first of them all.
    """
    counter("crs_events_graded_total").inc(graded)
    if skipped:
        counter("crs_replayed_events_total").inc(skipped)
    if graded:
        histogram("crs_event_age_seconds").observe(_age_s(oldest_ms))


def _age_s(at_ms: int) -> float:
    """The broker's clock may be ahead of ours: then it is now."""
    return max(time.time() - at_ms / 1000, 0.0)
