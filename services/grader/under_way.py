"""A record that concerns very many patients is applied a portion at a time: everything else has its turn in between."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator

from schemas.bedside import RULES, TICK
from schemas.reading import Record
from schemas.reading_batch import in_order
from schemas.reasons import Refusal
from services.grader.engine import Engine, Origin, Output, Portion
from services.grader.intake import Located, PlainRecord, rejection

log = logging.getLogger(__name__)


class UnderWay:
    """One record on its way through the engine.

    Attributes:
        record: which.
        clock_ms: the partition's clock with it, which its outputs are stamped with.
        said: how many outputs went before.
    """

    __slots__ = ("_portions", "clock_ms", "record", "said")

    def __init__(self, record: PlainRecord, clock_ms: int, portions: Iterator[Portion]) -> None:
        self.record, self.clock_ms, self.said = record, clock_ms, 0
        self._portions = portions

    def go_on(self, say: Callable[[Iterable[Output], "UnderWay"], int], until_s: float) -> bool:
        """Apply it further; whether it is applied whole. With the last portion it is, whatever the time.

        Args:
            say: takes the outputs of a portion over; how many there were.
            until_s: of the monotonic clock; at least one portion is done.
        """
        for portion in self._portions:
            self.said += say(portion.outputs, self)
            if portion.is_last:
                return True
            if time.monotonic() >= until_s:
                return False
        raise RuntimeError("a record without its last portion")


def begun(engine: Engine, event: Record | Refusal, record: PlainRecord, origin: Origin) -> UnderWay:
    """A record on its way: `event` is what was read of it."""
    if isinstance(event, Refusal):
        located = Located(*origin, record.timestamp, record.key, record.value)
        refused = Output("rejected", "", rejection(located, event))  # its key is the record's
        return UnderWay(record, engine.clock_ms, iter([Portion([refused], is_last=True)]))
    clock_ms = max(engine.clock_ms, record.timestamp)
    if event["schema"] == TICK:
        return UnderWay(record, clock_ms, engine.advancing(clock_ms))
    portions = engine.applying(in_order(event), clock_ms=clock_ms, origin=origin)
    if event["schema"] == RULES:
        portions = _activating(portions, engine, event["rules_hash"], origin)
    return UnderWay(record, clock_ms, portions)


def _activating(portions: Iterator[Portion], engine: Engine, wanted: str, origin: Origin) -> Iterator[Portion]:
    """An activation concerns everybody: say what came of it, loudly where it was refused."""
    for portion in portions:
        if portion.is_last:
            where = {"partition": origin.partition, "offset": origin.offset}
            if engine.rules_hash == wanted:
                log.warning("rule set activated", extra=where)
            else:
                log.error("a rule set that is not here was to be activated", extra=where)
        yield portion
