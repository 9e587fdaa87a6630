"""The garbage collector, told what a grader is like: much that stays, and little that only it could free.

Left alone it looks through every patient again and again, because batches of records live just long enough to count as
lasting: a third of all the work of fetching, and pauses that grow with the number of patients. Records, states and
outputs hold no cycles and are freed without it; what cycles Faust makes are found by a collection now and then.
"""

import gc

# Containers made and not freed before a look at the newest; such looks before one at the older ones; and of the oldest.
THRESHOLDS = (50_000, 20, 100)


def calm_down() -> None:
    """Call when what stays has been made, by starting or by restoring patients: it is not looked through any more."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
