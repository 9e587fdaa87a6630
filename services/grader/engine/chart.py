"""Charted state: what stays true until somebody charts otherwise. Immutable; one function a kind of event."""

from collections.abc import Callable
from typing import Any

from msgspec import field
from msgspec.structs import replace

from schemas.times import parse_time
from services.grader.engine.crs.drugs import NO_VASOPRESSOR, generic_name, masks_fever
from services.grader.engine.durations import NOTHING_YET_MS
from services.grader.engine.person import Person
from services.grader.engine.value import Value

Record = dict[str, Any]
AVPU = "avpu"  # charted with the ward score; it prompts an examination and grades nothing (`clinical.md` 2)
NEURO_DOMAINS = ("ice", "capd", "consciousness", "seizure", "motor_weakness", "raised_icp", AVPU)


class Oxygen(Value, frozen=True):
    """The device in use."""

    device: str
    flow_l_min: float | None
    fio2: float | None
    at_ms: int
    event_id: str


class Infusion(Value, frozen=True):
    """A vasopressor that runs."""

    drug: str


class Attribution(Value, frozen=True):
    """A finding explained otherwise: what of it was established when that was charted, and until when."""

    finding: str
    until_ms: int
    at_ms: int
    event_id: str
    covers: tuple[tuple[str, int], ...] = ()
    supports: tuple[str, ...] = ()


class Baseline(Value, frozen=True):
    """What is normal for this patient."""

    sbp_mmhg: float | None = None
    oxygen_device: str | None = None
    spo2_target_low_pct: float | None = None


class Exam(Value, frozen=True):
    """One neurological domain as last examined."""

    value: int | str | bool
    at_ms: int
    event_id: str


class Dose(Value, frozen=True):
    """The latest dose that enrolled the patient; `known_ms` is from when, where that was later than it was given."""

    product: str
    at_ms: int
    number: int | None = None
    known_ms: int | None = None


class ClinicianGrade(Value, frozen=True):
    """A grade given by a clinician."""

    crs: int | None
    icans: int | None
    at_ms: int
    author: str


class Stay(Value, frozen=True):
    """The encounter: status is admitted, off_unit, discharged or unknown; `back_ms` is the last return to the unit.

    `of` is the merged patient under whose name it was charted; empty for the patient's own.
    """

    status: str = "unknown"
    encounter_id: str = ""
    admitted_ms: int = NOTHING_YET_MS
    unit: str | None = None
    bed: str | None = None
    expected_return_ms: int | None = None
    discharged_ms: int | None = None
    back_ms: int | None = None
    of: str = ""


class Chart(Value, frozen=True):
    """Everything charted that counts now."""

    stay: Stay = Stay()
    person: Person = Person()
    baseline: Baseline = Baseline()
    dose: Dose | None = None
    pressors: tuple[Infusion, ...] = ()
    pressors_ms: int | None = None
    pressors_off_ms: int | None = None
    oxygen: Oxygen | None = None
    antipyretic_ms: int | None = None
    attributions: tuple[Attribution, ...] = ()
    neuro: dict[str, Exam] = field(default_factory=dict)
    clinician: ClinicianGrade | None = None
    monitoring_stopped: bool = False
    monitored_ms: int | None = None  # when it was ordered on again
    newest_ms: dict[str, int] = field(default_factory=dict)  # of each kind, the newest bedside time ever charted

    def running(self) -> frozenset[str]:
        """Names of the vasopressors that run."""
        return frozenset(infusion.drug for infusion in self.pressors)


def charted(chart: Chart, record: Record, at_ms: int) -> Chart:
    """The chart after one clinical event; an attribution is the fold's business, for it covers what stands."""
    apply = _BY_KIND.get(record["kind"])
    return dated(chart if apply is None else apply(chart, record, at_ms), record)


def kind_of(record: Record) -> str:
    """What a later chart of this one would replace."""
    return f"attribution|{record['finding']}" if record["kind"] == "attribution" else str(record["kind"])


def dated(chart: Chart, record: Record) -> Chart:
    """The chart, knowing how new this kind is: its id is forgotten after a day, and a repeat must not act again."""
    if "recorded_at" not in record:
        return chart  # put in by ourselves: nobody charted it
    kind, at_ms = kind_of(record), parse_time(record["recorded_at"])
    return replace(chart, newest_ms={**chart.newest_ms, kind: max(at_ms, chart.newest_ms.get(kind, at_ms))})


def _vasopressor(chart: Chart, record: Record, at_ms: int) -> Chart:
    """Any vasopressor event confirms the whole list (`settled.md` 1)."""
    drug = generic_name(record["drug"])
    running = () if drug == NO_VASOPRESSOR else tuple(item for item in chart.pressors if item.drug != drug)
    if drug != NO_VASOPRESSOR and record.get("rate") != 0:
        running = (*running, Infusion(drug))
    off_ms = at_ms if chart.pressors and not running else chart.pressors_off_ms
    return replace(chart, pressors=running, pressors_ms=at_ms, pressors_off_ms=off_ms)


def _oxygen(chart: Chart, record: Record, at_ms: int) -> Chart:
    device = Oxygen(record["device"], record.get("flow_l_min"), record.get("fio2"), at_ms, record["event_id"])
    return replace(chart, oxygen=device)


def _medication(chart: Chart, record: Record, at_ms: int) -> Chart:
    return replace(chart, antipyretic_ms=at_ms) if masks_fever(record["drug"]) else chart


