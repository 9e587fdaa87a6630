from datetime import timedelta

import httpx
import pytest

from services.runtime.health import Check, Health, Progress


@pytest.fixture
def health():
    return Health("grader")


@pytest.fixture
def pages(health):
    with health.serve(0) as serving, httpx.Client(base_url=serving.url) as client:
        yield client


def test_alive_says_no_more_than_that(health, pages):
    health.check("kafka", lambda: Check(False, "gone"))

    assert pages.get("/healthz").json() == {"service": "grader", "alive": True}


def test_ready_while_every_check_passes(health, pages):
    health.check("kafka", lambda: Check(True, "answers"))
    health.check("records", lambda: Check(True))

    answer = pages.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["checks"]["kafka"] == {"ok": True, "detail": "answers"}


def test_one_failing_check_is_enough_not_to_be_ready(health, pages):
    health.check("kafka", lambda: Check(True))
    health.check("records", lambda: Check(False, "last progress 31.0 s ago"))

    answer = pages.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["ready"] is False
    assert 'crs_ready{check="records",service="grader"} 0.0' in pages.get("/metrics").text


def test_a_check_that_breaks_is_not_ready_and_does_not_repeat_the_reason(health, pages):
    def broken():
        raise ValueError("bed-7 39.7")

    health.check("records", broken)

    answer = pages.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["records"]["detail"] == "the check failed with ValueError"


def test_progress_is_what_was_done_lately():
    now = [100.0]
    progress = Progress(within=timedelta(seconds=15), clock=lambda: now[0])
    nothing_yet = progress.check()
    progress.mark()
    now[0] += 15.0
    in_time = progress.check()
    now[0] += 0.1

    assert (nothing_yet.ok, in_time.ok, progress.check().ok) == (False, True, False)


def test_a_process_without_a_web_application_serves_the_pages_from_a_thread(health, tmp_path):
    port_file = tmp_path / "port"
    health.check("kafka", lambda: Check(True))

    with health.serve(0, port_file=port_file) as serving:
        assert int(port_file.read_text()) == serving.port
        assert httpx.get(f"{serving.url}/readyz").status_code == 200

    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{serving.url}/readyz")
