"""A canary patient walks through the whole ward, good records and bad: nothing of it may be in a log or a metric."""

import httpx
import pytest

from schemas.topics import ALARMS, BEDSIDE, ESCALATIONS, RESPONSES, Topic
from services.control.ward import SERVICES
from services.runtime.kafka_clients import producer
from services.runtime.topics import topic_name
from tests.e2e.bedside import Patient
from tests.e2e.ward import Ward
from tests.integration.notifier.receiver import Receiver
from tests.waiting import eventually

pytestmark = pytest.mark.kafka

CANARY = "canary-7731"
# So many digits that no time in a log can look the same.
TEMPERATURE_C, SBP_MMHG, WEIGHT_KG = 38.4719, 83.7319, 71.5137
# The last is how the simulator's patients begin.
SECRETS = [CANARY, str(TEMPERATURE_C), str(SBP_MMHG), str(WEIGHT_KG), "canary-note", "sim-7-0"]
PAGES = ("/metrics", "/readyz", "/healthz")
BAD = (
    b'{"schema": "crs.vitals.v1", "patient_id": "canary-7731", "temperature_c": "38.4719"',
    b'{"schema":"crs.vitals.v1","event_id":"b1","patient_id":"canary-7731","observed_at":"canary-7731","source":"manual",'
    b'"temperature_c":384719}',
    b'{"schema":"canary-7731","patient_id":"canary-7731","kind":"canary-7731"}',
    b"\xff\xfe canary-7731",
)


def leaks(text: str) -> list[str]:
    return [line[:400] for line in text.splitlines() if any(secret in line for secret in SECRETS)]


@pytest.fixture
def walked(ward: Ward, pager: Receiver) -> Ward:
    """The ward after the canary was graded, paged, answered for, and refused in every way."""
    ward.start(*SERVICES)
    canary = Patient(ward.urls["ingest"], CANARY, bed="4W-01")
    canary.is_admitted()
    canary.charts("encounter", action="update", weight_kg=WEIGHT_KG)
    canary.is_well()
    canary.is_measured(temperature_c=TEMPERATURE_C, sbp_mmhg=SBP_MMHG)
    eventually(lambda: pager.got, within=60)
    for body in BAD:
        refused = httpx.post(f"{ward.urls['ingest']}/v1/vitals", content=body, timeout=10, trust_env=False)
        assert leaks(refused.text) == []
        for topic in (BEDSIDE, ESCALATIONS, RESPONSES, ALARMS):
            put(ward, topic, body)
    ward.answer("4W-01", "note", text="canary-note")
    # What came after the bad records is worked on, so they were too.
    canary.charts("vasopressor", drug="norepinephrine", rate=0.1, rate_unit="ug/kg/min")
    eventually(lambda: ward.beds()["4W-01"]["crs"]["low"] == 3, within=60)
    eventually(lambda: any(got.role == "on_call_provider" for got in pager.got), within=60)
    return ward


def put(ward: Ward, topic: Topic, body: bytes) -> None:
    client = producer(ward.kafka, client_id="test-canary")
    try:
        client.send(topic_name(ward.kafka.topic_prefix, topic), key=CANARY.encode(), value=body).get(timeout=10)
    finally:
        client.close()


def test_no_log_and_no_metric_knows_the_patient(walked: Ward):
    for name, url in walked.urls.items():
        for page in PAGES:
            assert leaks(httpx.get(f"{url}{page}", timeout=10, trust_env=False).text) == [], f"{name}{page}"
    for name in SERVICES:
        assert walked.stop(name) == 0
        assert leaks(walked.log(name).read_text()) == [], name
