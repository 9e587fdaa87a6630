"""Real time without waiting for it: a clock that a test turns."""

import threading

import httpx

from schemas.times import parse_time
from services.simulator.delivery import Delivery
from services.simulator.live_ward import LivePlan, LiveWard
from services.simulator.pacing import WallClock, run
from tests.unit.simulator.receivers import Receiver
from tests.unit.simulator.wards import START_MS


class TurnedClock:
    """Jumps to where somebody waits for, until it is told to stop; `late_ms` is added to each wait."""

    def __init__(self, *, seconds, late_ms=()):
        self.at_ms = START_MS
        self.waits = []
        self._left = seconds
        self._late_ms = list(late_ms)

    def now_ms(self):
        return self.at_ms

    def wait_until(self, at_ms):
        self.waits.append(at_ms)
        self.at_ms = max(self.at_ms, at_ms) + (self._late_ms.pop(0) if self._late_ms else 0)
        return len(self.waits) >= self._left


def paced(clock, receiver, beds=2):
    ward = LiveWard(LivePlan(beds=beds, seed=7, start_ms=START_MS))
    delivery = Delivery(
        httpx.Client(transport=httpx.MockTransport(receiver), base_url="http://ward"), waiting_limit=5000
    )
    beats = []
    run(ward, delivery, clock, every_ms=1000, delivered=beats.append)
    return beats


def test_the_wall_clock_waits_for_nothing_that_is_past_and_ends_a_wait_at_a_stop():
    stop = threading.Event()
    clock = WallClock(stop)

    assert not clock.wait_until(clock.now_ms() - 1000)
    stop.set()
    assert clock.wait_until(clock.now_ms() + 3_600_000)


def test_one_request_a_second_carries_the_whole_ward():
    clock, receiver = TurnedClock(seconds=5), Receiver()

    paced(clock, receiver)

    assert clock.waits == [START_MS + second * 1000 for second in range(1, 6)]
    opening = ["/v1/clinical", "/v1/vitals"] * 2  # the past, then the infusions with the first second
    assert [request.url.path for request in receiver.requests] == opening + ["/v1/vitals"] * 3
    assert {event["patient_id"] for event in receiver.events(-1)} == {"sim-7-001", "sim-7-002"}


def test_nothing_is_sent_before_its_time():
    clock, receiver = TurnedClock(seconds=30), Receiver()
    receiver.clock = clock

    paced(clock, receiver)

    for at_ms, events in receiver.received:
        assert all(parse_time(e.get("observed_at") or e["recorded_at"]) <= at_ms for e in events)


def test_after_a_pause_the_next_beat_is_the_next_whole_second():
    clock, receiver = TurnedClock(seconds=4, late_ms=[0, 7_300, 0]), Receiver()

    paced(clock, receiver)

    assert [at_ms - START_MS for at_ms in clock.waits] == [1000, 2000, 10_000, 11_000]


def test_a_refusing_ingest_is_asked_again_with_growing_patience():
    clock, receiver = TurnedClock(seconds=20), Receiver(answers=[503] * 8)
    receiver.clock = clock

    beats = paced(clock, receiver)

    asked_s = sorted({(at_ms - START_MS) // 1000 for at_ms, _ in receiver.received})
    assert asked_s[:5] == [0, 1, 2, 4, 8]
    assert beats == [] or beats[0] > START_MS + 8000


def test_what_waited_arrives_when_ingest_is_back_and_only_once_each():
    clock, receiver = TurnedClock(seconds=12), Receiver(answers=[503, 503])

    paced(clock, receiver)

    taken = [event["event_id"] for place in range(2, len(receiver.requests)) for event in receiver.events(place)]
    assert len(taken) == len(set(taken))
    assert {e["event_id"] for e in receiver.events(0)} <= set(taken)
