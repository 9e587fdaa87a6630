"""Thirty-six invented beds in every state that the board has to show, for a picture of it and for its accessibility."""

from typing import Any

from tests.unit.dashboard.events import (
    alarm,
    alarms,
    because,
    delivery,
    escalation,
    estimate,
    given,
    inputs,
    vitals,
)

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
PRODUCTS = ("axi-cel", "tisa-cel", "liso-cel", "ide-cel", "cilta-cel", "teclistamab", "glofitamab", "blinatumomab")
FEVER = because("Fever 38.9 °C (38 or above)", would_change="Below 38.0 °C and no fever within this episode.")


def invented_ward(now: int) -> list[dict[str, Any]]:
    """All events of the ward, in the order in which they would have been written."""
    events: list[dict[str, Any]] = []
    for number in range(1, 37):
        events += _bed(number, now)
    return events


def _bed(number: int, now: int) -> list[dict[str, Any]]:
    story = STORIES.get(number, _well)
    events = story(number, now)
    for event in events:
        if event["schema"] == "crs.estimates.v1":
            event |= {"product": PRODUCTS[number % len(PRODUCTS)], "dosed_at": _at(now - (1 + number % 9) * DAY)}
    return events + _live(number, now)


def _at(at_ms: int) -> str:
    return given(0, at_ms)["observed_at"]


def _live(number: int, now: int) -> list[dict[str, Any]]:
    """The monitor's word of this moment, where there is a monitor."""
    if number in (9, 14, 31):
        return []
    sick = {4: (128, 91, 28), 17: (118, 93, 24), 7: (112, 92, 22), 22: (104, 95, 20), 12: (110, 94, 21)}
    heart, spo2, breaths = sick.get(number, (68 + number * 7 % 27, 95 + number % 5, 13 + number % 6))
    return [vitals(number, now - number * 37 % 5000, heart_rate_bpm=heart, spo2_pct=spo2, resp_rate_bpm=breaths)]


def _slow(number: int, now: int, **values: Any) -> dict[str, Any]:
    """Inputs as a monitored patient has them: a cuff every so often, a temperature every few hours."""
    found = inputs(now - 20_000, {"sbp_mmhg": 108 + number * 5 % 31, "dbp_mmhg": 62 + number * 3 % 19} | values)
    cuff, temperature = now - (3 + number * 7 % 52) * MINUTE, now - (11 + number * 23 % 200) * MINUTE
    for name in ("sbp_mmhg", "dbp_mmhg"):
        found[name]["observed_at"] = _at(cuff)
    usual = values.get("temperature_c", round(36.4 + number * 3 % 9 / 10, 1))
    found["temperature_c"] = given(usual, temperature, source="manual")
    return found


def _well(number: int, now: int) -> list[dict[str, Any]]:
    return [estimate(number, 0, 0, now, inputs=_slow(number, now))]


def _grade_4(number: int, now: int) -> list[dict[str, Any]]:
    raised = escalation(number, 4, now - 2 * MINUTE)
    found = _slow(number, now, temperature_c=39.6, sbp_mmhg=82, dbp_mmhg=44)
    found["vasopressor"] = given("norepinephrine", now - 9 * MINUTE, source="charted")
    found["oxygen_device"] = given("bipap", now - 2 * MINUTE, source="charted")
    why = [because("BiPAP since 2 min"), because("Norepinephrine running"), because("Fever 39.6 °C")]
    now_at = estimate(
        number, 4, 4, now, icans=(2, 2), inputs=found, because=why, drivers=["fever", "hypotension", "hypoxia"]
    )
    step = {"at": _at(now + MINUTE), "role": "rapid_response"}
    return [
        now_at,
        raised,
        alarms(number, alarm(raised, next_step=step), at_ms=now - 2 * MINUTE),
        delivery(raised, "delivered", now - 2 * MINUTE),
        delivery(raised, "sent", now - 2 * MINUTE, attempt=1, recipient_role="provider", delivery_id="p"),
    ]


def _grade_3_page_failed(number: int, now: int) -> list[dict[str, Any]]:
    raised = escalation(number, 3, now - 4 * MINUTE)
    found = _slow(number, now, temperature_c=39.1, sbp_mmhg=94, dbp_mmhg=55)
    found["oxygen_device"] = given("non_rebreather", now - 4 * MINUTE, source="charted")
    why = [because("Non-rebreather mask"), because("Fever 39.1 °C")]
    return [
        estimate(number, 3, 3, now, icans=(1, 1), inputs=found, because=why, drivers=["fever", "hypoxia"]),
        raised,
        alarms(number, alarm(raised, next_step={"at": _at(now + 30_000), "role": "provider"}), at_ms=now - 4 * MINUTE),
        delivery(raised, "failed", now - 3 * MINUTE, code="503"),
    ]


