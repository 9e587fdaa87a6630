"""What has become of the alarm that a page leads to. Pure."""

from typing import Any

from services.dashboard.alarm_list import alarms_of
from services.dashboard.beds import Bed, Event
from services.dashboard.tiles import on_board
from services.dashboard.users import User


def paged(escalation_id: str, bed: Bed | None, user: User) -> dict[str, Any]:
    """Open, over or unknown, with the place; what the user may not see is unknown too."""
    if bed is None or not user.may_see(bed.unit):
        return {"state": "unknown"}
    place = {"unit": bed.unit, "bed": bed.bed} | ({"patient_id": bed.patient_id} if on_board(bed) else {})
    alarm = _alarm(escalation_id, bed)
    return place | ({"state": "open", "escalation_id": alarm["escalation_id"]} if alarm else {"state": "over"})


def _alarm(escalation_id: str, bed: Bed) -> Event | None:
    alarms = alarms_of(bed)
    for alarm in alarms:
        if alarm["escalation_id"] == escalation_id:
            return alarm
    raised = bed.escalations.get(escalation_id)
    if raised is None:
        return None
    # An alarm that climbs carries its newest escalation: whoever follows an older page must not read that it is over.
    return next((alarm for alarm in alarms if _concern(alarm) == _concern(raised.event)), None)


def _concern(event: Event) -> tuple[str, str | None]:
    return event["kind"], event.get("sign")
