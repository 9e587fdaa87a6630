import json

import pytest

from schemas.partitions import partition_for
from tests.integration.ingest.conftest import ingest_on
from tests.integration.ingest.reading_topics import refused, stored, stored_ids

pytestmark = pytest.mark.kafka


def vitals(event_id, **changes):
    event = {
        "schema": "crs.vitals.v1",
        "event_id": event_id,
        "patient_id": "bed-7",
        "observed_at": "2026-03-01T14:30:00Z",
        "source": "monitor",
        "heart_rate_bpm": 88,
    }
    return {**event, **changes}


def pressor(event_id, **changes):
    event = {"schema": "crs.clinical.v1", "event_id": event_id, "patient_id": "bed-7", "kind": "vasopressor"}
    return {**event, "recorded_at": "2026-03-01T14:30:00Z", "drug": "norepinephrine", **changes}


def words(answer):
    return [result["status"] for result in answer.json()["results"]]


def test_an_accepted_event_stands_on_the_bedside_topic(ingest, ward_topics):
    answer = ingest.post("/v1/vitals", json=vitals("one"))

    assert answer.status_code == 202
    assert answer.json()["results"] == [{"index": 0, "status": "accepted", "event_id": "one"}]
    (record,) = stored(ward_topics)
    assert record.event == vitals("one")
    assert record.key == b"bed-7"
    assert record.partition == partition_for("bed-7", ward_topics.partitions)


def test_charted_events_share_the_topic_and_the_partition_with_vitals(ingest, ward_topics):
    ingest.post("/v1/vitals", json=vitals("v"))
    ingest.post("/v1/clinical", json=pressor("c"))

    first, second = stored(ward_topics)
    assert [first.event["event_id"], second.event["event_id"]] == ["v", "c"]
    assert first.partition == second.partition


def test_events_of_one_request_keep_their_order(ingest, ward_topics):
    ingest.post("/v1/vitals", json=[vitals(f"e{number:03}") for number in range(300)])

    assert stored_ids(ward_topics) == [f"e{number:03}" for number in range(300)]


def test_a_list_that_is_partly_refused_says_so_item_by_item(ingest, ward_topics):
    answer = ingest.post(
        "/v1/vitals", json=[vitals("a"), vitals("b", spo2_pct=104), vitals("c", observed_at="yesterday"), 7]
    )

    assert answer.status_code == 202
    assert words(answer) == ["accepted", "partly_accepted", "rejected", "rejected"]
    assert {key: answer.json()[key] for key in ("received", "accepted", "partly_accepted", "rejected")} == {
        "received": 4,
        "accepted": 1,
        "partly_accepted": 1,
        "rejected": 2,
    }
    assert answer.json()["results"][1]["refused"] == [{"reason": "out_of_range", "field": "spo2_pct"}]
    assert stored_ids(ward_topics) == ["a", "b"]
    assert len(refused(ward_topics)) == 3


def test_lines_count_without_the_blank_ones(ingest):
    body = f"\n{json.dumps(vitals('a'))}\r\n\r\n{json.dumps(vitals('b'))}".encode()

    answer = ingest.post("/v1/vitals", content=body, headers={"Content-Type": "Application/X-NDJSON; charset=UTF-8"})

    assert [(result["index"], result["event_id"]) for result in answer.json()["results"]] == [(0, "a"), (1, "b")]


def test_a_name_outside_ascii_arrives_as_sent(ingest, ward_topics):
    ingest.post("/v1/vitals", json=vitals("näme", patient_id="Bett-ü"))

    (record,) = stored(ward_topics)
    assert (record.key, record.event["event_id"]) == ("Bett-ü".encode(), "näme")


def test_an_event_sent_twice_is_stored_once(ingest, ward_topics):
    first = ingest.post("/v1/vitals", json=[vitals("same"), vitals("same", heart_rate_bpm=88.0)])
    second = ingest.post("/v1/vitals", json=vitals("same"))

    assert words(first) == ["accepted", "duplicate"]
    assert (second.status_code, words(second)) == (202, ["duplicate"])
    assert stored_ids(ward_topics) == ["same"]


