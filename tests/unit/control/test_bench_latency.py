"""What `crswatch bench latency` says it found."""

import json

import pytest

from services.control.bench.latency_report import AtRate, latency_report
from services.control.bench.pager import Calls
from services.control.bench.probes import Paged

PAGED = [Paged("crs_rise", 10.0, 0.012, "one"), Paged("crs_rise", 11.0, 0.030, "two")]


def test_a_rate_is_a_row_and_its_pager_another_below_it():
    report = latency_report([AtRate(5_000, 4_999.6, 0.0, PAGED, 0, [0.055, 0.120])])

    assert [" ".join(line.split()) for line in report.lines[2:]] == [
        "| 5,000 | 5,000 | 2 | 12.0 | 30.0 | 30.0 | 0 |",
        "| to the pager | | | 55.0 | 120.0 | 120.0 | 0 |",
    ]
    assert report.found["rates"][0]["pager"] == {"uncalled": 0, "p50_ms": 55.0, "p99_ms": 120.0, "max_ms": 120.0}
    assert not report.wrong


@pytest.mark.parametrize(
    ("run", "sentence"),
    [
        (AtRate(5_000, 5_000, 0.0, PAGED, 3), "At 5,000/s 3 probes never paged."),
        (AtRate(5_000, 5_000, 0.0, PAGED, 0, [0.055]), "At 5,000/s nobody was called for 1 probes that paged."),
        (AtRate(5_000, 4_000, 2.5, PAGED, 0), "At 5,000/s the background was 2.5 s behind: this machine cannot"),
    ],
    ids=["never on the topic", "never at the pager", "background behind its pace"],
)
def test_what_must_not_be_is_said_in_a_sentence(run, sentence):
    (said,) = latency_report([run]).wrong

    assert said.startswith(sentence)


def test_a_run_in_which_nothing_paged_says_so_and_breaks_nothing():
    report = latency_report([AtRate(5_000, 5_000, 0.0, [], 2, [])])

    assert report.wrong == ["At 5,000/s 2 probes never paged."]


def test_the_first_call_for_an_escalation_counts():
    calls = Calls()
    for arrived_s in (3.0, 4.0):
        calls.take(json.dumps({"data": {"escalation_id": "one"}}).encode(), arrived_s)

    assert calls.first_s == {"one": 3.0}
