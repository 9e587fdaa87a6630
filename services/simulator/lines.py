"""The ward as JSON lines for `crswatch replay`, in order of arrival."""

from collections.abc import Iterator
from typing import IO

import orjson

from schemas.times import format_time
from services.simulator.arrival import Arrival
from services.simulator.ward import WardPlan, arrivals


def line(arrival: Arrival) -> bytes:
    """One line; `received_at` only where the event did not arrive at its own time."""
    body = arrival.body
    if arrival.received_ms != arrival.at_ms:
        body = body | {"received_at": format_time(arrival.received_ms)}
    return orjson.dumps(body, option=orjson.OPT_APPEND_NEWLINE)


def write_ward(plan: WardPlan, out: IO[bytes]) -> Iterator[int]:
    """Write the whole ward; yield the time reached, hour by hour, so that a caller can show progress."""
    next_hour_ms = plan.start_ms
    for arrival in arrivals(plan):
        out.write(line(arrival))
        if arrival.received_ms >= next_hour_ms:
            next_hour_ms = arrival.received_ms + 3_600_000
            yield arrival.received_ms
