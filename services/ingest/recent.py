"""Which events were stored lately: to tell a sender at once that it repeats itself, or contradicts itself. Pure.

The grader's memory is the authority; this one is bounded, belongs to one process and forgets with it. It only ever
spares a sender the wait, so an event enters after the broker has acknowledged it, never before.
"""

from collections import OrderedDict
from enum import StrEnum
from hashlib import blake2b


class Known(StrEnum):
    """What is known of an event's name and content."""

    NEW = "new"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"


class RecentEvents:
    """The last `capacity` events by event_id, as a hash of their content."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._content: OrderedDict[str, bytes] = OrderedDict()

    def known(self, event_id: str, body: bytes) -> Known:
        """Compare an encoded event with what its id stood for."""
        content = self._content.get(event_id)
        if content is None:
            return Known.NEW
        return Known.DUPLICATE if content == _hash(body) else Known.CONFLICT

    def remember(self, event_id: str, body: bytes) -> None:
        """Keep an event that is stored; the oldest is forgotten."""
        self._content[event_id] = _hash(body)
        if len(self._content) > self._capacity:
            self._content.popitem(last=False)


def _hash(body: bytes) -> bytes:
    return blake2b(body, digest_size=16).digest()
