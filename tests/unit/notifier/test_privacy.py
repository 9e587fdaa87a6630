"""A canary patient: nothing of it may leave in a page, whatever the alarm."""

import orjson
import pytest

from schemas.escalations import Kind
from services.notifier.ledger.opening import open_ledger
from tests.unit.notifier.night import Night, night_on

CANARY = "canary-patient-0042"
SECRETS = (CANARY, "40.123", "hypotension", "temperature_c", "axi-cel", "grade", "icans", "bed-canary")
BECAUSE = [{"rule": "fever", "value": 40.123, "threshold": 38.0, "text": "temperature_c 40.123 after axi-cel"}]


@pytest.fixture(params=["P0", "P1"])
def night(request, tmp_path):
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    with night_on(ledger, level=request.param) as night:
        yield night
    ledger.close()


@pytest.mark.parametrize("kind", [kind for kind in Kind.__args__ if kind != "resolved"])
def test_no_page_carries_anything_of_the_patient(night: Night, kind: str):
    canary = {"patient": CANARY, "bed": "bed-canary", "drivers": ["hypotension"], "because": BECAUSE}
    raised = night.escalation(kind, grade=3, icans=3, grade_high=4, episode_id=f"{CANARY}-e", **canary)
    night.hear(raised)
    night.at(400)
    night.hear(night.resolved(raised, **canary))
    night.at(800)

    spoken = " ".join(f"{page_id} {orjson.dumps(page).decode()}" for page_id, page in night.pager.calls)
    leaked = [secret for secret in SECRETS if secret in spoken.lower()]

    assert len(night.pager.calls) >= 3
    assert leaked == (["bed-canary"] if night.manner.level == "P1" else [])
    night.pager.calls.clear()
