"""An event as it arrives: how late it is, from when it counts, and whether it is the newest of its kind."""

from typing import Any, NamedTuple

from schemas.bedside import VITALS
from services.grader.engine.chart import kind_of
from services.grader.engine.durations import hours
from services.grader.engine.past.in_force import InForce
from services.grader.engine.past.timeline import limits_of
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.signs.oddities import contradict_each_other
from services.grader.engine.signs.readings import (
    SIGNS,
    STREAMS,
    TEMPERATURE,
    Reading,
    flags_of,
    manner_of,
    placed_ms,
    pressure_source,
    readings_of,
)
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
    in_force: InForce

    @property
    def rules(self) -> RuleSet:
        """By which it is taken in."""
        return self.in_force.now


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


def readings_then(state: PatientState, arrival: Arrival) -> tuple[Reading, ...]:
    """The readings of a record, judged by the rules in force at their moment: as they would have been on time."""
    record, in_force, at_ms = arrival.record, arrival.in_force, placed_ms(arrival.record, arrival.at_ms)
    rules = in_force.now if at_ms > state.fold.at_ms else in_force.at(state.history, at_ms)
    return tuple(readings_of(record, arrival.at_ms, limits_of(state.fold.chart, arrival.clock_ms, rules), rules))


def is_there_already(state: PatientState, arrival: Arrival) -> bool:
    """Whether a stream's record says nothing that is not known, as its re-send does: it changes nothing.

    Ids of a steady stream are not kept. But each second has its category, of which the worse counts, and each sign its
    newest reading: a record that adds to neither was there already, or might as well have been.
    """
    record, history = arrival.record, state.history
    if record["schema"] != VITALS or record["source"] not in STREAMS or _is_newer(state, arrival):
        return False
    readings = readings_then(state, arrival)
    return bool(readings) and all(
        any(span.holds(one.at_ms) and span.category >= one.category for span in history.spans.get(one.series, ()))
        for one in readings
    )


def _is_newer(state: PatientState, arrival: Arrival) -> bool:
    """Whether a sign in the record is newer than what is known of it."""
    record = arrival.record
    when = (arrival.at_ms, record["event_id"])
    for sign in (sign for sign in SIGNS if sign in record):
        known = state.newest.get(f"{sign}:{pressure_source(record)}" if sign in PRESSURE_SIGNS else sign)
        if known is None or (known.observed_ms, known.event_id) < when:
            return True
    return False


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
