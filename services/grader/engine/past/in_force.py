"""Which rules were in force when: what is folded again is judged by the rules that judged it on time.

An activation is an entry of the history, and says which rules it ended. So the first activation after a moment says by
which that moment was judged; after the last one they are those of now. Nothing is stored with a mark.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from services.grader.engine.past.history import RULES, Entry, History, is_activation
from services.grader.engine.ruleset.rules import RuleSet

NONE_ELSE: Mapping[str, RuleSet] = MappingProxyType({})
FOR_EVER_MS = 1 << 60


class Era(NamedTuple):
    """Some rules, and until when they were in force; whether it was they, or nobody knows any more."""

    until_ms: int
    rules: RuleSet
    is_known: bool = True


class InForce(NamedTuple):
    """The rules in force now; by hash those that may have been before.

    Rules that nobody here has any more, or of which an earlier version did not store what they were: those of now.
    """

    now: RuleSet
    known: Mapping[str, RuleSet] = NONE_ELSE

    def at(self, history: History, at_ms: int) -> RuleSet:
        """What a moment was judged by; the moment of an activation by the rules that it brought."""
        return self.eras(history, at_ms)[0].rules

    def eras(self, history: History, from_ms: int) -> list[Era]:
        """All that were in force since a moment, in order; the last ones are those of now."""
        later = (entry for entry in history.entries.values() if entry.at_ms > from_ms and is_activation(entry))
        ended = sorted(later, key=lambda entry: entry.at_ms)  # of one moment as they came
        return [*(self._ended_by(entry) for entry in ended), Era(FOR_EVER_MS, self.now)]

    def _ended_by(self, entry: Entry) -> Era:
        before = self.known.get((entry.record or {}).get("before", ""))
        return Era(entry.at_ms, before or self.now, before is not None)


def activation(at_ms: int, rules_hash: str, before: str) -> Entry:
    """Other rules come into force: from when, which, and in whose place."""
    record = {"kind": RULES, "hash": rules_hash, "before": before}
    return Entry(at_ms, f"{RULES}:{rules_hash}:{at_ms}", "", (), record)


def during(eras: Sequence[Era], at_ms: int) -> Era:
    """The one that a moment lies in."""
    return next(era for era in eras if at_ms < era.until_ms)
