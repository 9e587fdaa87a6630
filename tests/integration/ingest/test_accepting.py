import pytest

from schemas.partitions import partition_for
from tests.integration.ingest.reading_topics import stored

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


def test_an_accepted_event_stands_on_the_bedside_topic(ingest, ward_topics):
    answer = ingest.post("/v1/vitals", json=vitals("one"))

    assert answer.status_code == 202
    assert answer.json()["results"] == [{"index": 0, "status": "accepted", "event_id": "one"}]
    (record,) = stored(ward_topics)
    assert record.event == vitals("one")
    assert record.key == b"bed-7"
    assert record.partition == partition_for("bed-7", ward_topics.partitions)
