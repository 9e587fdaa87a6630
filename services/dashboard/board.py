"""The board as a fold: records in, beds out. No clock, no Kafka, no web.

Each fold returns the bed whose picture may have changed, or None. What is older than what is known changes nothing, so
history may be read while the present goes on, and a record read twice does no harm.
"""

from collections.abc import Callable
from typing import Any

from schemas.alarms import ALARMS
from schemas.bedside import CLINICAL, TICK, VITALS
from schemas.deliveries import DELIVERY
from schemas.escalations import ESCALATION
from schemas.estimates import ESTIMATE
from schemas.responses import RESPONSE
from schemas.times import parse_time
from services.dashboard.beds import SIGNS, Bed, Event, Origin, Raised, Reading
from services.dashboard.trends import Point

# A reading further ahead of the broker's clock than this is not believed (settled.md 13).
AHEAD_MS = 10 * 60_000
SENT_KEPT = 20


class Board:
    """All beds, and how far each partition's grader has come."""

    def __init__(self) -> None:
        self.beds: dict[str, Bed] = {}
        self.ticks_ms: dict[int, int] = {}
        self._bed_of_escalation: dict[str, str] = {}
        self._early_deliveries: dict[str, list[Event]] = {}
        self._folds: dict[str, Callable[[Bed, Any, Origin], bool]] = {
            ESTIMATE: _estimate,
            ALARMS: _alarms,
            VITALS: _vitals,
            CLINICAL: _clinical,
            RESPONSE: _sent,
        }

    def fold(self, event: Event, key: str, origin: Origin) -> Bed | None:
        """Take one record in; the bed that looks different now, if any."""
        schema = event["schema"]
        if schema == TICK:
            self.ticks_ms[origin.partition] = max(origin.appended_ms, self.ticks_ms.get(origin.partition, 0))
            return None
        if schema == DELIVERY:
            return self._delivery(event)
        if schema == ESCALATION:
            return self._escalation(event, key, origin)
        fold = self._folds.get(schema)
        if fold is None:
            return None
        bed = self._bed(key, origin)
        if schema == ALARMS:  # an alarm may be older than the escalations we read: it still has to be answerable
            self._bed_of_escalation |= {alarm["escalation_id"]: key for alarm in event["alarms"]}
        return bed if fold(bed, event, origin) else None

    def forget(self, schema: str, key: str) -> Bed | None:
        """A tombstone: the patient left a day ago, or has no alarms any more."""
        bed = self.beds.get(key)
        if bed is None:
            return None
        if schema == ESTIMATE:
            bed.estimate, bed.present = None, False
        else:
            bed.alarms = None
        return bed

    def bed_of(self, escalation_id: str) -> Bed | None:
        """Whose escalation this is."""
        return self.beds.get(self._bed_of_escalation.get(escalation_id, ""))

    def _bed(self, key: str, origin: Origin) -> Bed:
        bed = self.beds.get(key)
        if bed is None:
            bed = self.beds[key] = Bed(key, origin.partition)
        return bed

    def _escalation(self, event: Event, key: str, origin: Origin) -> Bed:
        bed = self._bed(key, origin)
        if not bed.bed:
            bed.place({"bed": "whole unit"} | dict(event) if "patient_id" not in event else event)
        if event["kind"] == "resolved":
            bed.resolved |= dict.fromkeys(event.get("resolves", ()), event.get("reason", "improved"))
            return bed
        escalation_id = event["escalation_id"]
        bed.escalations.setdefault(escalation_id, Raised(event, origin.appended_ms))
        self._bed_of_escalation[escalation_id] = key
        for early in self._early_deliveries.pop(escalation_id, ()):
            self._delivery(early)
        return bed

    def _delivery(self, event: Event) -> Bed | None:
        bed = self.bed_of(event["escalation_id"])
        if bed is None and "patient_id" in event:
            bed = self.beds.get(event["patient_id"])
        if bed is None:  # its escalation is in another partition's queue still
            self._early_deliveries.setdefault(event["escalation_id"], []).append(event)
            return None
        attempt = (event["channel"], event["recipient_role"], event["attempt"])
        bed.deliveries.setdefault(event["escalation_id"], {})[attempt] = event
        return bed


def _estimate(bed: Bed, event: Event, _: Origin) -> bool:
    if bed.estimate is not None and event["revision"] < bed.estimate["revision"]:
        return False
    bed.estimate = event
    bed.place(event)
    bed.present = event["encounter"] != "discharged"
    return True


def _alarms(bed: Bed, event: Event, origin: Origin) -> bool:
    known = bed.alarms
    if known is not None and event["revision"] < known["revision"] and event["as_of"] <= known["as_of"]:
        return False
    bed.alarms, bed.alarms_appended_ms = event, origin.appended_ms
    if not bed.bed:
        bed.place(event)
    answered = {o["response_id"] for alarm in event["alarms"] for o in alarm.get("responses", ())}
    bed.sent = {rid: sent for rid, sent in bed.sent.items() if rid not in answered}
    return True


def _sent(bed: Bed, event: Event, _: Origin) -> bool:
    """A response that Kafka has taken; the notifier has not answered it yet."""
    bed.sent[event["response_id"]] = event
    while len(bed.sent) > SENT_KEPT:
        del bed.sent[next(iter(bed.sent))]
    return True


def _vitals(bed: Bed, event: Event, origin: Origin) -> bool:
    observed_ms = parse_time(event["observed_at"])
    if observed_ms > origin.appended_ms + AHEAD_MS:
        return False
    newer = False
    for sign in SIGNS:
        if sign not in event:
            continue
        bed.trends.add(sign, Point(observed_ms, event[sign], event["event_id"]))
        known = bed.readings.get(sign)
        if known is None or known.observed_ms <= observed_ms:
            bed.readings[sign] = Reading(
                event[sign], observed_ms, event["source"], event["event_id"], event.get("bp_source", "")
            )
            newer = True
    return newer


def _clinical(bed: Bed, event: Event, _: Origin) -> bool:
    """Only what the estimate cannot say in time: where the patient lies, and what was never true."""
    if event["kind"] == "encounter":
        if bed.estimate is None:
            bed.place(event)
            bed.present = event["action"] != "discharge"
        return True
    if event["kind"] == "retraction":
        bed.trends.retract(event["retracts"])
        bed.readings = {s: r for s, r in bed.readings.items() if r.event_id != event["retracts"]}
        return True
    return False
