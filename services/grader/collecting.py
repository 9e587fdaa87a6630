"""The garbage collector, told what a grader is like: much that stays, and little that only it could free.

Left alone it looks through every patient again and again, and all else has to wait: 100 ms with ten thousand patients,
which was the slowest hundredth of all escalations. Records, states and outputs hold no cycles and are freed without
it; what cycles Faust makes are found while they are new, or once in an hour.
"""

import asyncio
import gc
import time
from collections.abc import Callable

# Containers made and not freed before a look at the newest. Where old ones are freed as fast as new ones are made it
# would never come, and then take long: so there is a look every so often as well.
NEW = 5_000
NEW_EVERY_S = 0.1
ALL_EVERY_S = 3_600.0
_NEVER = 2**31 - 1


def calm_down() -> None:
    """Call when what stays has been made, by starting or by restoring patients: it is not looked through any more."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW, _NEVER, _NEVER)


async def look_often(has_ended: Callable[[], bool]) -> None:
    """Short looks at what is new, and a long one at everything now and then."""
    all_s = time.monotonic()
    while not has_ended():
        await asyncio.sleep(NEW_EVERY_S)
        is_due = time.monotonic() - all_s >= ALL_EVERY_S
        gc.collect(2 if is_due else 0)
        if is_due:
            all_s = time.monotonic()
