"""When a patient who left is forgotten, and everything that is left of one."""

from msgspec.structs import replace

from services.grader.engine import Output
from services.grader.engine.chart import Baseline, Chart, Dose, Oxygen, Stay
from services.grader.engine.durations import DAY_MS, NOTHING_YET_MS
from services.grader.engine.fold import Episode, Fold
from services.grader.engine.past.forgetting import forget_ms, forgotten
from services.grader.engine.past.history import History, Seen
from services.grader.engine.person import Person
from services.grader.engine.state import EpisodeName, Merge, Newest, PatientState, Place, Taken
from services.grader.engine.telling.sent import Ladder, Sent
from services.grader.engine.ward import Ward
from tests.unit.grader.entries import charted
from tests.vignettes.bed import ms

LEFT = ms(100)
HOME = Stay("discharged", "admit-1", ms(0), "onc", "7", discharged_ms=LEFT)
DOSE = Dose("axi-cel", ms(-50), 1)
DOSED_UNTIL = ms(-50) + 30 * DAY_MS
SENT = Sent(crs=Ladder(1, {"fever-1": {"1": 1}}), spells={"s": 2}, watched_ms=5)
CHART = Chart(HOME, Person(age_years=60), Baseline(140), DOSE, oxygen=Oxygen("cpap", None, None, 1, "e"), newest_ms={
    "encounter": LEFT, "oxygen": 1})  # fmt: skip
STATE = PatientState(
    "bed-7",
    Fold(LEFT + 5, LEFT + 5, chart=CHART, episode=Episode("fever-1", ms(1)), low=2),
    (Fold(1),),
    History({"e": charted(1, "lab", "e")}, {}, {"s": Seen(1, "", ())}, {"waits": 7}),
    newest={"spo2_pct": Newest(97, 1, "manual", "spot", "e")},
    sent=SENT,
    episodes=(EpisodeName("e-1", ("k",), 1, 2), EpisodeName("e-2", ("fever-1",), 3)),
    revision=41,
    as_of_ms=LEFT + 7,
    reached_ms=LEFT + 8,
    place=Place("t", 1, 2),
    newest_event_ms=LEFT - 1,
    vitals_ms=1,
    shown="x",
    taken=(Taken("bed-3", "h", 1),),
)
WARD = Ward()
TOMBSTONE = [Output("estimates", "bed-7", None)]


def with_stay(stay: Stay, state: PatientState = STATE, **chart: Dose | None) -> PatientState:
    return replace(state, fold=replace(state.fold, chart=replace(state.fold.chart, stay=stay, **chart)))


def test_who_left_is_forgotten_after_a_day_and_the_enrolment_when_its_window_ends():
    assert forget_ms(STATE, WARD) == LEFT + DAY_MS
    assert forget_ms(replace(STATE, forgotten=True), WARD) == DOSED_UNTIL
    # A window that ended before keeps nobody.
    assert forget_ms(with_stay(HOME, replace(STATE, forgotten=True), dose=None), WARD) == LEFT + DAY_MS
    # Who is here is not forgotten, nor who has been seen since.
    for status in ("admitted", "off_unit", "unknown"):
        assert forget_ms(with_stay(replace(HOME, status=status)), WARD) is None
        assert forget_ms(with_stay(replace(HOME, status=status, discharged_ms=None)), WARD) is None
    # A name is kept for as long as a window may last, and so is a merged one since something last came under it.
    name = replace(with_stay(Stay(encounter_id="after"), STATE), forgotten=True)
    assert forget_ms(name, WARD) == LEFT + 8 + 30 * DAY_MS
    merge = Merge("bed-9", "h", "e", 1, last_ms=77, acknowledged=True)
    assert forget_ms(replace(STATE, merge=merge), WARD) == 77 + 30 * DAY_MS
    assert forget_ms(replace(STATE, merge=replace(merge, acknowledged=False)), WARD) == LEFT + DAY_MS


def enrolled(now_ms: int, revision: int = 42, **changed: object) -> PatientState:
    """All that is left of the state while a risk window runs."""
    fold = Fold(LEFT, LEFT, chart=Chart(HOME, Person(age_years=60), Baseline(140), DOSE))
    found = PatientState(
        "bed-7", fold, (fold,), History(retracted={"waits": 7}), sent=replace(SENT, watched_ms=NOTHING_YET_MS),
        episodes=(EpisodeName("e-2", (), 3, LEFT),), revision=revision, as_of_ms=now_ms, reached_ms=now_ms,
        place=Place("t", 1, 2), newest_event_ms=LEFT - 1, forgotten=True, taken=STATE.taken,
    )  # fmt: skip
    return replace(found, **changed)  # type: ignore[arg-type]


def test_of_who_is_enrolled_everything_is_left_that_a_new_stay_needs():
    now = LEFT + DAY_MS
    assert forgotten(STATE, now, WARD) == (enrolled(now), TOMBSTONE)
    # Time never goes back, an episode that was over was over then, and a merge goes on.
    later, closed = replace(STATE, as_of_ms=now + 5), replace(STATE.episodes[1], closed_ms=9)
    merge = Merge("bed-9", "h", "e", 1, 2)
    before = replace(later, episodes=(closed,), merge=merge)
    left = enrolled(now, as_of_ms=now + 5, episodes=(replace(closed, keys=()),), merge=merge)
    assert forgotten(before, now, WARD) == (left, TOMBSTONE)
    # While it lasts; and a second time without a tombstone.
    assert forgotten(STATE, DOSED_UNTIL - 1, WARD) == (enrolled(DOSED_UNTIL - 1), TOMBSTONE)
    assert forgotten(enrolled(now), now + 1, WARD) == (enrolled(now + 1, 43), [])


def test_after_that_a_name_is_left_of_who_was_paged_for():
    found, outputs = forgotten(STATE, DOSED_UNTIL, WARD)
    fold = Fold(LEFT, LEFT, chart=Chart(Stay(encounter_id="after 2026-03-01T09:40:00.000Z", admitted_ms=LEFT),
                                        newest_ms={"encounter": LEFT}))  # fmt: skip
    name = enrolled(DOSED_UNTIL, fold=fold, marks=(fold,), history=History(), episodes=(), sent=Sent(spells={"s": 2}))
    assert (found, outputs) == (name, TOMBSTONE)
    assert forgotten(name, DOSED_UNTIL + 1, WARD) == (None, [])


def test_of_who_was_never_paged_for_and_who_goes_on_elsewhere_nothing_is_left():
    assert forgotten(replace(STATE, sent=Sent()), DOSED_UNTIL, WARD) == (None, TOMBSTONE)
    assert forgotten(replace(STATE, sent=Sent(), forgotten=True), DOSED_UNTIL, WARD) == (None, [])
    gone = Merge("bed-9", "h", "e", 1, 2, acknowledged=True)
    assert forgotten(replace(STATE, merge=gone), LEFT, WARD) == (None, [])
