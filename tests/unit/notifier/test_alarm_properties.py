"""What must hold for an alarm whatever happens to it, in whatever order."""

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.times import format_time
from services.notifier.alarm import State
from services.notifier.climbing import next_step_ms
from services.notifier.folding import News, fold
from services.notifier.wording import page_id
from tests.unit.notifier.events import resolved, response, rise
from tests.unit.notifier.night import NIGHT_MS, shipped_policy

POLICY = shipped_policy()
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("rise"), st.integers(1, 4)),
        st.tuples(st.just("wait"), st.integers(1, 4000)),
        st.tuples(st.just("end"), st.integers(0, 5)),
        st.tuples(st.sampled_from(["acknowledge", "snooze", "decline", "note"]), st.integers(0, 5)),
    ),
    max_size=14,
)


class Stay:
    """One patient, driven through steps; keeps what was called and what stands."""

    def __init__(self) -> None:
        self.now_ms, self.alarms, self.told, self.rises = NIGHT_MS, [], [], []

    def hear(self, *escalations: dict, responses: tuple[dict, ...] = ()) -> list:
        folded = fold(self.alarms, News(escalations, responses), policy=POLICY, now_ms=self.now_ms)
        self.alarms = list(folded.alarms.values())
        self.told += [(ring.call, ring.alarm) for ring in folded.rings]
        return folded.rings

    def take(self, step: tuple[str, int]) -> None:
        what, number = step
        if what == "wait":
            self.now_ms += number * 1000
            self.hear()
        elif what == "rise":
            self.rises.append(rise(number, at_ms=self.now_ms, escalation_id=f"e{len(self.rises)}"))
            self.hear(self.rises[-1])
        elif self.rises and what == "end":
            self.hear(resolved(self.rises[number % len(self.rises)], at_ms=self.now_ms))
        elif self.rises:
            about = self.rises[number % len(self.rises)]
            until = {"reason": "seen", "until": format_time(self.now_ms + 600_000)} if what == "snooze" else {}
            name = f"r{len(self.told)}-{self.now_ms}-{number}"
            answer = response(about, what, revision=number * 3, at_ms=self.now_ms, response_id=name, **until)
            self.hear(responses=(answer,))


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_an_alarm_that_asks_for_somebody_always_has_a_next_step(steps):
    stay = Stay()
    for step in steps:
        stay.take(step)
        for alarm in stay.alarms:
            if alarm.state is State.UNACKNOWLEDGED:
                assert (next_step_ms(alarm) or 0) > stay.now_ms
            if alarm.state is State.SNOOZED or (alarm.state is State.ACKNOWLEDGED and (alarm.grade or 0) > 1):
                assert alarm.until_ms is None or alarm.until_ms > stay.now_ms


@settings(max_examples=300, deadline=None)
@given(STEPS, st.integers(1, 4))
def test_a_rise_always_sounds_whatever_was_answered_before(steps, grade):
    stay = Stay()
    for step in steps:
        stay.take(step)

    rings = stay.hear(rise(grade, at_ms=stay.now_ms))

    assert [ring.call.hop for ring in rings] == [0]
    (alarm,) = stay.alarms
    assert (alarm.state, alarm.grade) == (State.UNACKNOWLEDGED, grade)


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_no_two_calls_share_an_id(steps):
    stay = Stay()
    for step in steps:
        stay.take(step)

    names = [page_id(call.escalation_id, call.round, call.hop, role) for call, _ in stay.told for role in call.roles]
    assert len(names) == len(set(names))


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_an_acknowledgement_holds_only_for_a_grade_somebody_saw(steps):
    stay = Stay()
    for step in steps:
        before = {alarm.key: alarm for alarm in stay.alarms}
        stay.take(step)
        for alarm in stay.alarms:
            known = before.get(alarm.key)
            if alarm.state is State.ACKNOWLEDGED and known is not None:
                assert (alarm.grade or 0) <= (known.grade or 0)


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_revisions_only_rise(steps):
    stay = Stay()
    for step in steps:
        before = {alarm.escalation_id: alarm.revision for alarm in stay.alarms}
        stay.take(step)
        for alarm in stay.alarms:
            assert alarm.revision >= before.get(alarm.escalation_id, 0)
