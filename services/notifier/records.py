"""What the notifier publishes: alarms as they stand, and every attempt to reach somebody. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from schemas.alarms import ALARMS, Alarms
from schemas.deliveries import DELIVERY, Delivery
from schemas.times import format_time
from services.notifier.alarm import Alarm
from services.notifier.climbing import next_roles, next_step_ms


def alarms_record(subject: str, alarms: Iterable[Alarm], *, revision: int, now_ms: int) -> Alarms:
    """All open and latched alarms of one patient, most recently raised last."""
    ordered = sorted(alarms, key=lambda alarm: (alarm.raised_ms, alarm.key))
    record: dict[str, Any] = {
        "schema": ALARMS,
        "patient_id": subject,
        "revision": revision,
        "as_of": format_time(now_ms),
    }
    newest = ordered[-1] if ordered else None
    record |= _present(unit=newest and newest.unit, bed=newest and newest.bed)
    record["alarms"] = [_alarm(alarm) for alarm in ordered]
    return record  # type: ignore[return-value]


def delivery_record(page: Mapping[Any, Any], *, attempt: int, state: str, code: str | None, now_ms: int) -> Delivery:
    """One attempt and how far it came; all attempts of one page share its `delivery_id`."""
    record: dict[str, Any] = {
        "schema": DELIVERY,
        "delivery_id": page["page_id"],
        "escalation_id": page["escalation_id"],
        "patient_id": page["subject"],
        "channel": page["channel"],
        "recipient_role": page["role"],
        "attempt": max(attempt, 1),
        "state": state,
    }
    return record | _present(code=code) | {"at": format_time(now_ms)}  # type: ignore[return-value]


def _alarm(alarm: Alarm) -> dict[str, Any]:
    step_ms = next_step_ms(alarm)
    return (
        {"escalation_id": alarm.escalation_id, "kind": alarm.kind, "priority": alarm.priority}
        | _present(grade=alarm.grade, sign=alarm.sign)
        | {
            "state": alarm.state.value,
            "revision": alarm.revision,
            "raised_at": format_time(alarm.raised_ms),
        }
        | _present(actor=alarm.actor, acted_at=_time(alarm.acted_ms), until=_time(alarm.until_ms))
        | _present(next_step=step_ms and {"at": format_time(step_ms), "role": ", ".join(next_roles(alarm))})
        | _present(responses=[_answer(alarm, index) for index in range(len(alarm.answers))] or None)
    )


def _answer(alarm: Alarm, index: int) -> dict[str, Any]:
    answer = alarm.answers[index]
    outcome = "accepted" if answer.accepted else "refused"
    return {"response_id": answer.response_id, "outcome": outcome} | _present(reason=answer.reason)


def _time(at_ms: int | None) -> str | None:
    return None if at_ms is None else format_time(at_ms)


def _present(**fields: Any) -> dict[str, Any]:
    """Absent means absent, never null."""
    return {name: value for name, value in fields.items() if value is not None}