def _grade_2_to_4(number: int, now: int) -> list[dict[str, Any]]:
    """Hypotension is established; nobody has charted whether a vasopressor runs."""
    raised = escalation(number, 2, now - 6 * MINUTE)
    found = _slow(number, now, temperature_c=38.7, sbp_mmhg=84, dbp_mmhg=48)
    found["vasopressor"] = {"state": "never"}
    why = [because("Systolic pressure 84 mmHg (below 90)"), because("Fever 38.7 °C")]
    return [
        estimate(
            number, 2, 4, now, inputs=found, because=why, missing=["vasopressor"], drivers=["fever", "hypotension"]
        ),
        raised,
        alarms(number, alarm(raised), at_ms=now - 6 * MINUTE),
        delivery(raised, "sent", now - 6 * MINUTE),
    ]


def _grade_2_acknowledged(number: int, now: int) -> list[dict[str, Any]]:
    raised = escalation(number, 2, now - 21 * MINUTE)
    answered = alarm(
        raised,
        state="acknowledged",
        revision=2,
        actor="Demo charge nurse",
        acted_at=_at(now - 18 * MINUTE),
        until=_at(now + 12 * MINUTE),
    )
    found = _slow(number, now, temperature_c=38.4)
    found["oxygen_device"] = given("nasal_cannula", now - 30 * MINUTE, source="charted")
    why = [because("Nasal cannula 3 L/min"), because("Fever 38.4 °C")]
    held = {"to": 1, "until": _at(now + 14 * MINUTE)}
    return [
        estimate(number, 2, 2, now, inputs=found, because=why, held=held, drivers=["fever", "hypoxia"]),
        raised,
        alarms(number, answered, at_ms=now - 18 * MINUTE, revision=2),
        delivery(raised, "read", now - 20 * MINUTE),
    ]


def _grade_1(number: int, now: int) -> list[dict[str, Any]]:
    raised = escalation(number, 1, now - 33 * MINUTE)
    why = [because("Fever 38.3 °C (38 or above)")]
    return [
        estimate(number, 1, 1, now, inputs=_slow(number, now, temperature_c=38.3), because=why),
        raised,
        alarms(number, alarm(raised), at_ms=now - 33 * MINUTE),
        delivery(raised, "delivered", now - 33 * MINUTE),
    ]


def _grade_1_sensor_lost(number: int, now: int) -> list[dict[str, Any]]:
    raised = escalation(number, 1, now - MINUTE, kind="technical_stale", sign="spo2_pct", priority="medium")
    found = _slow(number, now, temperature_c=38.1)
    for name in ("spo2_pct", "heart_rate_bpm", "resp_rate_bpm"):
        found[name] |= {"state": "lost", "observed_at": _at(now - 19 * MINUTE)}
    return [
        estimate(number, 1, 4, now, inputs=found, because=[because("Fever 38.1 °C")], missing=["spo2_pct"]),
        raised,
        alarms(number, alarm(raised), at_ms=now - MINUTE),
        delivery(raised, "queued", now - MINUTE),
    ]


def _nothing_known(number: int, now: int) -> list[dict[str, Any]]:
    missing = ["temperature_c", "sbp_mmhg", "spo2_pct", "oxygen_device", "vasopressor"]
    never = {name: {"state": "never"} for name in missing}
    return [estimate(number, 0, 4, now, inputs=never, missing=missing, icans=(0, 4))]


def _temperature_old(number: int, now: int) -> list[dict[str, Any]]:
    found = _slow(number, now)
    found["temperature_c"] |= {"state": "stale", "observed_at": _at(now - 5 * HOUR)}
    return [estimate(number, 0, 1, now, inputs=found, missing=["temperature_c"])]


def _off_unit(number: int, now: int) -> list[dict[str, Any]]:
    found = _slow(number, now)
    for sign in ("heart_rate_bpm", "spo2_pct", "resp_rate_bpm"):
        found[sign] |= {"state": "stale", "observed_at": _at(now - 12 * MINUTE)}
    return [estimate(number, 0, 4, now, inputs=found, encounter="off_unit", missing=["spo2_pct"])]


def _not_taken_up(number: int, now: int) -> list[dict[str, Any]]:
    why = [because("Fever 38.2 °C (38 or above)")]
    return [
        estimate(number, 1, 1, now, inputs=_slow(number, now, temperature_c=38.2), because=why),
        escalation(number, 1, now - 4_000),
    ]


STORIES = {
    4: _grade_4,
    17: _grade_3_page_failed,
    7: _grade_2_to_4,
    22: _grade_2_acknowledged,
    12: _grade_1,
    29: _grade_1,
    9: _grade_1_sensor_lost,
    14: _nothing_known,
    26: _temperature_old,
    31: _off_unit,
    33: _not_taken_up,
}
