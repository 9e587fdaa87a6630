"""Counts what Kafka has acknowledged."""

from services.grader.sender import Addressed
from services.runtime.metrics import counter, histogram


def tally(output: Addressed, took_s: float) -> None:
    """One more output of its kind is safely at Kafka, `took_s` after it was decided."""
    if output.kind == "estimates":
        counter("crs_estimates_total").inc()
    elif output.kind == "escalations":
        counter("crs_escalations_total").labels(*output.detail).inc()
        histogram("crs_escalation_publish_seconds").observe(took_s)
    elif output.kind == "rejected":
        counter("crs_rejected_total").labels("grader", *output.detail).inc()
