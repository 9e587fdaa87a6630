"""A retraction, and what it leaves: the history, the fold and the newest readings without the event it names."""

import dataclasses
from typing import Any

from msgspec.structs import replace

from services.grader.engine.fold import Fold
from services.grader.engine.past.arrival import Arrival
from services.grader.engine.past.history import Entry, History, Seen, Span, content_of, short_name
from services.grader.engine.past.in_force import InForce
from services.grader.engine.past.placing import Placed, refold
from services.grader.engine.past.relimiting import relimited
from services.grader.engine.past.retraction import retract
from services.grader.engine.past.taking_back import taken_back
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.signs.readings import FAST, SPO2
from services.grader.engine.state import Newest, PatientState
from tests.unit.grader.entries import ADMITTED, charted, folded, measured
from tests.vignettes.bed import Bed, ms, when
from tests.vignettes.starting_points import febrile_bed

SLIP, NOW = "slip", 40
BEFORE = Fold(ms(-5), ms(-5))
RETRACTION = {"event_id": "r", "kind": "retraction", "retracts": SLIP, "recorded_at": when(NOW)}
OWN = Entry(ms(NOW), "r", content_of(RETRACTION), (), {"kind": "retraction"})


def state_of(
    *entries: Entry, start: Fold = BEFORE, newest: dict[str, Newest] | None = None, **kept: Any
) -> PatientState:
    """A patient of whom this is remembered, folded from `start`."""
    history = History({entry.event_id: entry for entry in entries}, **kept)
    state = PatientState("bed-7", start, (start,), history, newest=newest or {})
    return refold(state, start.at_ms + 1, ms(NOW), InForce(DEFAULT_RULES)).state


def without_slip(state: PatientState, minute: float = NOW) -> Placed:
    """It is taken back as of `minute`, and that arrives now."""
    placed = retract(state, Arrival(RETRACTION, ms(minute), ms(NOW), False, InForce(DEFAULT_RULES)))
    assert placed is not None
    assert placed.state.history.retracted == {SLIP: ms(NOW)}
    return placed


def span(
    first: float, *, value: float, category: int, name: str, readings: int = 10, series: str = SPO2
) -> dict[str, Any]:
    """A run of a stream, a reading a second."""
    return {series: (Span(ms(first), 1000, readings, category, FAST, value, name),)}


def test_what_was_charted_in_error_was_never_there():
    for slip in (
        measured(10, SLIP, sbp=84),
        charted(10, "oxygen", SLIP, device="cpap"),
        charted(10, "neuro", SLIP, ice=2),
        charted(10, "encounter", SLIP, action="discharge"),
    ):
        rest = (*ADMITTED, measured(20, sbp=112))
        placed = without_slip(state_of(*rest, slip))
        assert list(placed.state.history.entries.values()) == [*rest, OWN]
        assert placed.state.fold == state_of(*rest, OWN).fold
        assert (placed.rewritten, placed.from_ms, placed.start) == (True, ms(10), BEFORE)


def test_what_is_not_known_yet_is_waited_for():
    state = state_of(*ADMITTED, **span_and_seen())
    placed = without_slip(state)
    assert placed.state.fold == state.fold
    assert placed.state.history == replace(
        state.history, entries={**state.history.entries, "r": OWN}, retracted={SLIP: ms(NOW)}
    )
    assert not placed.rewritten


def span_and_seen() -> dict[str, Any]:
    spans = span(15, value=96, category=0, name="m-1")
    return {"spans": spans, "seen": {short_name("m-1"): Seen(ms(15), "d", (SPO2,))}}


def test_a_retraction_is_known_by_its_content():
    bed = febrile_bed().vitals(5, sbp_mmhg=84, event_id=SLIP).chart(6, "retraction", retracts=SLIP, event_id="r")
    bed.said()
    bed.chart(6, "retraction", retracts=SLIP, event_id="r", arrives=8)
    assert (bed.said(), bed.refused()) == ([], [])
    bed.chart(6, "retraction", retracts="fever-1", event_id="r", arrives=9)
    assert (bed.interval, bed.refused()) == ((1, 1), ["conflicting_event_id"])


