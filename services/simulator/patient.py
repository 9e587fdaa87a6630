"""All events of one patient in the order they happen: a merge of what each device and person produces."""

import heapq
from collections.abc import Iterator
from itertools import takewhile

from services.simulator.devices import cuff, monitor, patch
from services.simulator.events import Event, Writer
from services.simulator.nursing import examinations, laboratory, mistakes, oxygen_charts, pressor_charts, rounds
from services.simulator.physiology import MINUTE_MS
from services.simulator.seeds import EventIds
from services.simulator.stay import Stay
from services.simulator.story import Fields


def admission(stay: Stay, writer: Writer) -> Iterator[Event]:
    """Admitted, what is normal for this patient, and the infusion that puts the patient at risk."""
    person = stay.person
    where = {"unit": stay.home.unit, "bed": stay.home.bed}
    who = {"age_years": person.age_years, "weight_kg": person.weight_kg}
    yield writer.clinical(stay.admitted_ms, "encounter", {"action": "admit"} | where | who)
    normal: Fields = {"sbp_mmhg": round(person.sbp_mmhg), "oxygen_device": "room_air"}
    if stay.course.home_oxygen_l_min is not None:
        normal = normal | {"oxygen_device": "nasal_cannula", "spo2_target_low_pct": 88}
    yield writer.clinical(stay.admitted_ms + 4 * MINUTE_MS, "baseline", normal)
    dose = {"dose_number": 1} if stay.product == "teclistamab" else {}
    yield writer.clinical(stay.infused_ms, "immunotherapy", {"product": stay.product} | dose)


def scripted(stay: Stay, writer: Writer) -> Iterator[Event]:
    """What the story charts."""
    for charted in stay.course.charts:
        yield writer.clinical(charted.at_ms, charted.kind, charted.fields)


def events(
    stay: Stay, *, every_ms: int, monitor_from_ms: int | None = None, coarse_until_ms: int | None = None
) -> Iterator[Event]:
    """Everything that happens to and around a patient, in order of time; without end unless the patient leaves.

    Args:
        stay: the patient.
        every_ms: between two readings of the monitor.
        monitor_from_ms: when the monitor's stream starts, if later than the charting.
        coarse_until_ms: the monitor's readings before this are one a minute.
    """
    writer = Writer(stay.patient_id, EventIds(stay.seed, stay.patient_id, stay.start_ms))
    charts_from_ms = stay.observed_from_ms
    devices_from_ms = charts_from_ms if monitor_from_ms is None else monitor_from_ms
    sources = [
        admission(stay, writer),
        scripted(stay, writer),
        mistakes(stay, writer),
        rounds(stay, writer, from_ms=charts_from_ms),
        examinations(stay, writer, from_ms=charts_from_ms),
        pressor_charts(stay, writer, from_ms=charts_from_ms),
        oxygen_charts(stay, writer, from_ms=charts_from_ms),
        laboratory(stay, writer, from_ms=charts_from_ms),
    ]
    if stay.course.has_monitor:
        sources.append(cuff(stay, writer, from_ms=devices_from_ms))
        sources.append(
            monitor(stay, writer, from_ms=devices_from_ms, every_ms=every_ms, coarse_until_ms=coarse_until_ms)
        )
    if stay.course.wears_patch:
        sources.append(patch(stay, writer, from_ms=devices_from_ms))
    happening = heapq.merge(*sources, key=lambda event: event.at_ms)
    leaves_ms = stay.course.leaves_ms
    if leaves_ms is None:
        return happening
    return takewhile(lambda event: event.at_ms < leaves_ms, happening)