def test_an_event_id_with_other_content_is_refused_at_once(ingest, ward_topics):
    within = ingest.post("/v1/vitals", json=[vitals("same"), vitals("same", heart_rate_bpm=140)])
    later = ingest.post("/v1/vitals", json=vitals("same", patient_id="bed-8"))

    assert words(within) == ["accepted", "rejected"]
    assert (later.status_code, later.json()["results"][0]["reason"]) == (422, "conflicting_event_id")
    assert stored_ids(ward_topics) == ["same"]
    assert [record.reason for record in refused(ward_topics)] == ["conflicting_event_id"] * 2


def test_an_event_with_many_unknown_fields_is_answered_shortly_and_kept_once(ingest, ward_topics):
    answer = ingest.post("/v1/vitals", json=vitals("wide", **{f"field_{number}": 1 for number in range(5000)}))

    assert words(answer) == ["partly_accepted"]
    assert len(answer.json()["results"][0]["refused"]) == 20
    assert len(refused(ward_topics)) == 1


def test_only_posts_are_taken_and_only_at_the_two_addresses(ingest):
    wrong_method, wrong_place = ingest.get("/v1/vitals"), ingest.post("/v1/everything", json={})

    assert (wrong_method.status_code, wrong_method.json()["reason"]) == (405, "method_not_allowed")
    assert wrong_method.headers["allow"] == "POST"
    assert (wrong_place.status_code, wrong_place.json()["reason"]) == (404, "not_found")


def test_with_a_token_only_its_holders_may_send(ward_topics, tmp_path):
    token = tmp_path / "token"
    token.write_text("let-me-in\n")

    with ingest_on(ward_topics, token_file=token) as ingest:
        without = ingest.post("/v1/vitals", json=vitals("a"))
        wrong = ingest.post("/v1/vitals", json=vitals("b"), headers={"Authorization": "Bearer let-me-out"})
        right = ingest.post("/v1/vitals", json=vitals("c"), headers={"Authorization": "Bearer let-me-in"})

    assert [without.status_code, wrong.status_code, right.status_code] == [401, 401, 202]
    assert stored_ids(ward_topics) == ["c"]
    assert refused(ward_topics) == []


def test_a_body_that_never_ends_is_cut_off_and_its_beginning_kept(ward_topics):
    def chunks():
        for _ in range(64):
            yield b"x" * 65536

    limits = {"body_limit_bytes": 600_000, "read_at_most_bytes": 1_000_000}
    with ingest_on(ward_topics, **limits) as ingest:
        answer = ingest.post("/v1/vitals", content=chunks())

    assert (answer.status_code, answer.json()["reason"]) == (413, "too_large")
    (record,) = refused(ward_topics)
    assert record.source == "http:/v1/vitals (cut)"
    assert record.body == b"x" * 512 * 1024
    assert record.length <= 1_000_000


def test_no_reply_and_no_page_repeats_a_value_or_a_patient(ingest):
    secret = {"patient_id": "canary-patient", "temperature_c": 384.5, "resp_rate_bpm": 271828, "Jane Canary": 1}
    answers = [
        ingest.post("/v1/vitals", json=vitals("a", **secret)),
        ingest.post("/v1/vitals", json=vitals("b", **secret, source="canary-source")),
        ingest.post(
            "/v1/vitals", content=b'{"temperature_c": 384.5 canary', headers={"Content-Type": "application/json"}
        ),
        ingest.get("/metrics"),
        ingest.get("/readyz"),
    ]

    for answer in answers:
        assert not [word for word in ("canary", "Canary", "384.5", "271828") if word in answer.text]


def test_metrics_count_what_was_taken_and_what_was_not(ingest):
    ingest.post("/v1/vitals", json=[vitals("a"), vitals("b", source="guess")])

    page = ingest.get("/metrics").text
    assert 'crs_ingest_events_total{outcome="accepted",schema="crs.vitals.v1"}' in page
    assert 'crs_rejected_total{reason="not_allowed",service="ingest"}' in page
    assert 'crs_ingest_requests_total{code="202",route="/v1/vitals"}' in page