def test_of_a_stream_the_second_is_emptied_in_each_of_its_series():
    at, runs = ms(35) + 3000, {}
    for series in (SPO2, "sbp_mmhg:arterial", "heart_rate_bpm"):
        runs |= span(35, value=96, category=0, name="m-1", series=series)
    seen = {short_name(SLIP): Seen(at, "d", (SPO2, "heart_rate_bpm")), short_name("m-1"): Seen(ms(35), "d", (SPO2,))}
    placed = without_slip(state_of(*ADMITTED, spans=runs, seen=seen))
    left = {
        name: [(one.first_ms - ms(35), one.readings) for one in found]
        for name, found in placed.state.history.spans.items()
    }
    cut = [(0, 3), (4000, 6)]
    assert left == {SPO2: cut, "sbp_mmhg:arterial": [(0, 10)], "heart_rate_bpm": cut}
    assert set(placed.state.history.seen) == {short_name("m-1")}
    assert (placed.rewritten, placed.from_ms) == (True, at)


def test_the_first_of_a_run_is_known_for_as_long_as_the_run():
    runs = {
        **span(15, value=85, category=3, name=SLIP),
        **span(15, value=0, category=4, name=SLIP, series="heart_rate_bpm"),
        **span(15, value=96, category=0, name="other", series="resp_rate_bpm"),
    }
    placed = without_slip(state_of(*ADMITTED, spans=runs))
    left = {name: [one.first_ms - ms(15) for one in found] for name, found in placed.state.history.spans.items()}
    assert left == {SPO2: [1000], "heart_rate_bpm": [1000], "resp_rate_bpm": [0]}
    assert placed.from_ms == ms(15)


def test_what_was_kept_against_late_data_is_decided_anew_from_then_on():
    def kept(minute: float) -> Entry:
        levels = dict.fromkeys(("pressure", "saturation", "pressor", "device", "icans"), 0)
        return Entry(ms(minute), f"kept-{minute}", "", (), {"kind": "kept", "levels": levels, "episode": None})

    state = state_of(*ADMITTED, measured(10, SLIP, sbp=84), kept(9), kept(10), kept(12), charted(12, "lab"))
    assert list(without_slip(state).state.history.entries) == ["admit-1", "fever-1", "kept-9", "lab-12", "r"]


def test_what_is_older_than_the_window_is_taken_back_from_the_fold_it_begins_with():
    rest, later = (*ADMITTED, measured(12, spo2=97)), measured(30, sbp=112)
    for minute in (10, 20):
        slip = measured(minute, SLIP, spo2=85)
        start = replace(folded([*rest, slip], 20), reached_ms=ms(20) - 1)
        placed = without_slip(state_of(*rest, slip, later, start=start))
        begins = taken_back(start, slip, [*rest, later, OWN], DEFAULT_RULES)
        assert placed.state.marks[0] == placed.start == begins
        assert placed.from_ms == ms(20) + 1
        assert placed.state.fold == state_of(*rest, later, OWN, start=begins).fold
    # Just later than that, everything is simply folded again; and so is a stream.
    start = folded([*rest], 20)
    slip = replace(measured(20, SLIP, spo2=85), at_ms=ms(20) + 1)
    assert without_slip(state_of(*rest, slip, later, start=start)).start == start
    start, later = folded([*rest], 33), measured(36, sbp=112)
    seen = {short_name(SLIP): Seen(ms(32), "d", (SPO2,))}
    assert without_slip(state_of(*rest, later, start=start, seen=seen)).start == start


def test_a_limit_that_was_wrong_is_taken_from_what_was_read_by_hand_and_from_what_a_stream_says_now():
    def low(entry: Entry) -> Entry:
        return replace(entry, readings=tuple(reading._replace(category=2) for reading in entry.readings))

    slip = charted(5, "baseline", SLIP, sbp_mmhg=140)
    by_hand = low(measured(10, "hand", sbp=97))
    placed = without_slip(state_of(*ADMITTED, slip, by_hand))
    assert placed.state.history.entries["hand"] == measured(10, "hand", sbp=97)
    assert placed.state.fold == state_of(*ADMITTED, measured(10, "hand", sbp=97), OWN).fold
    # Of a stream the past stays as it was judged.
    runs = span(15, value=97, category=2, name="m-1", readings=60, series="sbp_mmhg:arterial")
    state = state_of(*ADMITTED, slip, spans=runs)
    assert state.fold.low == 2
    placed = without_slip(state)
    assert placed.state.history.spans == runs
    fold = placed.state.fold
    assert (fold.tracks["sbp_mmhg:arterial"].category, fold.at_ms, fold.reached_ms) == (0, ms(NOW), ms(NOW) - 1)
    assert (placed.trace[-1], placed.trace[-2].at_ms, placed.rewritten) == (fold, ms(NOW), True)
    assert (placed.start, placed.from_ms) == (BEFORE, ms(5))
    fold = without_slip(state, NOW - 2).state.fold
    assert (fold.at_ms, fold.reached_ms) == (ms(NOW), ms(NOW) - 1)
    # What had run out at that very moment has run out.
    ran_out = replace(state, fold=replace(state.fold, reached_ms=ms(NOW)))
    assert without_slip(ran_out).state.fold.reached_ms >= ms(NOW) - 1


