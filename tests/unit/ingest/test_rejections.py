import base64

import pytest

from schemas.catalogue import read_event
from schemas.reasons import Refusal
from schemas.rejected import KEPT_BYTES, REJECTED, Rejected
from services.ingest.body import Body
from services.ingest.publisher import RECORD_BYTES
from services.ingest.rejections import field_name, rejected_record, whole

OUT_OF_RANGE = Refusal("out_of_range", "spo2_pct")


def record(body, refusal=OUT_OF_RANGE):
    encoded = rejected_record("r-1", refusal, body, source="http:/v1/vitals", now_ms=0)
    return encoded, read_event(REJECTED, encoded)


def test_a_rejected_record_is_one_of_the_contract_in_its_key_order():
    _, event = record(whole(b"38.4"))

    assert list(event) == [name for name in Rejected.__annotations__ if name in event]
    assert base64.b64decode(event["bytes_base64"]) == b"38.4"
    assert event["field"] == "spo2_pct"


def test_of_a_long_body_the_beginning_is_kept_and_fits_into_a_record():
    encoded, event = record(whole(b"x" * 1_000_000))

    assert base64.b64decode(event["bytes_base64"]) == b"x" * KEPT_BYTES
    assert event["length"] == 1_000_000
    assert len(encoded) < RECORD_BYTES


def test_a_body_that_was_cut_says_so():
    _, event = record(Body(b"x", 1, "0" * 64, too_large=True, cut=True))

    assert event["source"] == "http:/v1/vitals (cut)"


@pytest.mark.parametrize("field", ["Jane Canary", "38.4", "x" * 65, "", "a\nb", "ß"])
def test_a_field_whose_name_may_say_something_is_not_repeated(field):
    refusal = Refusal("unknown_field", field)

    assert field_name(refusal) is None
    assert "field" not in record(whole(b"{}"), refusal)[1]
