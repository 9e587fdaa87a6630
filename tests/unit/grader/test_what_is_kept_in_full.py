"""Of what is older than the window, what is kept because something rests on it: of each subject the newest two."""

from collections.abc import Iterable
from typing import Any

from services.grader.engine.past.founding import foundations, founding, pruned, subjects_of
from services.grader.engine.past.history import Entry, History, Seen, Span
from services.grader.engine.signs.readings import ABNORMAL, CRITICAL, FAST, NORMAL, SPOT, SUSPECT, Reading

WHOLE_EXAM = {"ice": 9, "capd": 2, "consciousness": "awake", "seizure": "none", "motor_weakness": "none",
              "raised_icp": "none", "avpu": "A"}  # fmt: skip


def charted(at_ms: int, kind: str, event_id: str = "", **fields: Any) -> Entry:
    """A chart, named after its time unless told otherwise."""
    return Entry(at_ms, event_id or f"e{at_ms}", "", (), {"kind": kind, **fields})


def measured(at_ms: int, event_id: str = "", **categories: int) -> Entry:
    """Readings by hand: a category each."""
    readings = tuple(Reading(series, at_ms, 1.0, category, SPOT) for series, category in categories.items())
    return Entry(at_ms, event_id or f"e{at_ms}", "", readings)


def kept(entries: Iterable[Entry], from_ms: int = 1000, opened_by: str | None = None) -> list[str]:
    """The names of what is kept, in the order in which it came."""
    return list(founding({entry.event_id: entry for entry in entries}, from_ms, opened_by))


def test_what_each_event_says_something_about():
    for entry, subjects in [
        (charted(1, "oxygen", device="cpap"), ["oxygen"]),
        (charted(1, "immunotherapy", product="axi-cel"), ["immunotherapy"]),
        (charted(1, "monitoring", state="on"), ["monitoring"]),
        (charted(1, "vasopressor", drug="Noradrenaline"), ["vasopressor|norepinephrine"]),
        (charted(1, "vasopressor", drug="none"), ["vasopressor|none"]),
        (charted(1, "neuro", **WHOLE_EXAM), [f"neuro|{name}" for name in WHOLE_EXAM]),
        (charted(1, "neuro", ice=9, note="tired"), ["neuro|ice"]),
        (
            charted(1, "baseline", sbp_mmhg=140, oxygen_device="cpap", spo2_target_low_pct=88),
            ["baseline|sbp_mmhg", "baseline|oxygen_device", "baseline|spo2_target_low_pct"],
        ),
        (charted(1, "clinician_grade", crs=2, author="dr"), ["clinician_grade|author"]),
        (charted(1, "attribution", finding="fever", author="dr"), ["attribution|fever"]),
        (charted(1, "attribution", finding="neuro", author="dr"), ["attribution|neuro"]),
        (charted(1, "encounter", action="admit", unit="onc", bed="7"), ["stay", "admission", "unit", "bed"]),
        (charted(1, "encounter", action="discharge"), ["stay"]),
        (
            charted(1, "encounter", action="update", birth_date="1960-05-01", age_years=65, weight_kg=70, bed="8"),
            ["birth_date", "age_years", "weight_kg", "bed"],
        ),
        (charted(1, "lab", code="crp"), []),
        (charted(1, "superseded", device="cpap"), []),
        (measured(1, temperature_c=ABNORMAL, spo2_pct=CRITICAL), ["temperature_c", "spo2_pct", "fever"]),
        (measured(1, temperature_c=CRITICAL), ["temperature_c", "fever"]),
        (measured(1, temperature_c=SUSPECT), ["temperature_c"]),
        (measured(1, temperature_c=NORMAL, spo2_pct=ABNORMAL), ["temperature_c", "spo2_pct"]),
    ]:
        assert list(subjects_of(entry)) == subjects


def test_of_each_subject_the_one_that_counts_and_the_one_before_it_are_kept():
    oxygen = [charted(at_ms, "oxygen") for at_ms in (10, 40, 20, 30)]
    assert kept(oxygen) == ["e40", "e30"]
    # Whatever came in between about something else takes no place, and what says nothing is not kept.
    between = [charted(35, "monitoring"), charted(36, "vasopressor", drug="none"), charted(37, "lab")]
    assert kept([*oxygen, *between]) == ["e40", "e30", "e35", "e36"]
    drugs = [charted(at_ms, "vasopressor", drug=name) for at_ms, name in enumerate(["none", "vasopressin"] * 3)]
    assert kept(drugs) == ["e2", "e3", "e4", "e5"]
    # One that says several things is kept as long as one of them is.
    exams = [charted(1, "neuro", ice=9, seizure="none"), *(charted(at_ms, "neuro", ice=8) for at_ms in (2, 3, 4))]
    assert kept(exams) == ["e1", "e3", "e4"]
    # Of one moment the first by name.
    assert kept([charted(5, "oxygen", name) for name in "cab"]) == ["a", "b"]


def test_everything_later_than_the_window_is_kept_and_counts():
    oxygen = [charted(at_ms, "oxygen") for at_ms in (10, 20, 30, 40, 50)]
    assert kept(oxygen, from_ms=20) == ["e30", "e40", "e50"]
    assert kept(oxygen, from_ms=40) == ["e40", "e50"]
    assert kept([charted(50, "lab")], from_ms=49) == ["e50"]
    assert kept([charted(50, "lab")], from_ms=50) == []


def test_while_an_episode_is_open_the_fever_that_opened_it_and_two_more_are_kept():
    fevers = [measured(at_ms, temperature_c=ABNORMAL) for at_ms in (10, 20, 30, 40)]
    normal = [measured(at_ms, temperature_c=NORMAL) for at_ms in (50, 60)]
    assert kept([*fevers, *normal]) == ["e50", "e60"]
    assert kept([*fevers, *normal], opened_by="e10") == ["e10", "e30", "e40", "e50", "e60"]
    assert kept([*fevers, *normal], opened_by="elsewhere") == ["e30", "e40", "e50", "e60"]


def test_of_each_kind_of_memory_what_is_too_old_goes():
    def span(last_ms: int) -> Span:
        return Span(last_ms - 10, 10, 2, NORMAL, FAST, 97, f"s{last_ms}")

    history = History(
        {
            name: measured(at_ms, name, temperature_c=ABNORMAL)
            for name, at_ms in (("a", 1), ("b", 2), ("c", 3), ("d", 4))
        },
        {"spo2_pct": (span(100), span(101)), "resp_rate_bpm": (span(100),)},
        {"x": Seen(199, "", ()), "y": Seen(200, "", ())},
        {"gone": 299, "waits": 300},
    )
    assert pruned(history, 100, 200, 300, opened_by="a") == History(
        {name: history.entries[name] for name in "acd"},
        {"spo2_pct": (span(101),)},
        {"y": Seen(200, "", ())},
        {"waits": 300},
    )
    assert set(pruned(history, 100, 200, 300, opened_by=None).entries) == {"c", "d"}


def test_what_was_folded_by_then_comes_in_its_order():
    late, first = charted(20, "oxygen", "late", device="cpap"), measured(20, "z", spo2_pct=NORMAL)
    entries = [late, charted(21, "lab"), first, charted(10, "lab")]
    assert [entry.event_id for entry in foundations(entries, 20)] == ["e10", "z", "late"]
