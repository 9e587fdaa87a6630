"""An event older than the window is taken back: the fold is as if it had been folded without it."""

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from services.grader.engine.crs.holds import MeasuredHold
from services.grader.engine.fold import Episode, Fold, Holds
from services.grader.engine.past.history import Entry
from services.grader.engine.past.points import point_of
from services.grader.engine.past.taking_back import taken_back
from services.grader.engine.past.timeline import feed
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.signs.readings import FAST, SPO2, SPO2_HOME, SPOT, Reading
from tests.unit.grader.entries import ADMITTED, ADULT, charted, folded, measured
from tests.vignettes.bed import ms, when

SLIP = "slip"


def without(slip: Entry, *entries: Entry, minute: float = 60, known: Iterable[Entry] | None = None) -> Fold:
    """The fold of all, and then without the slip, where `known` of the others are kept."""
    fold = folded([slip, *entries], minute)
    found = taken_back(fold, slip, entries if known is None else known, DEFAULT_RULES)
    assert found.chart.newest_ms == fold.chart.newest_ms
    assert found.episode is None or (fold.episode and found.episode.max_grade == fold.episode.max_grade)
    return plain(found)


def never(*entries: Entry, minute: float = 60) -> Fold:
    """The fold of what was not a slip."""
    return plain(folded(entries, minute))


def plain(fold: Fold) -> Fold:
    """Without what stays as it was: how new a kind is, the highest grade shown, since when something is missing."""
    episode = fold.episode and replace(fold.episode, max_grade=0)
    return replace(fold, chart=replace(fold.chart, newest_ms={}), episode=episode, gap_ms=None)


def test_what_was_charted_before_it_counts_again():
    for before, slip in [
        (("oxygen", {"device": "nasal_cannula", "flow_l_min": 2}), ("oxygen", {"device": "cpap"})),
        (("vasopressor", {"drug": "none"}), ("vasopressor", {"drug": "norepinephrine"})),
        (("vasopressor", {"drug": "norepinephrine"}), ("vasopressor", {"drug": "none"})),
        (("baseline", {"sbp_mmhg": 140, "oxygen_device": "cpap"}), ("baseline", {"sbp_mmhg": 90})),
        (("immunotherapy", {"product": "teclistamab"}), ("immunotherapy", {"product": "axi-cel", "dose_number": 2})),
        (("clinician_grade", {"crs": 2, "author": "dr-a"}), ("clinician_grade", {"icans": 1, "author": "dr-b"})),
        (("monitoring", {"state": "on"}), ("monitoring", {"state": "stopped_by_order"})),
        (("monitoring", {"state": "stopped_by_order"}), ("monitoring", {"state": "on"})),
        (("neuro", {"ice": 9, "seizure": "none"}), ("neuro", {"ice": 2, "consciousness": "voice"})),
    ]:
        rest = (*ADMITTED, charted(5, before[0], **before[1]))
        wrong = charted(10, slip[0], SLIP, **slip[1])
        assert without(wrong, *rest, minute=45) == never(*rest, minute=45)
        assert without(wrong, *ADMITTED, minute=45) == never(*ADMITTED, minute=45)


def test_what_was_charted_after_it_stays():
    for slip, after in [
        (("neuro", {"ice": 2, "seizure": "prolonged"}), ("neuro", {"ice": 9})),
        (("encounter", {"action": "update", "weight_kg": 7}), ("encounter", {"action": "update", "weight_kg": 70})),
        (("oxygen", {"device": "cpap"}), ("oxygen", {"device": "room_air"})),
    ]:
        rest = (*ADMITTED, charted(100, after[0], **after[1]))
        assert without(charted(5, slip[0], SLIP, **slip[1]), *rest, minute=150) == never(*rest, minute=150)


