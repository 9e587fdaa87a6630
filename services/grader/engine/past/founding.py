"""Events older than the window on which something still rests, whatever their age (`design.md` 4).

They are kept in full: so their repeats are known, and a retraction, which is never too late, can take them back. Of
each subject the newest two: the one that counts, and the one that it would fall back to.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from services.grader.engine.crs.drugs import generic_name
from services.grader.engine.past.history import Entry, History, Record
from services.grader.engine.past.points import point_of
from services.grader.engine.signs.readings import ABNORMAL, SUSPECT, TEMPERATURE

KEPT = 2
_WHOLE = ("oxygen", "immunotherapy", "monitoring")
_BY_FIELD = {
    "neuro": ("ice", "capd", "consciousness", "seizure", "motor_weakness", "raised_icp", "avpu"),
    "baseline": ("sbp_mmhg", "oxygen_device", "spo2_target_low_pct"),
    "clinician_grade": ("author",),
    "attribution": ("finding",),
}
FEVER = "fever"


def pruned(
    history: History, keep_from_ms: int, seen_from_ms: int, retracted_from_ms: int, *, opened_by: str | None
) -> History:
    """What a fold taken at `keep_from_ms` has already taken in is forgotten, unless something rests on it still.

    Args:
        history: before.
        keep_from_ms: everything later is kept.
        seen_from_ms: the same for the ids of streams.
        retracted_from_ms: the same for retractions that wait for their event.
        opened_by: the event that opened the episode, if one is open.
    """
    return History(
        founding(history.entries, keep_from_ms, opened_by),
        {
            name: kept
            for name, spans in history.spans.items()
            if (kept := tuple(span for span in spans if span.last_ms > keep_from_ms))
        },
        {name: seen for name, seen in history.seen.items() if seen.at_ms >= seen_from_ms},
        {name: at_ms for name, at_ms in history.retracted.items() if at_ms >= retracted_from_ms},
    )


def founding(entries: dict[str, Entry], from_ms: int, opened_by: str | None) -> dict[str, Entry]:
    """The events that are kept: all later than `from_ms`, and of the older ones those on which something rests."""
    counts: Counter[str] = Counter()
    kept: set[str] = set()
    for entry in sorted(entries.values(), key=lambda entry: (-entry.at_ms, entry.event_id)):
        subjects = [name for name in subjects_of(entry) if name != FEVER or opened_by is not None]
        if entry.at_ms > from_ms or entry.event_id == opened_by or any(counts[name] < KEPT for name in subjects):
            kept.add(entry.event_id)
        counts.update(subjects)
    return {name: entry for name, entry in entries.items() if name in kept}


def subjects_of(entry: Entry) -> Iterator[str]:
    """What an event says something about; a later one about the same takes its place."""
    record = entry.record
    if record is None:
        yield from (reading.series for reading in entry.readings)
        if is_febrile(entry):
            yield FEVER
        return
    kind = record["kind"]
    if kind in _WHOLE:
        yield kind
    elif kind == "vasopressor":
        yield f"{kind}|{generic_name(record['drug'])}"
    elif kind == "encounter":
        yield from _of_encounter(record)
    else:
        yield from (f"{kind}|{record[name] if kind == 'attribution' else name}"
                    for name in _BY_FIELD.get(kind, ()) if name in record)  # fmt: skip


def _of_encounter(record: Record) -> Iterator[str]:
    if record["action"] != "update":
        yield "stay"
    if record["action"] == "admit":
        yield "admission"
    yield from (name for name in ("birth_date", "age_years", "weight_kg", "unit", "bed") if name in record)


def is_febrile(entry: Entry) -> bool:
    """Whether a temperature in it counts as fever."""
    return any(
        reading.series == TEMPERATURE and reading.category >= ABNORMAL and reading.category != SUSPECT
        for reading in entry.readings
    )


def foundations(entries: Iterable[Entry], until_ms: int) -> list[Entry]:
    """What was folded by then, in the order in which it was."""
    folded = (entry for entry in entries if entry.at_ms <= until_ms)
    return sorted(folded, key=lambda entry: (entry.at_ms, point_of(entry).order))
