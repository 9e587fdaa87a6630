"""The board's server on real Kafka, asked over HTTP."""

import json
from collections.abc import Iterator

import httpx
import pytest

from schemas.topics import BEDSIDE, ESTIMATES
from services.runtime.kafka_source import Kafka
from services.runtime.settings import KafkaSettings
from tests.browser.board_process import BoardProcess
from tests.browser.topics import BOARD_TOPICS, WardTopics, now_ms
from tests.kafka import topics_of_its_own
from tests.unit.dashboard.events import alarm, alarms, escalation, estimate, patient, vitals
from tests.waiting import eventually

pytestmark = pytest.mark.kafka

SECRET_VALUE = 41.37


@pytest.fixture(scope="module")
def topics(kafka: Kafka) -> Iterator[KafkaSettings]:
    with topics_of_its_own(kafka.bootstrap_servers, only=BOARD_TOPICS) as settings:
        yield settings


@pytest.fixture(scope="module")
def board(topics: KafkaSettings, tmp_path_factory) -> Iterator[BoardProcess]:
    process = BoardProcess(topics, tmp_path_factory.mktemp("board"))
    try:
        process.start()
        yield process
    finally:
        process.close()


@pytest.fixture
def ward(topics: KafkaSettings, request: pytest.FixtureRequest) -> Iterator[WardTopics]:
    writing = WardTopics(topics, request.node.name[:60])
    yield writing
    writing.close()


def beds(client: httpx.Client, ward: WardTopics) -> list[dict]:
    return client.get("/api/beds", params={"unit": ward.unit}).json()["beds"]


def one_alarm(client: httpx.Client, ward: WardTopics, grade: int = 2) -> dict:
    """An open alarm on the board."""
    raised = escalation(1, grade, now_ms())
    ward.put(estimate(1, grade, grade, now_ms()), raised, alarms(1, alarm(raised), at_ms=now_ms()))
    return eventually(lambda: next((a for bed in beds(client, ward) for a in bed["alarms"] if a["revision"]), None))


def acknowledgement(open_alarm: dict, response_id: str = "press-0001") -> dict:
    seen = {"revision": open_alarm["revision"], "grade": open_alarm["grade"]}
    return {
        "response_id": response_id,
        "escalation_id": open_alarm["escalation_id"],
        "action": "acknowledge",
        "seen": seen,
    }


def token(client: httpx.Client) -> dict[str, str]:
    return {"X-CSRF-Token": client.get("/api/me").json()["csrf"]}


@pytest.mark.parametrize("path", ["/api/me", "/api/beds", "/api/events", "/api/trend", "/api/paged"])
def test_nobody_sees_a_patient_without_signing_in(board: BoardProcess, path: str):
    assert httpx.get(f"{board.url}{path}").status_code == 401


def test_the_page_sends_strangers_to_the_sign_in(board: BoardProcess):
    answer = httpx.get(board.url)

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_ten_wrong_passwords_close_the_door_for_that_name(board: BoardProcess):
    tries = [httpx.post(f"{board.url}/sign-in", data={"username": "nobody", "password": "x"}) for _ in range(11)]

    assert [tried.headers["location"] for tried in tries] == ["/sign-in?why=wrong"] * 10 + ["/sign-in?why=often"]


def test_a_press_is_on_the_topic_before_it_is_answered_and_only_once(board: BoardProcess, ward: WardTopics):
    with board.signed_in() as client:
        asked = acknowledgement(one_alarm(client, ward))
        answers = [client.post("/api/responses", json=asked, headers=token(client)) for _ in range(2)]
        on_topic = ward.responses()

    assert [(answer.status_code, answer.json()["state"]) for answer in answers] == [(202, "sent")] * 2
    assert [response["response_id"] for response in on_topic] == ["press-0001"]


def test_an_id_cannot_be_used_for_something_else(board: BoardProcess, ward: WardTopics):
    with board.signed_in() as client:
        asked = acknowledgement(one_alarm(client, ward), "press-0002")
        client.post("/api/responses", json=asked, headers=token(client))
        other = client.post("/api/responses", json=asked | {"action": "note", "text": "x"}, headers=token(client))

    assert other.status_code == 409