def _neuro(chart: Chart, record: Record, at_ms: int) -> Chart:
    found = {name: Exam(record[name], at_ms, record["event_id"]) for name in NEURO_DOMAINS if name in record}
    return replace(chart, neuro={**chart.neuro, **found})


def _baseline(chart: Chart, record: Record, _at_ms: int) -> Chart:
    known = {name: record[name] for name in ("sbp_mmhg", "oxygen_device", "spo2_target_low_pct") if name in record}
    return replace(chart, baseline=replace(chart.baseline, **known))


def _immunotherapy(chart: Chart, record: Record, at_ms: int) -> Chart:
    """It enrols from now; however late it is charted, its clock runs from when it was given."""
    given_ms = min(at_ms, parse_time(record["recorded_at"]))
    return replace(
        chart, dose=Dose(record["product"], given_ms, record.get("dose_number"), None if given_ms == at_ms else at_ms)
    )


def _clinician_grade(chart: Chart, record: Record, at_ms: int) -> Chart:
    return replace(chart, clinician=ClinicianGrade(record.get("crs"), record.get("icans"), at_ms, record["author"]))


def _monitoring(chart: Chart, record: Record, at_ms: int) -> Chart:
    stopped = record["state"] == "stopped_by_order"
    again_ms = at_ms if chart.monitoring_stopped and not stopped else chart.monitored_ms
    return replace(chart, monitoring_stopped=stopped, monitored_ms=again_ms)


def _encounter(chart: Chart, record: Record, at_ms: int) -> Chart:
    before, origin = chart.stay, origin_of(record)
    person = _known(chart.person, record, at_ms) if not origin else _completed(chart.person, record, at_ms)
    if origin and _is_elsewhere(before, record):
        return replace(chart, person=person)
    stay = replace(before, unit=record.get("unit", before.unit), bed=record.get("bed", before.bed), of=origin)
    return replace(chart, stay=_moved(stay, record, at_ms), person=person)


def origin_of(record: Record) -> str:
    """The merged patient under whose name a record came; empty where it came under the patient's own."""
    return str(record["forwarded_from"][-1]) if record.get("forwarded_from") else ""


def _is_elsewhere(stay: Stay, record: Record) -> bool:
    """Whether a merged patient's encounter is another than the one that goes on: its end is not the patient's."""
    if stay.of in record["forwarded_from"] or not stay.encounter_id or stay.status == "unknown":
        return False
    return not (stay.status == "discharged" and record["action"] == "admit")


def _moved(stay: Stay, record: Record, at_ms: int) -> Stay:
    action = record["action"]
    missed = not stay.encounter_id or stay.status == "unknown" or stay.admitted_ms == NOTHING_YET_MS
    if missed and action in ("off_unit", "return", "cancel_discharge", "transfer"):
        # Whose admission we missed is here since the first that we hear of it.
        stay = replace(stay, encounter_id=record["event_id"], admitted_ms=at_ms)
    if action == "admit":
        if stay.status in ("unknown", "discharged"):
            stay = replace(stay, encounter_id=record["event_id"], admitted_ms=at_ms)
        return replace(stay, status="admitted", expected_return_ms=None, discharged_ms=None)
    if action == "off_unit":
        back = parse_time(record["expected_return"]) if "expected_return" in record else None
        return replace(stay, status="off_unit", expected_return_ms=back)
    if action in ("return", "cancel_discharge") or (action == "transfer" and stay.status != "discharged"):
        stay = replace(stay, back_ms=at_ms) if stay.status == "off_unit" else stay
        return replace(stay, status="admitted", expected_return_ms=None, discharged_ms=None)
    if action == "discharge":
        return replace(stay, status="discharged", expected_return_ms=None, discharged_ms=at_ms)
    return stay  # a merge too: until the survivor has taken over, silence would be worse than a page under the old name


def _known(person: Person, record: Record, at_ms: int) -> Person:
    if "birth_date" in record:
        person = replace(person, birth_date=record["birth_date"])
    if "age_years" in record:
        person = replace(person, age_years=record["age_years"], age_charted_ms=at_ms)
    return replace(person, weight_kg=record["weight_kg"]) if "weight_kg" in record else person


def _completed(person: Person, record: Record, at_ms: int) -> Person:
    """What a merged patient's record says of the person counts where nothing is known."""
    dated_already = person.birth_date is not None or person.age_years is not None
    gaps = {"birth_date", "age_years"} if dated_already else set()
    gaps |= {"weight_kg"} if person.weight_kg is not None else set()
    return _known(person, {name: value for name, value in record.items() if name not in gaps}, at_ms)


def readmitted(chart: Chart) -> Chart:
    """A new stay: signs, support and attributions are gone; age, baseline and enrolment stay (`settled.md` 21)."""
    return Chart(
        stay=chart.stay,
        person=chart.person,
        baseline=chart.baseline,
        dose=chart.dose,
        newest_ms=chart.newest_ms,
    )


_BY_KIND: dict[str, Callable[[Chart, Record, int], Chart]] = {
    "vasopressor": _vasopressor,
    "oxygen": _oxygen,
    "medication": _medication,
    "neuro": _neuro,
    "baseline": _baseline,
    "immunotherapy": _immunotherapy,
    "clinician_grade": _clinician_grade,
    "monitoring": _monitoring,
    "encounter": _encounter,
}
