"""Every metric of every service, in one list: names, labels and meaning.

No label may identify a patient or a bed: a test holds that. Times are in seconds. A name that is not listed here cannot
be counted, so the list is the documentation.
"""

from collections.abc import Sequence
from functools import cache
from typing import Literal, NamedTuple

from prometheus_client import REGISTRY, Counter, Gauge, Histogram

Kind = Literal["counter", "gauge", "histogram"]

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0)


class Metric(NamedTuple):
    """One entry of the list; `service` says who writes it."""

    name: str
    kind: Kind
    service: str
    help: str
    labels: tuple[str, ...] = ()


METRICS: tuple[Metric, ...] = (
    Metric("crs_ready", "gauge", "all", "1 while this readiness check passes, else 0.", ("service", "check")),
    Metric("crs_rejected_total", "counter", "all", "Records or requests refused.", ("service", "reason")),
    Metric("crs_ingest_requests_total", "counter", "ingest", "HTTP requests answered.", ("route", "code")),
    Metric("crs_ingest_events_total", "counter", "ingest", "Events taken in.", ("schema", "outcome")),
    Metric("crs_ingest_produce_seconds", "histogram", "ingest", "Until Kafka acknowledged a request's events."),
    Metric("crs_events_graded_total", "counter", "grader", "Records of the bedside topic applied, ticks too."),
    Metric("crs_event_age_seconds", "histogram", "grader", "Age of the oldest record of a slice, once applied."),
    Metric("crs_estimates_total", "counter", "grader", "Estimates published."),
    Metric("crs_escalations_total", "counter", "grader", "Escalations published.", ("kind", "priority")),
    Metric("crs_escalation_publish_seconds", "histogram", "grader", "From decision to Kafka's acknowledgement."),
    Metric("crs_escalation_e2e_seconds", "histogram", "grader", "From record at Kafka to escalation at Kafka."),
    Metric("crs_replayed_events_total", "counter", "grader", "Records skipped because the state covered them."),
    Metric("crs_engine_faults_total", "counter", "grader", "Bedside events on which the engine failed."),
    Metric("crs_lost_records_total", "counter", "grader", "Records that retention removed before they were graded."),
    Metric("crs_unreadable_state_total", "counter", "grader", "Parts of the stored state not readable.", ("what",)),
    Metric("crs_rebuilding_partitions", "gauge", "grader", "Partitions with patients who come back from the log."),
    Metric("crs_ticks_total", "counter", "grader", "Ticks written."),
    Metric("crs_patients", "gauge", "grader", "Patients kept, as of the last checkpoint."),
    Metric(
        "crs_partition_last_progress_timestamp_seconds", "gauge", "grader", "Last applied record.", ("partition",)
    ),
    Metric("crs_partition_lag_records", "gauge", "grader", "Records not yet applied.", ("partition",)),
    Metric(
        "crs_partition_clock_ahead_seconds", "gauge", "grader", "How far its clock is ahead of ours.", ("partition",)
    ),
    Metric("crs_unacknowledged_outputs", "gauge", "grader", "Outputs Kafka has not acknowledged yet."),
    Metric("crs_checkpoint_seconds", "histogram", "grader", "Time to write one checkpoint."),
    Metric("crs_checkpoint_timestamp_seconds", "gauge", "grader", "Last finished checkpoint.", ("partition",)),
    Metric("crs_restore_seconds", "histogram", "grader", "Time to restore one partition."),
    Metric("crs_verdicts_total", "counter", "notifier", "Decisions about an escalation, and why.", ("verdict",)),
    Metric("crs_pages_total", "counter", "notifier", "Attempts to page.", ("channel", "outcome")),
    Metric("crs_page_seconds", "histogram", "notifier", "Time of one attempt to page.", ("channel",)),
    Metric("crs_page_e2e_seconds", "histogram", "notifier", "From detection to the receiver's answer."),
    Metric("crs_pages_pending", "gauge", "notifier", "Pages not yet delivered."),
    Metric("crs_pages_oldest_age_seconds", "gauge", "notifier", "Age of the oldest undelivered page."),
    Metric("crs_duplicates_suppressed_total", "counter", "notifier", "Escalations seen before, not paged again."),
    Metric("crs_alarms_open", "gauge", "notifier", "Open or latched alarms.", ("state",)),
    Metric("crs_unacknowledged_age_seconds", "gauge", "notifier", "Age of the oldest unacknowledged alarm."),
    Metric("crs_responses_total", "counter", "notifier", "Responses judged.", ("action", "outcome")),
    Metric("crs_notifier_faults_total", "counter", "notifier", "Times our own rules failed on a patient's alarms."),
    Metric("crs_board_clients", "gauge", "dashboard", "Connected boards."),
    Metric("crs_board_events_total", "counter", "dashboard", "Records folded into the board.", ("topic",)),
    Metric("crs_board_sign_ins_total", "counter", "dashboard", "Sign-ins.", ("outcome",)),
    Metric("crs_simulated_events_total", "counter", "simulator", "Events sent.", ("schema", "outcome")),
    Metric("crs_simulator_behind_seconds", "gauge", "simulator", "How far the simulated ward is behind its clock."),
    Metric("crs_inbox_pages_total", "counter", "inbox", "Pages received by the demo inbox.", ("outcome",)),
)  # fmt: skip

_BY_NAME = {metric.name: metric for metric in METRICS}


def _listed(name: str, kind: Kind) -> Metric:
    metric = _BY_NAME.get(name)
    if metric is None or metric.kind != kind:
        raise ValueError(f"{name} is not a {kind} in services/runtime/metrics.py: list it there first")
    return metric


@cache
def counter(name: str) -> Counter:
    """The listed counter; one object a process."""
    metric = _listed(name, "counter")
    return Counter(name, metric.help, metric.labels, registry=REGISTRY)


@cache
def gauge(name: str) -> Gauge:
    """The listed gauge; one object a process."""
    metric = _listed(name, "gauge")
    return Gauge(name, metric.help, metric.labels, registry=REGISTRY)


@cache
def histogram(name: str) -> Histogram:
    """The listed histogram; one object a process. All of them measure seconds."""
    metric = _listed(name, "histogram")
    return Histogram(name, metric.help, metric.labels, registry=REGISTRY, buckets=SECONDS)


def metrics_table(metrics: Sequence[Metric] = METRICS) -> str:
    """The list as a Markdown table, for the README."""
    rows = [f"| `{m.name}` | {m.kind} | {m.service} | {', '.join(m.labels) or '-'} | {m.help} |" for m in metrics]
    return "\n".join(["| metric | kind | written by | labels | meaning |", "|---|---|---|---|---|", *rows])
