"""A risk window changes what is expected and said; whoever is paged is paged the same (`clinical.md` 10.2, R3)."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.grader.arrivals import Event, in_order, patients

MINUTE = 60_000
SLOW = settings(deadline=None, max_examples=20, suppress_health_check=list(HealthCheck), derandomize=True)


def _with_product(events: list[Event], product: str) -> list[Event]:
    return [
        event._replace(record={**event.record, "product": product}) if "product" in event.record else event
        for event in events
    ]


def _paged(events: list[Event]) -> list[dict[str, Any]]:
    partition, outputs = in_order(events)
    outputs = [*outputs, *partition.advance(events[-1].at_ms + 3 * 24 * 60 * MINUTE)]
    return [output.value for output in outputs if output.topic == "escalations"]


@SLOW
@given(patients(most=12), st.sampled_from(["tebentafusp", "tisa-cel", "a product of tomorrow"]))
def test_the_product_and_its_windows_decide_no_page(events: list[Event], product: str) -> None:
    assert _paged(_with_product(events, product)) == _paged(_with_product(events, "axi-cel"))
