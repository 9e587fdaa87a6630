"""Generated patients: events in event time, and the orders in which they may arrive."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st

from schemas.reading import check_bedside
from schemas.reasons import Refusal
from schemas.times import format_time
from services.grader.engine import Origin, Output
from services.grader.engine.partition import Partition
from tests.vignettes.bed import MINUTE_MS, START_MS

Record = dict[str, Any]


class Event(NamedTuple):
    """One record, and when it was true."""

    at_ms: int
    record: Record


_SIGNS = {
    "temperature_c": st.sampled_from([36.8, 37.9, 38.0, 38.6, 39.4, 98.6]),
    "sbp_mmhg": st.sampled_from([45, 80, 84, 89, 90, 112]),
    "spo2_pct": st.sampled_from([45, 84, 88, 90, 96]),
    "heart_rate_bpm": st.sampled_from([0, 80, 132]),
    "resp_rate_bpm": st.sampled_from([0, 16, 26]),
}
_CHARTS = st.one_of(
    st.sampled_from(["none", "norepinephrine", "vasopressin", "phenylephrine"]).map(
        lambda drug: {"kind": "vasopressor", "drug": drug}
    ),
    st.just({"kind": "vasopressor", "drug": "norepinephrine", "rate": 0}),
    st.sampled_from(["room_air", "nasal_cannula", "face_mask", "bipap", "other"]).map(
        lambda device: {"kind": "oxygen", "device": device}
    ),
    st.just({"kind": "medication", "drug": "acetaminophen"}),
    st.integers(0, 10).map(lambda ice: {"kind": "neuro", "ice": ice}),
    st.sampled_from(["awake", "voice", "unarousable"]).map(lambda word: {"kind": "neuro", "consciousness": word}),
)


@st.composite
def vitals(draw: st.DrawFn, sources: Sequence[str] = ("manual", "monitor", "wearable", "interface")) -> Record:
    """One observation of one to three signs."""
    signs = draw(st.lists(st.sampled_from(sorted(_SIGNS)), min_size=1, max_size=3, unique=True))
    record: Record = {"schema": "crs.vitals.v1", "source": draw(st.sampled_from(sources))}
    if "sbp_mmhg" in signs:
        record["bp_source"] = draw(st.sampled_from(["cuff", "arterial"]))
    return record | {sign: draw(_SIGNS[sign]) for sign in signs}


@st.composite
def patients(draw: st.DrawFn, *, most: int = 25, spacing_s: int = 600) -> list[Event]:
    """An admitted, enrolled patient's events, in event time."""
    at_ms = START_MS
    records: list[Record] = [
        {"schema": "crs.clinical.v1", "kind": "encounter", "action": "admit", "age_years": 60},
        {"schema": "crs.clinical.v1", "kind": "immunotherapy", "product": "axi-cel"},
    ]
    charts = _CHARTS.map(lambda chart: {"schema": "crs.clinical.v1", **chart})
    records += draw(st.lists(st.one_of(vitals(), vitals(), charts), min_size=1, max_size=most))
    events = []
    for number, record in enumerate(records):
        at_ms += 1000 * draw(st.one_of(st.integers(0, 30), st.integers(0, spacing_s)))
        time = "observed_at" if record["schema"] == "crs.vitals.v1" else "recorded_at"
        whole = {"event_id": f"e{number}", "patient_id": "bed-7", time: format_time(at_ms), **record}
        checked = check_bedside(whole)
        assert not isinstance(checked, Refusal)
        events.append(Event(at_ms, checked))
    return events


@st.composite
def streams(draw: st.DrawFn) -> list[Event]:
    """A monitored patient: mostly the same values every few seconds, now and then something else."""
    usual: Record = {
        "heart_rate_bpm": 80,
        "spo2_pct": 96,
        "resp_rate_bpm": 16,
        "sbp_mmhg": 118,
        "bp_source": "arterial",
    }
    events = draw(patients(most=4, spacing_s=20))
    at_ms = events[-1].at_ms
    for number in range(draw(st.integers(5, 60))):
        at_ms += 1000 * draw(st.sampled_from([1, 1, 1, 2, 5, 61, 301])) + draw(st.sampled_from([0, 0, 120]))
        odd = draw(st.one_of(st.none(), st.none(), st.none(), st.none(), vitals()))
        values = {"source": "monitor", **usual} if odd is None else {**odd, "source": "monitor"}
        if draw(st.integers(0, 3)) == 0:
            values["heart_rate_bpm"] = draw(st.integers(80, 90))
        if odd is None and draw(st.integers(0, 9)) == 0:
            values.pop(draw(st.sampled_from(["spo2_pct", "resp_rate_bpm"])))
        whole = {"event_id": f"s{number}", "patient_id": "bed-7", "observed_at": format_time(at_ms), **values}
        checked = check_bedside({"schema": "crs.vitals.v1", **whole})
        assert not isinstance(checked, Refusal)
        events.append(Event(at_ms, checked))
    return events


def in_order(events: Sequence[Event], partition: Partition | None = None) -> tuple[Partition, list[Output]]:
    """Every event the moment it happens."""
    return arriving([(event.at_ms, event) for event in events], partition)


def arriving(
    arrivals: Sequence[tuple[int, Event]], partition: Partition | None = None
) -> tuple[Partition, list[Output]]:
    """Events at the clock of their arrival."""
    partition = partition or Partition()
    outputs: list[Output] = []
    for offset, (clock_ms, event) in enumerate(arrivals):
        outputs += partition.apply(event.record, clock_ms=clock_ms, origin=Origin("t", 0, offset))
    return partition, outputs


def told(outputs: Sequence[Output]) -> list[Record]:
    """Escalations and estimates without where they lie."""
    shown = [output.value for output in outputs if output.topic in ("escalations", "estimates")]
    return [{name: value for name, value in item.items() if name != "provenance"} for item in shown]


MINUTE = MINUTE_MS