def test_readings_by_hand_are_held_against_what_is_charted_without_the_error():
    def judged(entry: Entry) -> list[int]:
        return [reading.category for reading in entry.readings]

    infant = charted(0, "encounter", action="admit", age_years=0.5)
    adult, baseline = charted(20, "encounter", action="update", age_years=60), charted(30, "baseline", sbp_mmhg=140)
    entries = [measured(minute, sbp=75 if minute < 20 else 97, temp=38.5) for minute in (4, 5, 10, 25, 35)]
    start = folded([infant], 2)
    at = {entry.event_id: entry for entry in (*entries, infant, adult, baseline)}
    found = relimited(History(at), start, ms(5), InForce(DEFAULT_RULES))
    assert [judged(found.entries[entry.event_id]) for entry in entries] == [[3, 2], [0, 2], [0, 2], [0, 2], [2, 2]]
    assert [name for name, entry in found.entries.items() if entry.record] == list(at)[-3:]
    # What was read under other rules is judged by those; where nobody knows them any more it stays as it was.
    others = dataclasses.replace(DEFAULT_RULES, infant_sbp_mmhg=76, fever_c=39)
    in_force = InForce(DEFAULT_RULES, {others.hash: others})
    for before, second in ((others.hash, [2, 0]), ("gone", [3, 2]), (None, [3, 2])):
        rules = Entry(ms(10), "rules-10", "", (), {"kind": "rules", **({"before": before} if before else {})})
        found = relimited(History({**at, "rules-10": rules}), start, ms(5), in_force)
        assert [judged(found.entries[entry.event_id]) for entry in entries] == [[3, 2], second, [0, 2], [0, 2], [2, 2]]


def test_what_sets_no_limit_leaves_values_as_they_were_judged():
    runs = span(15, value=97, category=2, name="m-1", readings=60, series="sbp_mmhg:arterial")
    placed = without_slip(state_of(*ADMITTED, charted(5, "medication", SLIP, drug="tocilizumab"), spans=runs))
    assert placed.state.fold.tracks["sbp_mmhg:arterial"].category == 2


def test_the_newest_reading_is_the_one_before_it():
    def newest(minute: float, value: float, name: str, source: str = "manual", manner: str = "spot") -> Newest:
        return Newest(value, ms(minute), source, manner, name)

    stays = newest(30, 16, "other")
    by_error = {sign: newest(35, 1, SLIP) for sign in (SPO2, "sbp_mmhg:cuff", "dbp_mmhg:cuff", "temperature_c")}
    placed = without_slip(
        state_of(
            *ADMITTED,
            measured(9, "hand", spo2=94, sbp=110),
            measured(35, SLIP, spo2=1, sbp=1, temp=1),
            spans=span(15, value=92, category=0, name="m-1"),
            newest={"resp_rate_bpm": stays, **by_error},
        )
    )
    assert placed.state.newest == {
        "resp_rate_bpm": stays,
        SPO2: Newest(92, ms(15) + 9000, "monitor", FAST, "m-1"),
        "sbp_mmhg:cuff": newest(9, 110, "hand"),
        "temperature_c": newest(1, 38.5, "fever-1"),
    }


def test_a_retraction_of_a_retraction_is_none():
    bed = Bed().admit().chart(5, "retraction", retracts="x", event_id="r").chart(6, "retraction", retracts="r")
    assert bed.refused() == ["bad_retraction"]
