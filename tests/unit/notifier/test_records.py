"""What is published keeps the contract."""

import pytest
from pydantic import TypeAdapter

from schemas.alarms import Alarms
from schemas.deliveries import Delivery
from schemas.encoding import encode
from schemas.reasons import Refusal
from schemas.rejected import Rejected
from services.notifier.reading import read_escalation, read_response, rejected
from tests.unit.notifier.events import escalation, response, rise
from tests.unit.notifier.night import Night


def test_alarms_and_deliveries_keep_the_contract(night: Night):
    two = night.rise(2)
    night.hear(two, night.escalation("technical_stale", priority="low", sign="spo2_pct"))
    night.hear(night.answer(two), night.answer(two, "snooze"))
    night.at(400)
    night.pager.calls.clear()
    with night.ledger.transaction() as connection:
        from services.notifier.ledger.outbox import unwritten

        bodies = [(record.topic, record.body) for record in unwritten(connection, 1000)]

    for topic, body in bodies:
        model = Alarms if topic == "crs.alarms.v1" else Delivery
        TypeAdapter(model).validate_json(body)
    assert {topic for topic, _ in bodies} == {"crs.alarms.v1", "crs.deliveries.v1"}


REFUSED = [
    ("nothing", b"", "empty", None),
    ("no JSON", b"{", "not_json", None),
    ("a list", b"[]", "wrong_type", None),
    ("no priority", encode({k: v for k, v in escalation().items() if k != "priority"}), "missing_field", "priority"),
    ("a priority nobody knows", encode(escalation(priority="urgent")), "not_allowed", "priority"),
    (
        "a day that does not exist",
        encode(escalation() | {"detected_at": "2026-02-30T00:00:00Z"}),
        "bad_time",
        "detected_at",
    ),
    ("another schema", encode(response(rise(1))), "not_allowed", "schema"),
]


@pytest.mark.parametrize(("body", "reason", "field"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_cannot_be_read_is_refused_with_its_reason_and_kept(body, reason, field):
    refusal = read_escalation(body)

    assert refusal == Refusal(reason, field)
    TypeAdapter(Rejected).validate_python(rejected(body, refusal, origin="t/0/1", now_ms=0))


def test_what_can_be_read_is_read():
    assert read_escalation(encode(escalation()))["kind"] == "crs_rise"
    assert read_response(encode(response(rise(1))))["action"] == "acknowledge"
