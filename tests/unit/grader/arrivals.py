"""Generated patients: events in event time, and the orders in which they may arrive."""

from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

from hypothesis import strategies as st

from schemas.reading import check_bedside
from schemas.reasons import Refusal
from schemas.times import format_time
from services.grader.engine import Origin, Output
from services.grader.engine.partition import Partition
from tests.vignettes.bed import MINUTE_MS, START_MS

Record = dict[str, Any]
MINUTE = MINUTE_MS
HOUR_MS = 60 * MINUTE_MS


class Event(NamedTuple):
    """One record, and when it was true."""

    at_ms: int
    record: Record


# Both sides of every limit, and beyond.
_SIGNS = {
    "temperature_c": st.sampled_from([36.8, 37.9, 37.94, 37.95, 38.0, 38.6, 39.4, 98.6]),
    "sbp_mmhg": st.sampled_from([45, 49, 50, 80, 84, 89, 90, 112]),
    "spo2_pct": st.sampled_from([45, 49, 50, 84, 88, 89, 90, 96]),
    "heart_rate_bpm": st.sampled_from([0, 80, 132]),
    "resp_rate_bpm": st.sampled_from([0, 16, 26]),
}
_DRUGS = st.sampled_from(
    ["none", "norepinephrine", "norepinephrine", "phenylephrine", "vasopressin", "dobutamine", "unheard of"]
)
_FLOWS = st.sampled_from([0, 2, 6, 6.1, 40])
_DEVICES = st.one_of(
    st.sampled_from(["room_air", "nasal_cannula", "face_mask", "bipap", "ventilator", "other"]).map(
        lambda device: {"device": device}
    ),
    st.tuples(st.sampled_from(["nasal_cannula", "high_flow_nasal_cannula"]), _FLOWS).map(
        lambda chart: {"device": chart[0], "flow_l_min": chart[1]}
    ),
)
_EXAMS = st.one_of(
    st.sampled_from([0, 2, 3, 6, 7, 9, 9, 10]).map(lambda ice: {"ice": ice}),
    st.sampled_from(["awake", "voice", "tactile", "unarousable"]).map(lambda word: {"consciousness": word}),
    st.sampled_from(["none", "resolved", "prolonged"]).map(lambda word: {"seizure": word}),
)
_SUPPORT = st.one_of(
    _DRUGS.map(lambda drug: {"kind": "vasopressor", "drug": drug}),
    st.just({"kind": "vasopressor", "drug": "norepinephrine", "rate": 0}),
    _DEVICES.map(lambda device: {"kind": "oxygen", **device}),
    st.sampled_from([{"kind": "oxygen", "device": "ventilator"}, {"kind": "vasopressor", "drug": "phenylephrine"}]),
)
_CHARTS = st.one_of(
    _SUPPORT,
    _SUPPORT,
    _SUPPORT,
    st.just({"kind": "medication", "drug": "acetaminophen"}),
    _EXAMS.map(lambda exam: {"kind": "neuro", **exam}),
    st.integers(0, 2).map(lambda grade: {"kind": "clinician_grade", "crs": grade, "author": "dr"}),
    st.sampled_from([{"action": "off_unit"}, {"action": "return"}]).map(lambda move: {"kind": "encounter", **move}),
)
_EXPLAINED = st.tuples(st.sampled_from(["fever", "fever", "hypotension", "hypoxia", "neuro"]), st.integers(1, 20)).map(
    lambda chart: {"kind": "attribution", "finding": chart[0], "expires_h": chart[1], "cause": "c", "author": "dr"}
)
_FEVER = st.sampled_from([38.0, 38.6, 39.4]).map(
    lambda value: {"schema": "crs.vitals.v1", "source": "manual", "temperature_c": value}
)
_RETRACTION = st.integers(0, 99).map(lambda back: {"kind": "retraction", "back": back})
_PAUSES_S = st.one_of(st.integers(0, 30), st.integers(0, 600), st.integers(0, 2700), st.integers(0, 7 * 3600))
# What acts from the moment it arrives (`settled.md` 14, 26): another order of arrival means another thing.
AT_ONCE = ("attribution", "baseline", "immunotherapy")