def test_what_is_held_of_something_else_stays_held():
    falling = (
        *ADMITTED,
        charted(2, "oxygen", device="cpap"),
        charted(2, "vasopressor", drug="norepinephrine"),
        charted(2, "neuro", ice=2),
        measured(3, sbp=84, spo2=85),
        charted(10, "oxygen", device="room_air"),
        charted(10, "vasopressor", drug="none"),
        charted(10, "neuro", ice=10),
    )
    held = {"pressure": 2, "saturation": 2, "pressor": 3, "device": 4}
    for kind, fields in [
        ("medication", {"drug": "tocilizumab"}),
        ("monitoring", {"state": "stopped_by_order"}),
        ("neuro", {"avpu": "A"}),
        ("baseline", {"oxygen_device": "room_air"}),
        ("encounter", {"action": "update", "bed": "8"}),
        ("clinician_grade", {"crs": 1, "author": "dr-a"}),
    ]:
        found = without(charted(12, kind, SLIP, **fields), *falling, minute=20)
        assert found == never(*falling, minute=20), kind
        assert (found.holds.levels(), found.icans_low) == (held, 3)
    # Of what it was said about, the level that is charted now; of everything else what is held.
    for kind, fields, levels, icans in [
        ("oxygen", {"device": "bipap"}, {**held, "device": 0}, 3),
        ("vasopressor", {"drug": "vasopressin"}, {**held, "pressor": 0}, 3),
        ("neuro", {"ice": 0}, held, 0),
    ]:
        found = without(charted(12, kind, SLIP, **fields), *falling, minute=20)
        assert (found.holds.levels(), found.icans_low) == (levels, icans)
        assert found.chart == never(*falling, minute=20).chart


def test_of_what_was_explained_only_that_counts_again():
    low = (*ADMITTED, measured(5, sbp=84))
    explained = {"cause": "known", "author": "dr-a", "expires_at": when(6000)}
    neuro = charted(10, "attribution", finding="neuro", **explained)
    pressure = charted(10, "attribution", SLIP, finding="hypotension", **explained)
    found = without(pressure, *low, neuro)
    assert (found.low, found.chart) == (2, never(*low, neuro).chart)
    assert without(charted(11, "lab", SLIP), *low, neuro) == never(*low, neuro)


def test_who_the_patient_is_falls_back_a_part_at_a_time():
    def update(minute: float, name: str = "", **fields: Any) -> Entry:
        return charted(minute, "encounter", name, action="update", **fields)

    before = (
        *ADMITTED,
        update(2, birth_date="1960-05-01", age_years=65, weight_kg=70, unit="icu", bed="2"),
        charted(3, "baseline", sbp_mmhg=140),
    )
    for slip in (
        {"birth_date": "1990-01-01"},
        {"age_years": 30},
        {"weight_kg": 7},
        {"unit": "ward-9"},
        {"bed": "9"},
        {"birth_date": "1990-01-01", "age_years": 30, "weight_kg": 7, "unit": "ward-9", "bed": "9"},
    ):
        assert without(update(5, SLIP, **slip), *before) == never(*before), slip
    # What it did not say is left alone, though nobody knows any more who did.
    found = without(update(5, SLIP, bed="9"), *before, known=[update(4, unit="icu", bed="3")])
    assert found.chart == replace(never(*before).chart, stay=replace(never(*before).chart.stay, bed="3"))
    found = without(update(5, SLIP, weight_kg=7), *before, known=[update(4, weight_kg=60)])
    assert found.chart.person == replace(never(*before).chart.person, weight_kg=60)


def test_a_stay_is_as_the_other_encounters_make_it():
    def encounter(minute: float, action: str, name: str = "", **fields: Any) -> Entry:
        return charted(minute, "encounter", name or f"{action}-{minute:g}", action=action, **fields)

    left = encounter(20, "discharge")
    for rest, slip in [
        (ADMITTED, encounter(10, "discharge", SLIP)),
        (ADMITTED, encounter(10, "off_unit", SLIP, expected_return=when(50))),
        ((*ADMITTED, encounter(5, "off_unit")), encounter(10, "return", SLIP)),
        ((*ADMITTED, encounter(5, "off_unit")), encounter(10, "transfer", SLIP, unit="icu", bed="2")),
        ((*ADMITTED, left), encounter(25, "cancel_discharge", SLIP)),
        ((*ADMITTED, left), encounter(25, "admit", SLIP, unit="icu", bed="2")),
    ]:
        assert without(slip, *rest).chart.stay == never(*rest).chart.stay, slip
    # It keeps its name, though nobody knows any more of its admission.
    away = encounter(5, "off_unit")
    found = without(encounter(10, "return", SLIP), *ADMITTED, away, known=[away]).chart.stay
    assert (found.status, found.encounter_id, found.admitted_ms) == ("off_unit", "admit-1", ms(0))


