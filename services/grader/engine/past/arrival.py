"""An event as it arrives: how late it is, from when it counts, and whether it is the newest of its kind."""

from typing import Any, NamedTuple

from services.grader.engine.chart import kind_of
from services.grader.engine.durations import hours
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.signs.oddities import contradict_each_other
from services.grader.engine.signs.readings import SIGNS, TEMPERATURE, flags_of, manner_of, pressure_source
from services.grader.engine.state import Newest, PatientState

Record = dict[str, Any]
# A late one of these counts from the moment it arrives, however late (settled.md 14).
FROM_ARRIVAL = ("baseline", "attribution")
# Charted state: too late for its place, it counts from now unless a newer one of its kind is known.
STATE_KINDS = ("encounter", "immunotherapy", "vasopressor", "oxygen", "baseline", "attribution")
PRESSURE_SIGNS = ("sbp_mmhg", "dbp_mmhg", "map_mmhg")


class Arrival(NamedTuple):
    """One event with the clock it arrived at."""

    record: Record
    at_ms: int
    clock_ms: int
    ahead: bool
    rules: RuleSet


def newest_after(state: PatientState, arrival: Arrival) -> tuple[dict[str, Newest], set[str]]:
    """The newest reading of each sign and source, and the signs for which that is this event's."""
    record, months = arrival.record, state.fold.chart.person.age_months(arrival.at_ms)
    newest, signs = dict(state.newest), set()
    contradictory = contradict_each_other(record, arrival.rules)
    for sign in (sign for sign in SIGNS if sign in record):
        name = f"{sign}:{pressure_source(record)}" if sign in PRESSURE_SIGNS else sign
        known = newest.get(name)
        if known is not None and (known.observed_ms, known.event_id) > (arrival.at_ms, record["event_id"]):
            continue
        signs.add(sign)
        infant = months is not None and months < arrival.rules.infant_until_months
        flags = flags_of(sign, record[sign], infant=infant, rules=arrival.rules)
        flags += ["inconsistent"] if contradictory and sign in PRESSURE_SIGNS else []
        newest[name] = Newest(
            record[sign], arrival.at_ms, record["source"], manner_of(sign, record), record["event_id"],
            (*flags, *(("clock_ahead",) if arrival.ahead else ())),
            record.get("temperature_site") if sign == TEMPERATURE else None,
        )  # fmt: skip
    return newest, signs


def state_applies(state: PatientState, arrival: Arrival) -> int | None:
    """From when a clinical event counts; None if it is too late and something newer of its kind is known."""
    record, clock_ms = arrival.record, arrival.clock_ms
    late = arrival.clock_ms - arrival.at_ms > hours(arrival.rules.charted_lateness_h)
    if late and record["kind"] in STATE_KINDS and _is_superseded(state, arrival):
        return None
    changes_age = record["kind"] == "encounter" and ("age_years" in record or "birth_date" in record)
    if record["kind"] in FROM_ARRIVAL or (changes_age and record["action"] == "update"):
        return clock_ms
    if not late:
        return arrival.at_ms
    return clock_ms if record["kind"] in STATE_KINDS else None


def _is_superseded(state: PatientState, arrival: Arrival) -> bool:
    """Whether this or a newer one of its kind was charted before; its own repeat after a day counts as that."""
    known_ms = state.fold.chart.newest_ms.get(kind_of(arrival.record))
    return known_ms is not None and known_ms >= arrival.at_ms
