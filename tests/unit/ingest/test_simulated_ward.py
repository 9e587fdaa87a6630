"""What an ordinary ward sends is taken in whole: a refusal there would be ours to explain."""

from collections import Counter

from schemas.encoding import encode
from schemas.times import parse_time
from services.ingest.items import cut
from services.ingest.parse import judge
from services.simulator.ward import WardPlan, arrivals

PLAN = WardPlan(27, length_ms=86_400_000, seed=7, start_ms=parse_time("2026-03-01T06:00:00Z"), every_ms=900_000)


def refusals(arrival):
    (item,) = cut(encode(arrival.body), "json")
    return judge(item, arrival.body["schema"], arrival.received_ms).refused


def test_nothing_of_a_day_with_every_scenario_is_refused():
    found = Counter(refusal for arrival in arrivals(PLAN) for refusal in refusals(arrival))

    assert found == {}
