"""Every kind of bad input gets its reason, is kept byte for byte, and costs nobody else anything."""

import hashlib
import json
from typing import NamedTuple

import httpx
import pytest

from schemas.reading import read_bedside
from schemas.reasons import Refusal
from schemas.rejected import KEPT_BYTES
from tests.integration.ingest.conftest import ingest_on
from tests.integration.ingest.reading_topics import refused, stored
from tests.integration.ingest.rejected_inputs import BODIES, EVENTS, GOOD, INGEST_ONLY, BadBody, BadEvent
from tests.kafka import topics_of_its_own

JSON, LINES = {"Content-Type": "application/json"}, {"Content-Type": "application/x-ndjson"}


class Sent(NamedTuple):
    """What was answered to each row, and what stood on both topics when all were through."""

    alone: dict[str, httpx.Response]
    among: dict[str, httpx.Response]
    bodies: dict[str, httpx.Response]
    stored: dict[str, dict]
    refused: dict[str, object]


def name(row, way):
    return f"{way}-{row.title}"


def among_good(row):
    """Good, bad, good, one a line. The good ones go to the row's endpoint."""
    good = GOOD if row.endpoint == "/v1/vitals" else _good_charted()
    lines = (good.replace(b"EVENT", name(row, "before").encode()), row.named(name(row, "among")))
    return b"\n".join((*lines, good.replace(b"EVENT", name(row, "after").encode())))


def _good_charted():
    event = json.loads(GOOD) | {"schema": "crs.clinical.v1", "kind": "oxygen", "device": "room_air"}
    event["recorded_at"] = event.pop("observed_at")
    return json.dumps({key: event[key] for key in event if key not in ("source", "heart_rate_bpm")}).encode()


@pytest.fixture(scope="module")
def sent(kafka):
    with topics_of_its_own(kafka.bootstrap_servers) as settings, ingest_on(settings) as ingest:
        alone = {
            row.title: ingest.post(row.endpoint, content=row.named(name(row, "alone")), headers=JSON) for row in EVENTS
        }
        among = {row.title: ingest.post(row.endpoint, content=among_good(row), headers=LINES) for row in EVENTS}
        bodies = {row.title: _post(ingest, row) for row in BODIES}
        on_topic = {record.event["event_id"]: record.event for record in stored(settings)}
        yield Sent(alone, among, bodies, on_topic, {record.rejected_id: record for record in refused(settings)})


def _post(ingest, row: BadBody):
    return ingest.post("/v1/vitals", content=row.body, headers={"Content-Type": row.content_type, **row.headers})


def titles(row):
    return row.title


@pytest.mark.kafka
@pytest.mark.parametrize("row", EVENTS, ids=titles)
def test_a_bad_event_alone_is_refused_with_its_reason(row: BadEvent, sent: Sent):
    answer = sent.alone[row.title]

    if row.reason in ("not_json", "not_utf8") and "results" not in answer.json():
        assert (answer.status_code, answer.json()["reason"]) == (400, row.reason)
    else:
        assert answer.status_code == (422 if row.kept is None else 202)
        _expect_refusal(row, answer.json()["results"][0])


@pytest.mark.kafka
@pytest.mark.parametrize("row", EVENTS, ids=titles)
def test_a_bad_event_among_good_ones_costs_itself_only(row: BadEvent, sent: Sent):
    answer = sent.among[row.title]

    assert answer.status_code == 202
    before, bad, after = answer.json()["results"]
    assert (before["status"], after["status"]) == ("accepted", "accepted")
    assert {name(row, "before"), name(row, "after")} <= set(sent.stored)
    _expect_refusal(row, bad)


@pytest.mark.kafka
@pytest.mark.parametrize("row", EVENTS, ids=titles)
def test_the_bytes_of_a_bad_event_are_kept_as_they_came(row: BadEvent, sent: Sent):
    record = sent.refused[sent.among[row.title].json()["results"][1]["rejected_id"]]
    body = row.named(name(row, "among"))

    assert (record.reason, record.field) == (row.reason, row.field)
    assert record.body == body[:KEPT_BYTES]
    assert (record.length, record.sha256) == (len(body), hashlib.sha256(body).hexdigest())
    assert record.source == f"http:{row.endpoint}"


@pytest.mark.kafka
@pytest.mark.parametrize("row", EVENTS, ids=titles)
def test_only_what_is_good_of_a_bad_event_is_stored(row: BadEvent, sent: Sent):
    event = sent.stored.get(name(row, "among"))

    if row.kept is None:
        assert event is None
    else:
        event = {key: value for key, value in event.items() if key not in _EVERY_EVENT}
        assert event == row.kept


_EVERY_EVENT = ("schema", "event_id", "patient_id", "observed_at", "recorded_at", "source")


@pytest.mark.kafka
@pytest.mark.parametrize("row", BODIES, ids=titles)
def test_a_request_without_events_is_refused_and_kept(row: BadBody, sent: Sent):
    answer = sent.bodies[row.title]

    assert (answer.status_code, answer.json()["reason"]) == (row.code, row.reason)
    record = sent.refused[answer.json()["rejected_id"]]
    assert record.body == row.body[:KEPT_BYTES]
    assert (record.length, record.sha256) == (len(row.body), hashlib.sha256(row.body).hexdigest())
    assert record.reason == row.reason


@pytest.mark.kafka
def test_nothing_is_lost(sent: Sent):
    results = [result for answer in sent.among.values() for result in answer.json()["results"]]
    taken = {result["event_id"] for result in results if result["status"] in ("accepted", "partly_accepted")}
    refusals = {result["rejected_id"] for result in results if "rejected_id" in result}

    assert len(results) == 3 * len(EVENTS)
    assert taken <= set(sent.stored)
    assert refusals <= set(sent.refused)
    assert len(taken) + sum(result["status"] == "rejected" for result in results) == len(results)


@pytest.mark.parametrize("row", EVENTS, ids=titles)
def test_on_the_topic_the_decoder_gives_the_same_reason(row: BadEvent):
    found = read_bedside(row.body)

    if row.reason in INGEST_ONLY or row.on_topic == "accepted":
        assert not isinstance(found, Refusal) or found.reason == "no_measurement"
    else:
        assert found == Refusal(row.reason, row.field)


def _expect_refusal(row: BadEvent, result: dict) -> None:
    assert result["status"] == ("rejected" if row.kept is None else "partly_accepted")
    first = result if row.kept is None else result["refused"][0]
    assert (first["reason"], first.get("field")) == (row.reason, row.field)