def test_of_an_earlier_stay_only_what_outlives_one_comes_back():
    earlier = (
        charted(-90, "encounter", "admit-0", **ADULT),
        charted(-80, "oxygen", device="bipap"),
        charted(-80, "baseline", sbp_mmhg=150),
        charted(-80, "immunotherapy", product="teclistamab"),
        charted(-70, "encounter", action="discharge"),
    )
    fresh = charted(0, "oxygen", "z", device="nasal_cannula", flow_l_min=2)
    for slip in (
        charted(5, "oxygen", SLIP, device="cpap"),
        charted(5, "baseline", SLIP, sbp_mmhg=90),
        charted(5, "immunotherapy", SLIP, product="axi-cel"),
        measured(-85, SLIP, line=80),
    ):
        assert without(slip, *earlier, *ADMITTED) == never(*earlier, *ADMITTED)
        assert without(slip, *earlier, *ADMITTED, fresh, minute=45) == never(*earlier, *ADMITTED, fresh, minute=45)


def test_a_limit_that_was_wrong_makes_nothing_low_and_leaves_what_is():
    target = charted(2, "baseline", SLIP, spo2_target_low_pct=95)
    at_home = replace(measured(5, spo2=93), readings=(
        Reading(SPO2, ms(5), 93, 0, SPOT), Reading(SPO2_HOME, ms(5), 93, 2, SPOT)))  # fmt: skip
    found = without(target, *ADMITTED, at_home, charted(3, "oxygen", device="cpap"))
    assert found.holds.saturation == MeasuredHold()
    # Low by the adult's limit, and by the child's no more; the saturation is as low as before.
    age = charted(2, "encounter", SLIP, action="update", age_years=60)
    child = (charted(0, "encounter", "admit-1", **{**ADULT, "age_years": 0.5}), measured(1, temp=38.5, spo2=85))
    found = without(age, *child, measured(5, sbp=80))
    assert (found.holds.pressure, found.holds.saturation) == (MeasuredHold(), MeasuredHold(2))
    found = without(age, *child, measured(5, sbp=60))
    assert (found.holds.pressure, found.holds.saturation) == (MeasuredHold(2), MeasuredHold(2))
    # Low, and long ago: unknown since then is no reason to let it go.
    found = without(age, *child, measured(5, sbp=60), minute=600)
    assert (found.holds.pressure, found.holds.saturation) == (MeasuredHold(2), MeasuredHold(2))
    # What is held from before was not made low by it.
    found = without(age, *child, measured(5, sbp=60), measured(6, sbp=118))
    assert found.holds.pressure.level == 2


def test_a_reading_falls_back_to_the_one_before_it_and_its_level_with_it():
    for slip in (measured(10, SLIP, spo2=85), measured(10, SLIP, sbp=88, spo2=89), measured(10, SLIP, sbp=84)):
        assert without(slip, *ADMITTED) == never(*ADMITTED)
        assert without(slip, ADMITTED[0]) == never(ADMITTED[0])
    # Newer readings speak for themselves, each of its own series.
    slip, newer = measured(10, SLIP, sbp=84, spo2=85), measured(20, sbp=116)
    found = without(slip, *ADMITTED, newer)
    assert found == never(*ADMITTED, newer)
    # The other source of pressure, and what it established, is left alone.
    line = measured(5, line=80)
    found = without(measured(10, SLIP, sbp=84), *ADMITTED, line)
    assert found == never(*ADMITTED, line)
    assert found.holds.pressure == MeasuredHold(2)
    # Where nothing was before, nothing is known, and a finding is as old as its first reading.
    assert without(measured(10, SLIP, line=80), *ADMITTED) == never(*ADMITTED)
    low = (measured(5, sbp=84), measured(8, sbp=82))
    assert without(measured(10, SLIP, sbp=118), *ADMITTED, *low) == never(*ADMITTED, *low)


