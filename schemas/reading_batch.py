"""Many bodies at once, each read exactly as `read_bedside` reads it alone.

All of them go to pydantic in one call, but each is parsed within its own bytes: joined into one array, a body like
`{...},{...}` could add a record and two halves of one hide it again, and no faster. What is no record of vitals comes
back as it is and is read alone: one bad record costs one record.
"""

from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any

from pydantic import ConfigDict, Field, Json, TypeAdapter

from schemas.bedside import MEASUREMENTS, Vitals
from schemas.reading import Record, read_bedside
from schemas.reasons import Refusal
from schemas.times import parse_times

_VitalsOrBytes = Annotated[Json[Vitals] | bytes, Field(union_mode="left_to_right")]
# Ids and times hardly ever repeat: remembering their strings only drives others out of the processor's cache.
_FORGETFUL = ConfigDict(cache_strings="none")
_NO_TIME = "1970-01-01T00:00:00Z"  # stands where there is none: of the shape that is read fastest


@cache
def _adapter() -> TypeAdapter[Any]:
    return TypeAdapter(list[_VitalsOrBytes], config=_FORGETFUL)


def read_batch(bodies: Sequence[bytes]) -> tuple[list[Record | Refusal], list[int | None]]:
    """What `read_bedside` says of each body, and when vitals were observed.

    Returns:
        Records and refusals in the order of the bodies, and as many times in milliseconds since 1970, None beside
        everything that is no record of vitals.
    """
    found = _adapter().validate_python(bodies)
    times = parse_times([_NO_TIME if type(one) is bytes else one["observed_at"] for one in found])
    for place, one in enumerate(found):
        if type(one) is bytes or times[place] is None or not ("heart_rate_bpm" in one or _is_measured(one)):
            found[place], times[place] = read_bedside(bodies[place]), None
    return found, times


def _is_measured(vitals: Record) -> bool:
    return any(sign in vitals for sign in MEASUREMENTS)
