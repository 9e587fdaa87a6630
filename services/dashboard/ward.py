"""The live ward: folds what Kafka delivers into the board and tells the connected browsers what changed.

Lives in the web server's event loop: no locks, and a browser never sees half a fold.
"""

import logging
from collections.abc import Iterable
from typing import Any, NamedTuple

from services.dashboard.alarm_list import UNANSWERED, alarms_of
from services.dashboard.beds import Bed, Event, Origin
from services.dashboard.board import Board
from services.dashboard.frames import frame
from services.dashboard.hub import Hub, shows
from services.dashboard.tiles import on_board, tile
from services.runtime.metrics import counter

log = logging.getLogger(__name__)


class Record(NamedTuple):
    """One record as the reader decoded it; `event` is None for a tombstone."""

    schema: str
    key: str
    event: Event | None
    origin: Origin


class Ward:
    """The board and the browsers that look at it."""

    def __init__(self, hub: Hub) -> None:
        self.board = Board()
        self.hub = hub
        self.live = False
        self.history_read = False
        self.unreadable = self.unreadable_ms = 0
        self._unanswered: dict[str, set[str]] = {}
        self._shown_in: dict[str, str] = {}

    async def take(self, records: Iterable[Record]) -> None:
        """Fold a batch, then publish each changed bed once."""
        changed: dict[str, tuple[Bed, Origin]] = {}
        for record in records:
            counter("crs_board_events_total").labels(record.schema).inc()
            bed = self._fold(record)
            if bed is not None:
                changed[bed.patient_id] = (bed, record.origin)
        for bed, origin in changed.values():
            self._publish(bed, origin.event_id)

    def _fold(self, record: Record) -> Bed | None:
        try:
            if record.event is None:
                return self.board.forget(record.schema, record.key)
            return self.board.fold(record.event, record.key, record.origin)
        except Exception:  # one record must not blank a ward: it is counted, said on the board and logged by its place
            self.unread(record.origin, "fold_fault", exc_info=True)
            return None

    def unread(self, origin: Origin, reason: str, *, exc_info: bool = False) -> None:
        """A record that cannot be shown; the browsers say how many there were, and when the last one came."""
        self.unreadable += 1
        self.unreadable_ms = max(origin.appended_ms, self.unreadable_ms)
        counter("crs_rejected_total").labels("dashboard", reason).inc()
        place = {"topic": origin.topic, "partition": origin.partition, "offset": origin.offset, "reason": reason}
        log.error("record not shown on the board", extra=place, exc_info=exc_info)

    def _publish(self, bed: Bed, event_id: str) -> None:
        self._announce(bed, event_id)
        before = self._shown_in.get(bed.patient_id)
        shown = on_board(bed)
        if before is not None and (not shown or before != bed.unit):
            self.hub.publish(before, frame("gone", {"patient_id": bed.patient_id}, slot=bed.patient_id))
            del self._shown_in[bed.patient_id]
        if not shown:
            return
        self._shown_in[bed.patient_id] = bed.unit
        if self.hub.followed(bed.unit):
            self.hub.publish(bed.unit, frame("bed", tile(bed), slot=bed.patient_id, event_id=event_id))

    def _announce(self, bed: Bed, event_id: str) -> None:
        """Tell what has just become unanswered: a new alarm, or one that came back after an acknowledgement."""
        unanswered = {a["escalation_id"]: a for a in alarms_of(bed) if a["state"] in UNANSWERED}
        before = self._unanswered.get(bed.patient_id, set())
        self._unanswered[bed.patient_id] = set(unanswered)
        if not self.live:
            return
        for escalation_id in unanswered.keys() - before:
            said = {"patient_id": bed.patient_id, "bed": bed.bed, "unit": bed.unit} | unanswered[escalation_id]
            self.hub.publish(bed.unit, frame("alarm", said, slot=None, event_id=event_id))

    def snapshot(self, units: frozenset[str]) -> dict[str, Any]:
        """Every bed of these units with all open alarms, and which units there are."""
        beds = [bed for bed in self.board.beds.values() if on_board(bed)]
        shown = [tile(bed) for bed in beds if shows(units, bed.unit)]
        for bed in beds:
            self._shown_in[bed.patient_id] = bed.unit
        return {"beds": shown, "units": sorted({bed.unit for bed in beds if bed.unit})}

    def pulse(self, now_ms: int) -> dict[str, Any]:
        """What proves once a second that the stream lives, and how far the grader has come."""
        ticks = self.board.ticks_ms
        return {
            "now_ms": now_ms,
            "live": self.live,
            "history_read": self.history_read,
            "unreadable": self.unreadable,
            "unreadable_ms": self.unreadable_ms,
            "ticks_ms": {str(partition): at_ms for partition, at_ms in ticks.items()},
        }