def test_a_level_that_something_else_may_have_established_stays():
    held = MeasuredHold(2)
    by_hand = (measured(5, sbp=88), measured(8, sbp=118))
    found = without(measured(10, SLIP, sbp=80), *ADMITTED, *by_hand)
    assert found.holds.pressure.level == 2
    assert without(measured(10, SLIP, sbp=80), *ADMITTED, measured(8, sbp=118)).holds.pressure == MeasuredHold()
    # Single readings of a stream are not kept, so nobody can tell.
    streamed = measured(20, line=118, manner=FAST)
    fold = folded([*ADMITTED, measured(10, SLIP, sbp=80), streamed], 21)
    assert fold.holds.pressure.level == 2
    found = taken_back(fold, measured(10, SLIP, sbp=80), ADMITTED, DEFAULT_RULES)
    assert found.holds.pressure.level == held.level
    assert found.tracks["sbp_mmhg:arterial"] == fold.tracks["sbp_mmhg:arterial"]
    # A normal reading established nothing.
    low = (*ADMITTED, measured(5, sbp=84))
    assert without(measured(6, SLIP, sbp=118), *low, known=ADMITTED).holds.pressure.level == 2


def test_a_reading_of_a_stream_is_not_what_was_charted_at_the_same_moment():
    streamed = measured(10, line=80, manner=FAST)
    fold = folded([*ADMITTED, streamed], 20)
    found = taken_back(fold, measured(10, SLIP, line=80), ADMITTED, DEFAULT_RULES)
    assert found.tracks == fold.tracks


def test_an_episode_rests_on_another_fever_or_never_was():
    low = measured(5, sbp=84)
    fever = ADMITTED[1]
    rest = (ADMITTED[0], low, measured(0.5, sbp=118, spo2=97))
    found = without(fever, *rest, minute=30)
    assert (found.episode, found.low) == (None, 0)
    # In the episode's time, whatever else was measured in between.
    opened = folded([*rest, fever], 30).episode
    assert opened is not None
    for minute, key in ((0.9, None), (1, "again"), (25, "again")):
        again = replace(measured(minute, "again", temp=38.2))
        fold = replace(folded([*rest, fever], 30), episode=opened)
        found = taken_back(fold, fever, [*rest, measured(26, temp=36.8), again], DEFAULT_RULES)
        assert (found.episode and found.episode.key) == key, minute
        assert key is None or found.episode == replace(opened, key=key)
    # Another's mistake is no matter of the episode.
    assert without(measured(20, SLIP, temp=38.9), *rest, fever, minute=30).episode == replace(opened, max_grade=0)


def test_an_episode_goes_on_while_a_stream_has_established_the_fever():
    fever, rest = ADMITTED[1], (ADMITTED[0], measured(5, sbp=84))
    for manner, value, key in (("probe", 38.3, "stream"), ("probe", 36.9, None), ("patch", 38.3, None)):
        stream = measured(29, "stream", temp=value, manner=manner)
        fold = folded([*rest, fever, measured(20, temp=36.8), stream], 30)
        found = taken_back(fold, fever, rest, DEFAULT_RULES)
        assert (found.episode and found.episode.key) == key, (manner, value)
        if key is None:
            assert found.holds == Holds()
        else:
            assert fold.episode is not None
            assert found.episode == replace(fold.episode, key="stream")
            assert found.holds == fold.holds


def test_it_stays_where_it_was_in_time():
    fold = feed(Fold(), [point_of(entry) for entry in (*ADMITTED, measured(10, SLIP, sbp=84))], DEFAULT_RULES, [])
    found = taken_back(fold, measured(10, SLIP, sbp=84), ADMITTED, DEFAULT_RULES)
    assert (found.at_ms, found.reached_ms) == (fold.at_ms, fold.reached_ms) == (ms(10), ms(10) - 1)
    assert isinstance(found.episode, Episode)
