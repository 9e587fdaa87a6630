"""A bed on a timeline: what happens at which minute, and what the grader says about it.

Every event really goes through the bedside decoder and a `Partition`, in the order of arrival that the test writes.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import TypeAdapter

from schemas.bedside import Bedside
from schemas.encoding import encode
from schemas.escalations import Escalation
from schemas.estimates import Estimate
from schemas.evidence import Evidence
from schemas.reading import check_bedside, read_bedside
from schemas.reasons import Refusal
from schemas.rejected import Rejected
from schemas.times import format_time, parse_time
from services.grader.engine import Origin, Output
from services.grader.engine.kept import Kept
from services.grader.engine.partition import Partition
from services.grader.engine.ruleset.rules import DEFAULT_RULES, RuleSet
from services.grader.engine.ruleset.unit_profile import with_unit_profile
from services.grader.engine.state import PatientState, encode_state

START_MS = parse_time("2026-03-01T08:00:00Z")
MINUTE_MS = 60_000
HOUR_MIN = 60


def ms(minute: float) -> int:
    """A minute of the timeline as milliseconds since 1970."""
    return START_MS + round(minute * MINUTE_MS)


def when(minute: float) -> str:
    """A minute of the timeline on the wire."""
    return format_time(ms(minute))


WIRE = {
    "estimates": TypeAdapter(Estimate),
    "escalations": TypeAdapter(Escalation),
    "evidence": TypeAdapter(Evidence),
    "rejected": TypeAdapter(Rejected),
    "bedside": TypeAdapter(Bedside),
}


def valid(outputs: list[Output]) -> list[Output]:
    """The same outputs, each held against its schema."""
    for output in outputs:
        if output.value is None:
            assert output.topic == "estimates"
            continue
        WIRE[output.topic].validate_python(output.value)
    return outputs


class Bed:
    """One partition, one patient unless told otherwise, minutes from eight in the morning."""

    def __init__(
        self,
        *,
        rules: RuleSet = DEFAULT_RULES,
        watch_all: bool = True,
        patient: str = "bed-7",
        unit_profile: Any = None,
        hands_over: bool = True,
        ready: Sequence[RuleSet] = (),
    ) -> None:
        known = [with_unit_profile(one, unit_profile) for one in (rules, *ready)]
        self.partition = Partition(known[0], watch_all=watch_all, ready=known[1:])
        self.hands_over = hands_over
        self.patient = patient
        self.outputs: list[Output] = []
        self._numbers = iter(range(1, 10**9))
        self._unread = 0

    def admit(self, minute: float = 0, *, event_id: str = "admit-1", **fields: Any) -> "Bed":
        """An adult unless `age_years` says otherwise; pass `age_years=None` for nobody knows."""
        fields = {"age_years": 60, "unit": "onc", "bed": "7", **fields}
        known = {name: value for name, value in fields.items() if value is not None}
        return self.chart(minute, "encounter", action="admit", event_id=event_id, **known)

    def vitals(self, minute: float, *, source: str = "manual", arrives: float | None = None, **fields: Any) -> "Bed":
        """One bedside observation."""
        record = {"schema": "crs.vitals.v1", "observed_at": when(minute), "source": source, **fields}
        return self.send(record, minute if arrives is None else arrives)

    def monitor(self, minute: float, **fields: Any) -> "Bed":
        """One observation by the monitor."""
        return self.vitals(minute, source="monitor", **fields)

    def chart(self, minute: float, kind: str, *, arrives: float | None = None, **fields: Any) -> "Bed":
        """One charted event."""
        record = {"schema": "crs.clinical.v1", "recorded_at": when(minute), "kind": kind, **fields}
        return self.send(record, minute if arrives is None else arrives)

    def on_room_air(self, minute: float = 0) -> "Bed":
        """Charted: no support of any kind."""
        return self.chart(minute, "oxygen", device="room_air").chart(minute, "vasopressor", drug="none")

    def send(self, record: dict[str, Any], arrives: float) -> "Bed":
        """A record as it arrives; a name of its own where it has none."""
        number = next(self._numbers)
        record = {"event_id": f"event-{number}", "patient_id": self.patient, **record}
        checked = check_bedside(record)
        assert not isinstance(checked, Refusal), checked.sentence()
        place = Origin("crs.bedside.v1", 0, number)
        self._apply(checked, ms(arrives), place)
        return self

    def activate(self, minute: float, rules_hash: str) -> "Bed":
        """Another rule set comes into force."""
        record = {"schema": "crs.rules.v1", "rules_id": "next", "rules_hash": rules_hash, "activated_by": "dr-ito"}
        self._apply(record, ms(minute), Origin("crs.bedside.v1", 0, next(self._numbers)))
        return self

    def deliver(self, record: dict[str, Any], minute: float) -> "Bed":
        """A record that the grader wrote to the bedside topic comes back, once more or at last."""
        self._apply(record, ms(minute), Origin("crs.bedside.v1", 0, next(self._numbers)))
        return self

    def _apply(self, record: dict[str, Any], clock_ms: int, place: Origin) -> None:
        """What the engine writes to the bedside topic is applied right away, as a replay does."""
        waiting = deque([record])
        while waiting:
            read = read_bedside(encode(waiting.popleft()))
            assert not isinstance(read, Refusal), read.sentence()
            found = valid(self.partition.apply(read, clock_ms=clock_ms, origin=place))
            self.outputs += found
            if self.hands_over:
                waiting += [output.value for output in found if output.topic == "bedside"]

    def until(self, minute: float) -> "Bed":
        """Time passes; nothing else happens."""
        self.outputs += valid(self.partition.advance(ms(minute)))
        return self

    def restarted(self) -> "Bed":
        """The grader is replaced by one that knows only the checkpoint."""
        states = {patient: self.partition.encoded(patient) for patient in self.partition.patients}
        old, ward = self.partition, self.partition.ward
        self.partition = Partition(ward.rules, watch_all=ward.watch_all, ready=ward.known.values())
        self.partition.restore(states, old.clock_ms)
        return self

    def known(self, patient: str | None = None) -> dict[str, Any]:
        """What is known of a patient, as evidence and handovers tell it."""
        return encode_state(self.partition.patients[patient or self.patient])

    def keep(self, state: PatientState) -> "Bed":
        """Another state in the place of what the grader knows of its patient, whatever it took to come to it."""
        self.partition._kept[state.patient_id] = Kept(state)
        return self

    @property
    def estimate(self) -> dict[str, Any]:
        """The newest estimate."""
        return next(item.value for item in reversed(self.outputs) if item.topic == "estimates" and item.value)

    @property
    def interval(self) -> tuple[int, int]:
        """The grade as the state stands, sent or not."""
        fold = self.partition.patients[self.patient].fold
        return fold.low, fold.high

    def escalations(self, *kinds: str) -> list[dict[str, Any]]:
        """Everything escalated so far, of some kinds or of all."""
        found = [output.value for output in self.outputs if output.topic == "escalations"]
        return [value for value in found if not kinds or value["kind"] in kinds]

    def said(self) -> list[str]:
        """What was escalated since last asked, in short: unexpected pages fail the test that compares this."""
        found = self.escalations()
        new, self._unread = found[self._unread :], len(found)
        return [" ".join(_short(value)) for value in new]

    def refused(self) -> list[str]:
        """Reasons for which records were rejected."""
        return [output.value["reason"] for output in self.outputs if output.topic == "rejected"]


def _short(value: dict[str, Any]) -> Iterator[str]:
    yield value["kind"]
    if value["kind"] == "crs_rise":
        yield f"{value['grade']}"
        yield f"#{value['rise']}"
    elif value["kind"] == "icans_rise":
        yield f"{value['icans']}"
        yield f"#{value['rise']}"
    elif value["kind"] == "resolved":
        yield value["reason"]
    elif "sign" in value:
        yield value["sign"]
    if value["late"]:
        yield "late"
