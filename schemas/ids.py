"""Names that the same facts always produce again, however often and in whatever interleaving they are computed.

An id never contains the event that triggered the computation: another arrival order gives the same id (`design.md` 3).
"""

from collections.abc import Iterable, Sequence

from schemas.encoding import digest


def rise_id(patient_id: str, scope: str, kind: str, grade: int, rise: int) -> str:
    """`crs_rise` and `icans_rise`; `scope` is the episode, or the encounter for ICANS."""
    return digest([patient_id, scope, kind, grade, rise])


def possible_crs_id(patient_id: str, scope: str, missing: Iterable[str]) -> str:
    """`scope` is the episode, or the encounter where no episode is open."""
    return digest([patient_id, scope, "possible_crs", sorted(missing)])


def spell_id(patient_id: str, encounter: str, kind: str, sign: str | None, spell: int) -> str:
    """`critical_value`, `ward_score`, `neuro_due`, `grade_disagreement`: the nth start since admission."""
    return digest([patient_id, encounter, kind, sign, spell])


def technical_id(patient_id: str, kind: str, sign: str | None, last_observed: str) -> str:
    """`technical_stale`, `technical_silent`; `last_observed` is the wire time, or the admit event's id if never."""
    return digest([patient_id, kind, sign, last_observed])


def fault_id(patient_id: str, kind: str, offset: int) -> str:
    """`engine_fault`, `data_gap`."""
    return digest([patient_id, kind, offset])


def identity_id(event_ids: Sequence[str]) -> str:
    """`identity`: the two events that contradict each other."""
    return digest(sorted(event_ids))


def unit_silent_id(unit: str, onset: str) -> str:
    """`unit_silent`: the unit and the wire time of the onset."""
    return digest([unit, onset])


def resolved_id(resolves: Iterable[str], reason: str) -> str:
    """`resolved`: what it resolves, and why."""
    return digest([sorted(resolves), reason])


def episode_id(opening_event_id: str) -> str:
    """An episode is named after the event that opened it."""
    return digest(["episode", opening_event_id])


def handover_id(merge_event_id: str) -> str:
    """A handover is named after its merge event."""
    return digest(["handover", merge_event_id])
