"""Rows of `clif_vitals`, one sign each, as observations: what was charted at one moment of one stay goes together."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from math import isfinite
from typing import Any

from schemas.fields import QUANTITIES
from services.grader.clif.events import Event, Stay, charted, observed
from services.grader.clif.reasons import Rows
from services.grader.clif.stays import Stays
from services.grader.clif.tables import VITALS, Row
from services.grader.clif.words import NOT_GRADED_VITALS, PRESSURES, SIGNS, SITES, WEIGHT, bp_source, source_of, word

Values = dict[str, Any]


def vitals_events(rows: Iterable[Row], stays: Stays, unused: Rows) -> Iterator[Event]:
    """Observations and weights, in the order of time."""
    for (at_ms, stay_id), together in groupby(rows, key=lambda row: (row["recorded_dttm"], row["hospitalization_id"])):
        usable = [row for row in together if _is_usable(row, stays, unused)]
        if usable:
            yield from _of_moment(usable, at_ms, stays.known[stay_id])


def _is_usable(row: Row, stays: Stays, unused: Rows) -> bool:
    if stays.use(VITALS, row["hospitalization_id"], row["recorded_dttm"]) is None:
        return False
    reason = _refusal(word(row["vital_category"]), row["vital_value"])
    if reason is not None:
        unused.count(VITALS, reason)
    return reason is None


def _refusal(category: str | None, value: float | None) -> str | None:
    if category in NOT_GRADED_VITALS:
        return "not_graded"
    field = WEIGHT if category == WEIGHT else SIGNS.get(category or "")
    if field is None:
        return "unknown_word"
    if value is None or not isfinite(value):
        return "no_value"
    low, high = QUANTITIES[field].encodable
    return None if low <= value <= high else "out_of_range"


def _of_moment(rows: list[Row], at_ms: int, stay: Stay) -> Iterator[Event]:
    """As few records as the moment allows: a second pressure source, or a sign charted twice, has its own."""
    records: list[Values] = []
    for row in rows:
        category = word(row["vital_category"])
        if category == WEIGHT:
            yield charted(VITALS, stay, at_ms, "encounter", action="update", weight_kg=row["vital_value"])
            continue
        values = _values(SIGNS[category or ""], row)
        record = next((record for record in records if _goes_with(record, values)), None)
        if record is None:
            records.append(values)
        else:
            record.update(values)
    for record in records:
        yield observed(VITALS, stay, at_ms, **record)


def _values(sign: str, row: Row) -> Values:
    values: Values = {"source": source_of(row["vital_name"]), sign: row["vital_value"]}
    if sign in PRESSURES:
        values["bp_source"] = bp_source(row["vital_name"])
    site = word(row["meas_site_name"])
    if sign == "temperature_c" and site is not None:
        values["temperature_site"] = SITES.get(site, "unknown")
    return values


def _goes_with(record: Values, values: Values) -> bool:
    return all(record.get(name, value) == value if name in ("source", "bp_source") else name not in record
               for name, value in values.items())  # fmt: skip
