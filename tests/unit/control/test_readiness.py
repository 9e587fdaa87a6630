from services.control.alive import is_alive
from services.control.readiness import ReadinessWatch, ask
from services.runtime.health import Check, Health
from services.runtime.ports import free_port
from tests.waiting import eventually


def test_a_service_that_is_not_ready_says_which_check_failed():
    health = Health("toy")
    health.check("kafka", lambda: Check(False, "does not answer"))
    with health.serve(0) as serving:
        found = ask(serving.url)

        assert (found.ready, found.detail) == (False, "kafka: does not answer")
        assert is_alive(serving.port)


def test_a_ready_service_is_ready():
    with Health("toy").serve(0) as serving:
        assert ask(serving.url).ready


def test_nobody_there_is_not_ready_and_not_alive():
    port = free_port()

    assert ask(f"http://127.0.0.1:{port}").detail.startswith("no answer")
    assert not is_alive(port)


def test_the_watch_says_when_readiness_goes_and_comes_back(monkeypatch):
    monkeypatch.setattr("services.control.readiness.ASK_EVERY_S", 0.01)
    health, said, checks = Health("toy"), [], [Check(False, "broken")]
    health.check("work", lambda: checks[0])
    with health.serve(0) as serving, ReadinessWatch({"toy": serving.url}, said.append):
        eventually(lambda: said == ["toy is not ready: work: broken"])
        checks[0] = Check(True)
        eventually(lambda: said[1:] == ["toy is ready again"])
