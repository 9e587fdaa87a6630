import httpx
import pytest
from prometheus_client import REGISTRY

from services.simulator.delivery import Delivery
from tests.unit.simulator.receivers import Receiver


def vitals(name, source="monitor"):
    return {"schema": "crs.vitals.v1", "event_id": name, "source": source}


def charted(name):
    return {"schema": "crs.clinical.v1", "event_id": name, "kind": "oxygen"}


def delivery_to(receiver, **limits):
    client = httpx.Client(transport=httpx.MockTransport(receiver), base_url="http://ward")
    return Delivery(client, **{"waiting_limit": 100} | limits)


def ids(receiver):
    return [[event["event_id"] for event in receiver.events(place)] for place in range(len(receiver.requests))]


def counted(schema, outcome):
    labels = {"schema": schema, "outcome": outcome}
    return REGISTRY.get_sample_value("crs_simulated_events_total", labels) or 0.0


def test_charts_of_one_moment_go_before_the_signs():
    receiver = Receiver()
    delivery = delivery_to(receiver)

    delivery.offer([vitals("a"), charted("b"), vitals("c")], 0)

    assert delivery.flush()
    assert ids(receiver) == [["b"], ["a", "c"]]
    assert delivery.waiting == 0


def test_an_empty_moment_sends_nothing():
    receiver = Receiver()

    assert delivery_to(receiver).flush()
    assert receiver.requests == []


@pytest.mark.parametrize("code", [0, 401, 408, 429, 500, 503])
def test_what_is_not_taken_waits_and_is_sent_again_in_order(code):
    receiver = Receiver(answers=[code])
    delivery = delivery_to(receiver)
    delivery.offer([vitals("a")], 0)

    assert not delivery.flush()
    assert delivery.fault
    delivery.offer([vitals("b")], 0)
    assert delivery.flush()
    assert ids(receiver) == [["a"], ["a", "b"]]
    assert delivery.fault == ""


def test_a_request_holds_at_most_a_batch():
    receiver = Receiver()
    delivery = delivery_to(receiver, batch_limit=2)
    delivery.offer([vitals(name) for name in "abcde"], 0)

    delivery.flush()

    assert ids(receiver) == [["a", "b"], ["c", "d"], ["e"]]


def test_when_too_much_waits_the_oldest_monitor_readings_go_and_are_counted():
    before = counted("crs.vitals.v1", "dropped")
    receiver = Receiver()
    delivery = delivery_to(receiver, waiting_limit=3)

    delivery.offer(
        [vitals("old"), vitals("by hand", source="manual"), charted("chart"), vitals("new"), vitals("newest")], 0
    )
    delivery.flush()

    assert ids(receiver) == [["chart"], ["by hand", "newest"]]
    assert counted("crs.vitals.v1", "dropped") == before + 2


def test_how_far_behind_is_the_wait_of_the_oldest_event():
    delivery = delivery_to(Receiver(answers=[503]))
    assert delivery.behind_ms(9_000) == 0

    delivery.offer([vitals("a")], 1_000)
    delivery.offer([vitals("b")], 2_000)
    delivery.flush()

    assert delivery.behind_ms(9_000) == 8_000
    delivery.flush()
    assert delivery.behind_ms(9_000) == 0


@pytest.mark.parametrize("code", [400, 413, 422])
def test_what_ingest_refuses_for_good_is_counted_and_not_sent_again(code):
    before = counted("crs.clinical.v1", "rejected")

    def refusing(request):
        return httpx.Response(code, json={"reason": "not_json"})

    delivery = delivery_to(refusing)
    delivery.offer([charted("a")], 0)

    assert delivery.flush()
    assert delivery.waiting == 0
    assert counted("crs.clinical.v1", "rejected") == before + 1


def test_a_refusal_without_words_counts_for_every_event_of_the_request():
    before = counted("crs.vitals.v1", "rejected")
    delivery = delivery_to(lambda _: httpx.Response(413, text="too large"))
    delivery.offer([vitals("a"), vitals("b")], 0)

    assert delivery.flush()
    assert counted("crs.vitals.v1", "rejected") == before + 2


def test_the_words_of_ingest_are_counted():
    before = counted("crs.vitals.v1", "accepted")
    delivery = delivery_to(Receiver())
    delivery.offer([vitals("a"), vitals("b")], 0)

    delivery.flush()

    assert counted("crs.vitals.v1", "accepted") == before + 2
