"""Charts and readings as a history keeps them, and what a fold is after them."""

from collections.abc import Iterable
from typing import Any

from services.grader.engine.fold import Fold, evaluate
from services.grader.engine.past.history import Entry
from services.grader.engine.past.points import point_of
from services.grader.engine.past.timeline import feed, limits_of
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.signs.readings import SPO2, SPOT, TEMPERATURE, Reading, categorise
from tests.vignettes.bed import ms, when

ADULT = {"action": "admit", "unit": "onc", "bed": "7", "age_years": 60}


def charted(minute: float, kind: str, name: str = "", **fields: Any) -> Entry:
    """A chart, named after its minute and kind unless told otherwise."""
    name = name or f"{kind}-{minute:g}"
    return Entry(ms(minute), name, "", (), {"event_id": name, "kind": kind, "recorded_at": when(minute), **fields})


def measured(minute: float, name: str = "", *, manner: str = SPOT, **values: float) -> Entry:
    """Readings by hand, or of a stream where the manner says so; `sbp` is the cuff's, `line` the arterial line's."""
    series = {"sbp": "sbp_mmhg:cuff", "line": "sbp_mmhg:arterial", "spo2": SPO2, "temp": TEMPERATURE}
    limits = limits_of(Fold().chart, ms(minute), DEFAULT_RULES)
    found = (
        Reading(series[sign], ms(minute), value, categorise(series[sign], value, limits, DEFAULT_RULES), manner)
        for sign, value in values.items()
    )
    return Entry(ms(minute), name or f"vitals-{minute:g}", "", tuple(found))


ADMITTED = (charted(0, "encounter", "admit-1", **ADULT), measured(1, "fever-1", temp=38.5, sbp=118, spo2=97))


def folded(entries: Iterable[Entry], minute: float) -> Fold:
    """All of them in order, and what runs out up to then."""
    in_order = sorted(entries, key=lambda entry: (entry.at_ms, point_of(entry).order))
    return evaluate(feed(Fold(), [point_of(entry) for entry in in_order], DEFAULT_RULES, []), ms(minute), DEFAULT_RULES)
