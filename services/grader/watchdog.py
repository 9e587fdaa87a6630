"""Ends the process when it stands still while records wait: Faust can lose a partition without saying so.

Runs in a thread of its own with a client of its own, so that nothing that hangs in the event loop hangs it too.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType

from services.grader.ending import end_process
from services.grader.ownership import NOT_OPENED
from services.grader.same_log import SameLog

log = logging.getLogger(__name__)

LOOK_EVERY_S = 5.0
NOTE_EVERY_S = 1.0
WAITING_SHARE = 0.25

Positions = Callable[[], Mapping[int, int]]  # next offset to apply, by partition; NOT_OPENED before there is one
Slices = Callable[[], Mapping[int, int]]  # how many were graded so far, by partition
LogEnds = Callable[[list[int]], Mapping[int, int]]  # asks the broker; raises when it does not answer
Seen = Callable[[Mapping[int, int], Mapping[int, int]], None]  # told positions and log ends after every look
Rebalancing = Callable[[], bool]  # whether this process has nothing because the group is being divided anew

_NONE: Mapping[int, int] = MappingProxyType({})


class Standstill:
    """How long each partition has applied nothing although its log goes on. Pure: time is an argument.

    While another partition works off a backlog or is not taken over yet, a partition may only be waiting for its turn,
    and one that is not taken over may be reading its state: such time counts for a quarter, so that neither a long
    catch-up nor a slow restore is taken for a fault, and a partition that is really lost is still noticed. Partitions
    are taken over one after the other: each time one was, the time of those that are left counts from anew. Time begins
    to count when records are first seen to wait: a look can take a minute where partitions have no leader, and what
    came at the end of it has waited for none.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._looked_s: float | None = None
        self._positions: dict[int, int] = {}
        self._slices: dict[int, int] = {}
        self._waited: set[int] = set()
        self._stood_s: dict[int, float] = {}

    def forget(self) -> None:
        """The broker did not answer: standing still is not our fault, count from anew."""
        self._looked_s = None
        self._waited.clear()
        self._stood_s.clear()

    def stuck(
        self, positions: Mapping[int, int], ends: Mapping[int, int], now_s: float, slices: Mapping[int, int] = _NONE
    ) -> list[int]:
        """Partitions that have stood still for the limit; one that works on a long record has not."""
        passed_s = 0.0 if self._looked_s is None else now_s - self._looked_s
        waiting = {partition for partition, position in positions.items() if ends.get(partition, position) > position}
        moved = {partition for partition, position in positions.items() if self._positions.get(partition) != position}
        moved |= {
            partition for partition in slices.keys() & positions if self._slices.get(partition) != slices[partition]
        }
        others_turn = bool(moved & waiting) or NOT_OPENED in positions.values()
        counted_s = passed_s * (WAITING_SHARE if others_turn else 1)
        if any(self._positions.get(partition) == NOT_OPENED for partition in moved):
            self._stood_s = {at: stood_s for at, stood_s in self._stood_s.items() if positions.get(at) != NOT_OPENED}
        self._stood_s = {
            partition: self._stood_s.get(partition, 0.0) + counted_s * (partition in self._waited)
            for partition in waiting - moved
        }
        self._looked_s, self._positions, self._slices, self._waited = now_s, dict(positions), dict(slices), waiting
        return [partition for partition, stood_s in self._stood_s.items() if stood_s >= self._limit_s]


class Rebalance:
    """How long the group has been divided anew without an end. Pure: time is an argument.

    Meanwhile nothing is ours, so no partition can be seen to stand still: a process that never comes back into its
    group would grade nothing for good and look idle. A spare worker, whom the group gave nothing, is done with it.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._since_s: float | None = None

    def forget(self) -> None:
        """The broker did not answer: nobody can join a group then, count from anew."""
        self._since_s = None

    def is_stuck(self, *, rebalancing: bool, now_s: float) -> bool:
        """Whether it has gone on for the limit."""
        if not rebalancing:
            self._since_s = None
            return False
        self._since_s = now_s if self._since_s is None else self._since_s
        return now_s - self._since_s >= self._limit_s


class Watchdog:
    """Looks every few seconds; close it with `stop`.

    Args:
        positions: of the partitions that are ours.
        log_ends: of these partitions, or of any while there are none.
        limit_s: of a partition that stands still.
        seen: told what each look found.
        rebalancing: whether the group is being divided anew.
        rebalance_limit_s: of that.
        same_log: whether the log is still the one that was graded.
        slices: of a long record many are graded before the position moves.
    """

    def __init__(
        self, positions: Positions, log_ends: LogEnds, *, limit_s: float, seen: Seen, rebalancing: Rebalancing,
        rebalance_limit_s: float, same_log: SameLog, slices: Slices = dict,
    ) -> None:  # fmt: skip
        self._positions, self._log_ends, self._seen, self._same_log = positions, log_ends, seen, same_log
        self._rebalancing, self._slices = rebalancing, slices
        self._standstill, self._rebalance = Standstill(limit_s), Rebalance(rebalance_limit_s)
        self._cut = set[int]()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Stop looking, before the process ends in an orderly way."""
        self._stopped.set()

    def _watch(self) -> None:
        due_s = time.monotonic() + LOOK_EVERY_S
        while not self._stopped.wait(min(NOTE_EVERY_S, LOOK_EVERY_S)):
            try:
                self._same_log.note()
                if time.monotonic() >= due_s:
                    self._look()
                    due_s = time.monotonic() + LOOK_EVERY_S
            except Exception as fault:
                end_process("the watchdog cannot look any more", fault)

    def _look(self) -> None:
        positions = dict(self._positions())
        try:
            ends = self._log_ends(sorted(positions))
        except Exception as fault:
            log.warning("the broker does not answer", exc_info=fault)
            self._standstill.forget()
            self._rebalance.forget()
            self._cut.clear()
            return
        self._seen(positions, ends)
        now_s = time.monotonic()
        already, self._cut = self._cut, {at for at, position in positions.items() if ends.get(at, position) < position}
        if cut := sorted(already & self._cut):  # a single look may have met a leader that knows less for a moment
            end_process("the log ends before what was graded of it", partition=cut[0], count=len(cut))
        if stuck := self._standstill.stuck(positions, ends, now_s, self._slices()):
            end_process("nothing was applied for too long while records wait", partition=stuck[0], count=len(stuck))
        if self._rebalance.is_stuck(rebalancing=self._rebalancing(), now_s=now_s):
            end_process("the group has not given us our partitions for too long")
        self._same_log.look()
