"""Rows of the medication and respiratory tables as charted events."""

from collections.abc import Iterable, Iterator
from math import isfinite

from schemas.fields import QUANTITIES
from services.grader.clif.events import Event, Stay, charted
from services.grader.clif.reasons import Rows
from services.grader.clif.stays import Stays
from services.grader.clif.tables import CONTINUOUS, INTERMITTENT, RESPIRATORY, Row
from services.grader.clif.words import DEVICES, GIVEN, RUNNING, STOP, VASOACTIVES, word
from services.grader.engine.crs.drugs import drug_class

# By stay and drug: the orders that run, each with its rate.
Running = dict[tuple[str, str], dict[str, float | None]]


def infusion_events(rows: Iterable[Row], stays: Stays, unused: Rows) -> Iterator[Event]:
    """Vasoactive infusions, and other infusions whose class matters, in the order of time."""
    running: Running = {}
    for row in rows:
        stay = stays.use(CONTINUOUS, row["hospitalization_id"], row["admin_dttm"])
        if stay is None:
            continue
        category = word(row["med_category"]) or ""
        event: Event | str
        if category in VASOACTIVES:
            event = _vasoactive(row, VASOACTIVES[category], stay, running)
        elif drug_class(category) is not None and word(row["mar_action_category"]) != STOP:
            event = _medication(row, CONTINUOUS, category, stay)
        else:
            event = "not_graded"
        if isinstance(event, str):
            unused.count(CONTINUOUS, event)
        else:
            yield event


def _vasoactive(row: Row, drug: str, stay: Stay, running: Running) -> Event | str:
    """One drug may run under several orders: it stops with the last of them."""
    action, dose = word(row["mar_action_category"]), row["med_dose"]
    if action not in RUNNING and action != STOP and not (action is None and dose is not None):
        return "unknown_word" if action is not None else "no_value"
    if dose is not None and not _is_encodable("rate", dose):
        return "out_of_range"
    orders = running.setdefault((row["hospitalization_id"], drug), {})
    order = row["med_order_id"] or ""
    if action == STOP or dose == 0:  # a stop row has dose 0
        orders.pop(order, None)
        rate = next(reversed(orders.values())) if orders else 0
    else:
        orders[order] = rate = dose
    unit = {} if rate is None or row["med_dose_unit"] is None else {"rate_unit": row["med_dose_unit"]}
    fields = {"drug": drug, **({} if rate is None else {"rate": rate}), **unit}
    return charted(CONTINUOUS, stay, row["admin_dttm"], "vasopressor", **fields)


def _medication(row: Row, table: str, category: str, stay: Stay) -> Event:
    return charted(table, stay, row["admin_dttm"], "medication", drug=category)


def dose_events(rows: Iterable[Row], stays: Stays, unused: Rows) -> Iterator[Event]:
    """Single doses of drugs whose class matters (antipyretics, steroids, cytokine blockers, anticonvulsants)."""
    for row in rows:
        stay = stays.use(INTERMITTENT, row["hospitalization_id"], row["admin_dttm"])
        if stay is None:
            continue
        category, action = word(row["med_category"]) or "", word(row["mar_action_category"])
        if drug_class(category) is None:
            unused.count(INTERMITTENT, "not_graded")
        elif action not in (None, GIVEN):
            unused.count(INTERMITTENT, "not_given")
        else:
            yield _medication(row, INTERMITTENT, category, stay)


def oxygen_events(rows: Iterable[Row], stays: Stays, unused: Rows) -> Iterator[Event]:
    """Oxygen devices, in the order of time. Rows of settings without a device say nothing: see the reason."""
    for row in rows:
        stay = stays.use(RESPIRATORY, row["hospitalization_id"], row["recorded_dttm"])
        if stay is None:
            continue
        category = word(row["device_category"])
        if category is None or category not in DEVICES:
            unused.count(RESPIRATORY, "no_device" if category is None else "unknown_word")
            continue
        fields: dict[str, object] = {"device": DEVICES[category]}
        for column, field, reason in (("lpm_set", "flow_l_min", "no_flow"), ("fio2_set", "fio2", "no_fio2")):
            value = row[column]
            if value is not None and _is_encodable(field, value):
                fields[field] = value
            elif value is not None:
                unused.count(RESPIRATORY, reason)
        yield charted(RESPIRATORY, stay, row["recorded_dttm"], "oxygen", **fields)


def _is_encodable(field: str, value: float) -> bool:
    low, high = QUANTITIES[field].encodable
    return isfinite(value) and low <= value <= high
