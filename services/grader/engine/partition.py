"""All patients of one partition, their clock and their deadlines: pure, owned by one caller at a time.

Time is a record: the clock is the largest record timestamp so far. Deadlines strictly before a record run first, one
that falls on it runs after it; each runs at, and stamps its outputs with, its own time, in order of time then patient.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from schemas.bedside import RULES, TICK
from services.grader.engine import Heard, Origin, Output, Portion, TakenIn
from services.grader.engine.durations import NEVER_MS, NOTHING_YET_MS
from services.grader.engine.estimate import estimate
from services.grader.engine.kept import Kept, read_stored
from services.grader.engine.ruleset.rules import DEFAULT_RULES, RuleSet
from services.grader.engine.state import NOWHERE, PatientState, Place
from services.grader.engine.steady.taking_in import UNCOMMON, At, commonly, taken_in
from services.grader.engine.step import Refused, next_deadline, step, tick
from services.grader.engine.telling import fault
from services.grader.engine.telling.gap import data_gap
from services.grader.engine.telling.rejection import rejection
from services.grader.engine.ward import Ward

__all__ = ["Origin", "Output", "Partition", "partition_factory"]


class Partition:
    """The grader of one partition.

    Args:
        rules: the rule set in force.
        watch_all: page for everybody, enrolled or not.
        thorough: every record the long way; slow, and the same.
        ready: more rule sets, any of which an activation may bring into force.
    """

    def __init__(
        self,
        rules: RuleSet = DEFAULT_RULES,
        *,
        watch_all: bool = False,
        thorough: bool = False,
        ready: Iterable[RuleSet] = (),
    ) -> None:
        self._known = {known.hash: known for known in (rules, *ready)}
        self.ward = Ward(rules, watch_all, thorough, self._known)
        self._kept: dict[str, Kept] = {}
        self.rules_hash = rules.hash  # of the rule set in force; of an activation under way the one before
        self.clock_ms = NOTHING_YET_MS
        self.touched: set[str] = set()
        self._due: dict[str, int] = {}
        self._queue: list[tuple[int, str]] = []

    @property
    def patients(self) -> dict[str, PatientState]:
        """Every patient, whole."""
        return {patient_id: kept.after() for patient_id, kept in self._kept.items()}

    def take_in(self, heard: Iterable[Heard], covered_upto: int = 0) -> TakenIn:
        """Take in common records of vitals, about which nothing is said, up to the first other record.

        That one has changed nothing yet, nor the clock: the caller goes on with `apply`.

        Args:
            heard: records in their order, valid where they are of vitals.
            covered_upto: records before this offset are left to the caller.
        """
        due_ms = self._queue[0][0] if self._queue else NEVER_MS
        found, self.clock_ms = taken_in(heard, self._kept, self.touched, (self.clock_ms, due_ms), covered_upto)
        return found

    def take(self, record: dict[str, Any], at_ms: int, clock_ms: int, offset: int) -> bool:
        """The same of one record; whether it was taken in."""
        return self.take_in([(At(offset, clock_ms), record, at_ms)]).other is None

    def apply(self, record: dict[str, Any], *, clock_ms: int, origin: Origin) -> list[Output]:
        """Deadlines strictly before the clock, then the record."""
        return _together(self.applying(record, clock_ms=clock_ms, origin=origin))

    def applying(self, record: dict[str, Any], *, clock_ms: int, origin: Origin) -> Iterator[Portion]:
        """The same, a patient at a time, for whoever has something else to do in between.

        Before the last portion the record is not applied, and clock and rules are as before. A state that is stored by
        then may contain what the record did to it: applied to that once more, it does the rest.
        """
        clock_ms = max(clock_ms, self.clock_ms)
        yield from self._deadlines(clock_ms - 1)
        self.clock_ms = clock_ms
        if record["schema"] == TICK:
            yield Portion((), is_last=True)
        elif record["schema"] == RULES:
            yield from self._activating(record, origin)
        else:
            yield Portion(self._applied(record["patient_id"], record, origin), is_last=True)

    def _activating(self, record: dict[str, Any], origin: Origin) -> Iterator[Portion]:
        """Another rule set from here on, for everybody; one that nobody here has is refused, and grading goes on."""
        rules = self._known.get(record["rules_hash"])
        if rules is None:
            refused = rejection(record, Refused("unknown_rules", "rules_hash"), origin, self.clock_ms)
            yield Portion([refused], is_last=True)
            return
        if rules.hash != self.rules_hash:
            self.ward = self.ward._replace(rules=rules, before=self.ward.rules)
            for patient_id in sorted(self._kept):
                yield Portion(self._activated(patient_id, record, origin), is_last=False)
            self.rules_hash = rules.hash
        yield Portion((), is_last=True)

    def _activated(self, patient_id: str, record: dict[str, Any], origin: Origin) -> list[Output]:
        """What follows for one patient."""
        try:
            state = self._kept[patient_id].whole()
            if state.place.offset >= origin.offset:
                self._schedule(state)  # restored from a later moment: all but the deadline is of these rules
                return []
        except Exception:
            return self._faulted(patient_id, self.clock_ms)
        return self._applied(patient_id, record, origin)

    def _applied(self, patient_id: str, record: dict[str, Any], origin: Origin) -> list[Output]:
        """What follows from one record of a patient. A fault costs the record, never the patient."""
        kept, place = self._kept.get(patient_id), Place(*origin)
        before, known = None, UNCOMMON
        try:
            if kept is not None:
                known = commonly(kept, record, self.clock_ms, place, self.ward)
                if known.outputs is not None:
                    self.touched.add(patient_id)
                    return known.outputs
                before = kept.whole()
            stepped = step(before, record, clock_ms=self.clock_ms, place=place, ward=self.ward, common=known.is_common)
            if isinstance(stepped, Refused):
                return [rejection(record, stepped, origin, self.clock_ms)]
            if stepped.state is not None and stepped.state is not before:
                self._keep(stepped.state)
            return stepped.outputs
        except Exception:
            refused = rejection(record, Refused("engine_fault"), origin, self.clock_ms)
            return [refused, *self._faulted(patient_id, self.clock_ms, record, place)]

    def advance(self, now_ms: int) -> list[Output]:
        """All deadlines up to and including now: a tick."""
        return _together(self.advancing(now_ms))

    def advancing(self, now_ms: int) -> Iterator[Portion]:
        """The same, a patient at a time."""
        yield from self._deadlines(now_ms)
        self.clock_ms = max(self.clock_ms, now_ms)
        yield Portion((), is_last=True)

    def encoded(self, patient_id: str) -> bytes | None:
        """A patient for a checkpoint; None for one that is not kept."""
        kept = self._kept.get(patient_id)
        return None if kept is None else kept.stored(self._due.get(patient_id))

    def restore(self, patients: Mapping[str, bytes], clock_ms: int) -> None:
        """Take over stored patients; rules that were in force with `resume` before.

        Most are made whole when something happens to them. One of them is at once: what none could be made of would
        otherwise be noticed in the middle of grading.

        Raises:
            Exception: one of them cannot be read; none is taken over.
        """
        found = {patient_id: read_stored(encoded) for patient_id, encoded in patients.items()}
        kept = {patient_id: Kept(None, stored) for patient_id, stored in found.items()}
        for one in list(kept.values())[:1]:
            one.glance()
        self.clock_ms = max(self.clock_ms, clock_ms)
        self._kept |= kept
        for patient_id, stored in found.items():
            self._queue_at(patient_id, stored.due_ms)

    def resume(self, rules_hash: str) -> bool:
        """Grade on under the rules that were in force; False if nobody here has them, and the given ones stay."""
        known = self._known.get(rules_hash)
        self.ward = self.ward._replace(rules=known or self.ward.rules)
        self.rules_hash = self.ward.rules.hash
        return known is not None

    def begin_after(self, lost: int) -> None:
        """Records before that offset are gone: of whoever's admission is among them the stay is named after the gap.

        What was said before in a stay without a name was counted from 1, and no id may come twice.
        """
        self.ward = self.ward._replace(unnamed=f"after offset {lost}")

    def standing(self, patient_ids: Iterable[str]) -> list[Output]:
        """The estimates of patients as they stand, state and revision unchanged; none of a patient who has left."""
        outputs: list[Output] = []
        for patient_id in patient_ids:
            if patient_id in self._kept:
                outputs += self._standing(patient_id)
        return outputs

    def _standing(self, patient_id: str) -> list[Output]:
        try:
            state = self._kept[patient_id].glance()
            if not state.is_here:
                return []
            return [Output("estimates", patient_id, estimate(state, state.reached_ms, self.ward.rules))]
        except Exception:
            return self._faulted(patient_id, self.clock_ms)

    def lost(self, first: Origin, last_offset: int) -> list[Output]:
        """One `data_gap` page for everybody who has not left: records of theirs may be gone."""
        outputs: list[Output] = []
        for patient_id, kept in sorted(self._kept.items()):
            try:
                state = kept.after()
                if state.is_here:
                    after, said = data_gap(state, first, last_offset, clock_ms=self.clock_ms, ward=self.ward)
                    self._keep(after)
                    outputs += said
            except Exception:
                outputs += self._faulted(patient_id, self.clock_ms)
        return outputs

    def _deadlines(self, upto_ms: int) -> Iterator[Portion]:
        while self._queue and self._queue[0][0] <= upto_ms:
            at_ms, patient_id = heapq.heappop(self._queue)
            if self._due.get(patient_id) == at_ms:  # else an older entry of this patient
                del self._due[patient_id]
                yield Portion(self._ticked(patient_id, at_ms), is_last=False)

    def _ticked(self, patient_id: str, at_ms: int) -> list[Output]:
        kept = self._kept[patient_id]
        try:
            if kept.steady is not None and kept.steady.due_ms > at_ms:  # data came in time: the entry was a lower bound
                self._queue_at(patient_id, kept.steady.due_ms)
                return []
            state = kept.whole()
            true_ms = next_deadline(state, state.reached_ms, self.ward)
            if true_ms is None or true_ms > at_ms:
                self._queue_at(patient_id, true_ms)
                return []
            after, said = tick(state, at_ms, self.ward)
            if after is None:
                del self._kept[patient_id]
                self.touched.add(patient_id)
            else:
                self._keep(after)
            return said
        except Exception:
            return self._faulted(patient_id, at_ms)

    def _faulted(
        self, patient_id: str, at_ms: int, record: dict[str, Any] | None = None, place: Place | None = None
    ) -> list[Output]:
        """The state as before, marked, and what is said of that; by a record, or by time alone."""
        kept = self._kept.get(patient_id)
        before = None if kept is None else kept.left(patient_id)
        where = place or (NOWHERE if before is None else before.place)
        after, said = fault.after_fault(before, record, clock_ms=at_ms, place=where, ward=self.ward)
        self._kept[patient_id] = Kept(after)
        self.touched.add(patient_id)
        if record is not None:  # else it fails again: time stands still for this patient until the next record
            with suppress(Exception):  # of a state whose deadlines cannot be told too
                self._schedule(after)
        return said

    def _keep(self, state: PatientState) -> None:
        self._schedule(state)  # first: a state whose deadlines cannot be told is not kept
        self._kept[state.patient_id] = Kept(state)
        self.touched.add(state.patient_id)

    def _schedule(self, state: PatientState) -> None:
        self._queue_at(state.patient_id, next_deadline(state, state.reached_ms, self.ward))

    def _queue_at(self, patient_id: str, due_ms: int | None) -> None:
        if due_ms is not None and self._due.get(patient_id) != due_ms:
            self._due[patient_id] = due_ms
            heapq.heappush(self._queue, (due_ms, patient_id))


def _together(portions: Iterable[Portion]) -> list[Output]:
    return [output for portion in portions for output in portion.outputs]


def partition_factory(
    rules: RuleSet = DEFAULT_RULES,
    *,
    watch_all: bool = False,
    ready: Iterable[RuleSet] = (),
) -> Callable[[int], Partition]:
    """Makes the engine of a partition; all are alike, whatever their number."""
    return lambda _: Partition(rules, watch_all=watch_all, ready=ready)