@pytest.mark.parametrize("header", [{}, {"X-CSRF-Token": "made-up"}])
def test_a_post_without_the_pages_token_does_nothing(board: BoardProcess, ward: WardTopics, header: dict):
    with board.signed_in() as client:
        asked = acknowledgement(one_alarm(client, ward), "press-0003")
        answer = client.post("/api/responses", json=asked, headers=header)

    assert answer.status_code == 403
    assert ward.responses() == []


def test_a_stream_starts_with_every_open_alarm_and_goes_on_with_kafkas_offsets(board: BoardProcess, ward: WardTopics):
    with board.signed_in() as client:
        one_alarm(client, ward, grade=3)
        with client.stream("GET", "/api/events", params={"unit": ward.unit}) as stream:
            events = parsed(stream.iter_lines())
            snapshot = next(event for event in events if event["event"] == "snapshot")
            ward.put(estimate(1, 3, 3, now_ms(), revision=2))
            change = next(event for event in events if event["event"] == "bed")

    assert [a["grade"] for bed in snapshot["data"]["beds"] for a in bed["alarms"]] == [3]
    assert change["id"].startswith("crs.estimates.v1/")
    assert change["data"]["revision"] == 2


def test_a_new_alarm_is_announced_to_its_unit_alone(board: BoardProcess, ward: WardTopics):
    with board.signed_in() as client, client.stream("GET", "/api/events", params={"unit": ward.unit}) as stream:
        events = parsed(stream.iter_lines())
        next(event for event in events if event["event"] == "snapshot")
        ward.elsewhere("5E").put(escalation(2, 4, now_ms()))
        ward.put(escalation(1, 3, now_ms()))
        announced = next(event for event in events if event["event"] == "alarm")

    assert (announced["data"]["unit"], announced["data"]["grade"]) == (ward.unit, 3)


def test_the_trend_reaches_back_before_the_board_started(topics: KafkaSettings, ward: WardTopics, tmp_path):
    at = now_ms()
    ward.put(*[vitals(1, at - minutes * 60_000, heart_rate_bpm=60 + minutes) for minutes in range(30, 0, -1)])
    ward.put(estimate(1, 0, 0, at))
    late = BoardProcess(topics, tmp_path)
    try:
        late.start()
        with late.signed_in() as client:
            asked = {"patient": f"{ward.unit}/{patient(1)}"}
            found = eventually(lambda: client.get("/api/trend", params=asked).json()["signs"].get("heart_rate_bpm"))
            eventually(lambda: client.get("/api/beds").json()["history_read"])
    finally:
        late.close()

    assert len(found) in (29, 30, 31)


def test_a_record_that_cannot_be_read_is_counted_and_the_rest_goes_on(board: BoardProcess, ward: WardTopics):
    with board.signed_in() as client:
        before = client.get("/api/beds").json()["unreadable"]
        ward.put_raw(ESTIMATES, "broken", b'{"schema": "crs.estimates.v1", "patient_id": 7}')
        ward.put_raw(BEDSIDE, "broken", b"\xff")
        ward.put(estimate(1, 1, 1, now_ms()))
        eventually(lambda: beds(client, ward))
        assert eventually(lambda: client.get("/api/beds").json()["unreadable"] == before + 2)


def test_no_log_line_and_no_metric_names_a_patient_or_a_value(board: BoardProcess, ward: WardTopics):
    ward.put(vitals(1, now_ms(), temperature_c=SECRET_VALUE), estimate(1, 1, 1, now_ms()))
    ward.put_raw(ESTIMATES, patient(1), json.dumps({"patient_id": patient(1), "grade": SECRET_VALUE}).encode())
    with board.signed_in() as client:
        eventually(lambda: beds(client, ward))
        said = board.log.read_text() + client.get("/metrics").text

    assert patient(1) not in said
    assert str(SECRET_VALUE) not in said


def parsed(lines: Iterator[str]) -> Iterator[dict]:
    """Server-sent events, one dict each."""
    event: dict = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if name:
            event[name] = json.loads(value) if name == "data" else value
        else:
            if "data" in event:
                yield event
            event = {}
