"""Where chance comes from: one generator for each patient and purpose, so that nobody's luck depends on a neighbour's.

Python's own `hash` differs from run to run and is never used here.
"""

import hashlib
from random import Random


def chance(seed: int, patient_id: str, purpose: str) -> Random:
    """A generator that is the same for the same seed, patient and purpose, whoever else lies on the ward."""
    digest = hashlib.sha256(f"{seed}|{patient_id}|{purpose}".encode()).digest()
    return Random(int.from_bytes(digest, "big"))


class EventIds:
    """Event ids of one patient: the same story told again gives the same ids, another start gives others.

    A live simulator that starts anew at another time must not reuse an id with another content.
    """

    def __init__(self, seed: int, patient_id: str, start_ms: int) -> None:
        self._root = hashlib.sha256(f"{seed}|{patient_id}|{start_ms}".encode())

    def of(self, label: str, at_ms: int) -> str:
        """The id of the one event called `label` at this time."""
        named = self._root.copy()
        named.update(f"|{label}|{at_ms}".encode())
        return f"sim-{named.hexdigest()[:24]}"
