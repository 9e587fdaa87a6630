"""Small simulated wards for tests."""

from schemas.times import parse_time
from services.simulator.ward import WardPlan, arrivals

START_MS = parse_time("2026-01-05T06:00:00Z")
HOUR_MS = 3_600_000


def plan(patients=1, *, days=1.0, seed=7, **changes):
    return WardPlan(patients=patients, length_ms=round(days * 24 * HOUR_MS), seed=seed, start_ms=START_MS, **changes)


def one(scenario, **changes):
    """A ward of one patient with this scenario."""
    return plan(1, counts={scenario: 1}, **changes)


def bodies(of_plan, patient_id=None):
    return [a.body for a in arrivals(of_plan) if patient_id is None or a.body["patient_id"] == patient_id]


def time_of(body):
    return parse_time(body.get("observed_at") or body["recorded_at"])
