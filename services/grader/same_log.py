"""Whether the bedside log is still the one whose records were applied.

A log that was cut and has grown beyond our position again looks whole to whoever only reads on: other records lie below
it, and nobody graded those. So some of what was applied is remembered, and read back whenever it may lie there no more.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from services.grader.broker_facts import Shape
from services.grader.ending import end_process
from services.grader.manifest import Newest, Source

log = logging.getLogger(__name__)

LOOK_S = 2.0  # of reading back in one go, and one partition more: the watchdog has more to look at
MOST = 10  # records remembered of a partition: at one a second, those of two looks of the watchdog


class Topic(Protocol):
    """See `broker_facts.TopicNow`."""

    name: str

    def shape(self) -> Shape | None:
        """As it is now."""

    def is_other(self, partition: int, known: Newest) -> bool:
        """Whether another record lies there."""


class Applied:
    """Records that were applied lately, and under which leader they are known to lie. Pure.

    A log loses records only when its leader changes or starts again, and then the leader's epoch is another one. The
    newest record alone says nothing: whoever stood still for a while applies some of the new log before looking.
    """

    def __init__(self) -> None:
        self._epochs: dict[int, int] = {}
        self._records: dict[int, Sequence[Newest]] = {}
        self._doubted: frozenset[int] = frozenset()

    def note(self, newest: Mapping[int, Newest]) -> None:
        """The newest of each partition that is ours; of one in doubt what was known before, however long that lasts."""
        before, self._records = self._records, {}
        for number, record in newest.items():
            records = before.get(number, ())
            known = record in records[-1:] or (bool(records) and number in self._doubted)
            self._records[number] = records if known else (*records, record)[-MOST:]

    def in_doubt(self, epochs: Mapping[int, int]) -> dict[int, Sequence[Newest]]:
        """What to read back: of each partition that has a leader, and not the same one as when that was last done."""
        in_doubt = {
            number: records
            for number, records in self._records.items()
            if number in epochs and self._epochs.get(number) != epochs[number]
        }
        self._doubted = frozenset(in_doubt)
        return in_doubt

    def confirm(self, number: int, epoch: int) -> None:
        """All that is remembered of the partition lies there under this leader."""
        self._epochs[number] = epoch
        self._doubted -= {number}

    def doubt_all(self) -> None:
        """The broker was away."""
        self._epochs.clear()
        self._doubted = frozenset(self._records)


class SameLog:
    """Looks after the bedside log for the watchdog; ends the process where it is another one.

    Args:
        topic: at the broker.
        source: what is graded.
        partitions: how many it has.
        newest: the newest record that was applied in each partition that is ours.
    """

    def __init__(
        self, topic: Topic, source: Source, partitions: int, newest: Callable[[], Mapping[int, Newest]]
    ) -> None:
        self._topic, self._source, self._partitions, self._newest = topic, source, partitions, newest
        self._applied = Applied()
        self._silent: dict[int, float] = {}  # since when

    def note(self) -> None:
        """Remember where grading stands; to be called every second."""
        self._applied.note(self._newest())

    def look(self) -> None:
        """Ask the broker."""
        try:
            shape = self._topic.shape()
        except Exception as fault:  # as the watchdog takes it: whatever a client says when its broker goes away
            log.warning("the broker does not say what the bedside topic is now", exc_info=fault)
            self._applied.doubt_all()
            return
        if shape is not None:
            self._compare(shape)
            self._read_back(shape.epochs)

    def _compare(self, shape: Shape) -> None:
        if shape.topic_id != self._source.topic_id:
            end_process("another bedside topic lies in the place of the one that was graded")
        if shape.partitions != self._partitions:
            end_process(
                "the bedside topic got more partitions: patients have moved to others, start with new topics",
                topic=self._topic.name, count=shape.partitions, partitions=self._partitions,
            )  # fmt: skip

    def _read_back(self, epochs: Mapping[int, int]) -> None:
        """What is in doubt, until the first that nobody answers for: that one is the last to be asked the next time.

        Nor for long: a hundred partitions at a slow broker take minutes. What is left has its turn at the next look.
        """
        in_doubt, until_s = self._applied.in_doubt(epochs), time.monotonic() + LOOK_S
        for number in sorted(in_doubt, key=lambda number: (self._silent.get(number, 0.0), number)):
            if time.monotonic() >= until_s:
                return
            try:
                self._require_all(number, in_doubt[number])
            except Exception as fault:
                log.warning("nobody says what lies in the log now", exc_info=fault, extra={"partition": number})
                self._silent[number] = time.monotonic()
                return
            self._silent.pop(number, None)
            self._applied.confirm(number, epochs[number])

    def _require_all(self, number: int, records: Sequence[Newest]) -> None:
        for record in records:
            if self._topic.is_other(number, record):
                end_process("the log has other records now than were graded", partition=number, offset=record.offset)