@st.composite
def vitals(draw: st.DrawFn, sources: Sequence[str] = ("manual", "monitor", "wearable", "interface")) -> Record:
    """One observation of one to three signs."""
    signs = draw(st.lists(st.sampled_from(sorted(_SIGNS)), min_size=1, max_size=3, unique=True))
    record: Record = {"schema": "crs.vitals.v1", "source": draw(st.sampled_from(sources))}
    if "sbp_mmhg" in signs:
        record["bp_source"] = draw(st.sampled_from(["cuff", "arterial"]))
    return record | {sign: draw(_SIGNS[sign]) for sign in signs}


@st.composite
def patients(
    draw: st.DrawFn, *, most: int = 25, spacing_s: int | None = None, explained: bool = True, retracted: bool = True
) -> list[Event]:
    """An admitted, enrolled patient's events, in event time.

    Args:
        draw: Hypothesis'.
        most: events at most.
        spacing_s: the longest pause; None for everything from seconds to a shift.
        explained: with attributions.
        retracted: with events entered in error.
    """
    charts = [_CHARTS, *([_EXPLAINED] if explained else []), *([_RETRACTION] if retracted else [])]
    charted = st.one_of(_CHARTS, *charts).map(lambda chart: {"schema": "crs.clinical.v1", **chart})
    records: list[Record] = [
        {"schema": "crs.clinical.v1", "kind": "encounter", "action": "admit", "age_years": 60},
        {"schema": "crs.clinical.v1", "kind": "immunotherapy", "product": "axi-cel"},
    ]
    # Drawn first, because lists of no given length stay short; and a fever first, or nothing counts.
    length = draw(st.integers(1, most))
    records += draw(st.lists(_FEVER, max_size=1))
    records += draw(st.lists(st.one_of(vitals(), vitals(), charted, charted, _FEVER), min_size=length, max_size=length))
    pauses = _PAUSES_S if spacing_s is None else st.one_of(st.integers(0, 30), st.integers(0, spacing_s))
    events: list[Event] = []
    at_ms = START_MS
    for record in records:
        at_ms += 1000 * draw(pauses)
        whole = _named(record, at_ms, events)
        if whole is not None:
            checked = check_bedside(whole)
            assert not isinstance(checked, Refusal), checked
            events.append(Event(at_ms, checked))
    return events


def _named(record: Record, at_ms: int, events: Sequence[Event]) -> Record | None:
    """The record with its id, its time and what depends on them; None for a retraction of nothing."""
    record = dict(record)
    if record.get("kind") == "retraction":
        exact = [event.record["event_id"] for event in events[2:] if _is_exact(event.record)]
        if not exact:
            return None
        record["retracts"] = exact[record.pop("back") % len(exact)]
    if record.get("kind") == "attribution":
        record["expires_at"] = format_time(at_ms + record.pop("expires_h") * HOUR_MS)
    time = "observed_at" if record["schema"] == "crs.vitals.v1" else "recorded_at"
    return {"event_id": f"e{len(events)}", "patient_id": "bed-7", time: format_time(at_ms), **record}


def _is_exact(record: Record) -> bool:
    """Of a stream a retraction empties the second (design.md 4), whoever else spoke in it."""
    return record.get("kind") != "retraction" and record.get("source") not in ("monitor", "wearable")


def delayed(events: Sequence[Event], random: Random) -> list[tuple[int, Event]]:
    """Arrivals within the lateness bound, in the order of arrival: minutes for streams, up to a day for charts."""
    arrivals = [(event.at_ms + _delay_ms(event.record, random), event) for event in events]
    return sorted(arrivals, key=lambda arrival: arrival[0])


def _delay_ms(record: Record, random: Random) -> int:
    if record.get("kind") in AT_ONCE or record.get("action") == "admit":
        return 0
    most = 9 * MINUTE
    if record.get("source") not in ("monitor", "wearable") and random.random() < 0.3:
        most = 20 * HOUR_MS
    return random.randrange(0, most)


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
