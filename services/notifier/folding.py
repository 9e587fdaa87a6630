"""Everything that waits for one patient, taken together: alarms before and news in, alarms after and pages out. Pure.

Taking it together is what folds a backlog: after an outage an alarm that still stands is paged once, as it stands now,
and one that came and went is not paged at all. In quiet times the news is one record and the same code decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from schemas.escalations import Escalation
from schemas.responses import Response
from services.notifier.alarm import Alarm, Answer, Call, Cause, State
from services.notifier.climbing import advance, hurry
from services.notifier.decision import Verdict, after_folding, decide
from services.notifier.policy import Policy
from services.notifier.raising import RESOLVED, clear, key_of, raised
from services.notifier.responding import OVER, respond

# A hop of an alarm: escalation, round, index.
HopName = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class News:
    """What waits for one patient.

    Attributes:
        escalations: not yet weighed, in the order of the topic.
        responses: undecided answers to escalations that are known.
        unreachable: hops of which a page failed for good since the last time.
        called: for each escalation that news of an end may name, the roles somebody tried to reach about it.
    """

    escalations: Sequence[Escalation] = ()
    responses: Sequence[Response] = ()
    unreachable: frozenset[HopName] = frozenset()
    called: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ring:
    """A call together with the alarm it is about."""

    alarm: Alarm
    call: Call


@dataclass(frozen=True, slots=True)
class Farewell:
    """`resolved`, for everyone who was called about what it resolves."""

    escalation: Escalation
    roles: tuple[str, ...]
    stands: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One transition, for the record that is only ever appended to."""

    alarm: Alarm
    cause: Cause


@dataclass(slots=True)
class Folded:
    """What came of it.

    Attributes:
        alarms: open and latched ones, by their key.
        silenced: keys of alarms that ask nobody any more; pages still waiting for them are withdrawn.
        restarted: keys whose ladder began anew, with the round that counts now; older pages are withdrawn.
        verdicts: why each escalation is paged or not.
        answers: what became of each response.
    """

    alarms: dict[str, Alarm]
    rings: list[Ring] = field(default_factory=list)
    farewells: list[Farewell] = field(default_factory=list)
    silenced: set[str] = field(default_factory=set)
    restarted: dict[str, int] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)


def fold(before: Sequence[Alarm], news: News, *, policy: Policy, now_ms: int) -> Folded:
    """Escalations first, then answers, then time: an answer meets the newest state, and is refused if it is old."""
    folded = Folded({alarm.key: alarm for alarm in before})
    rounds = {alarm.key: alarm.round for alarm in before}
    for escalation in news.escalations:
        if escalation["kind"] == RESOLVED:
            _end(folded, escalation, news, policy)
        else:
            _raise(folded, escalation, policy, now_ms, rounds)
    for alarm in list(folded.alarms.values()):
        if _failed(alarm, news.unreachable):
            _keep(folded, hurry(alarm, Cause.UNREACHABLE, now_ms))
    for response in news.responses:
        _answer(folded, response, now_ms)
    for alarm in list(folded.alarms.values()):
        _let_time_pass(folded, alarm, now_ms)
    _close_books(folded, rounds, news)
    return folded


def _raise(folded: Folded, escalation: Escalation, policy: Policy, now_ms: int, rounds: Mapping[str, int]) -> None:
    key = key_of(escalation)
    standing = folded.alarms.get(key)
    folded.verdicts[escalation["escalation_id"]] = decide(escalation, standing)
    # Where one ended in this very fold its rounds are counted on: its waiting pages are older, and withdrawn.
    _keep(folded, raised(escalation, standing, policy=policy, now_ms=now_ms, rounds=rounds.get(key, 0)))


def _end(folded: Folded, escalation: Escalation, news: News, policy: Policy) -> None:
    latch = escalation.get("reason") in policy.latched_reasons
    ended = frozenset(escalation.get("resolves", ()))
    for alarm in list(folded.alarms.values()):
        for standing in alarm.standing:
            if standing.escalation_id in ended:
                alarm = clear(alarm, escalation_id=standing.escalation_id, latch=latch)
                _keep(folded, alarm)
    roles = sorted({role for one in ended for role in news.called.get(one, ())})
    stands = any(set(alarm.members) & ended and alarm.standing for alarm in folded.alarms.values())
    if roles:
        folded.farewells.append(Farewell(escalation, tuple(roles), stands))
    verdict = Verdict.TELL_RESOLVED if roles else Verdict.SILENT_NOBODY_TO_TELL
    folded.verdicts[escalation["escalation_id"]] = verdict


def _answer(folded: Folded, response: Response, now_ms: int) -> None:
    about = (alarm for alarm in folded.alarms.values() if response["escalation_id"] in alarm.members)
    alarm = next(about, None)
    if alarm is None:
        folded.answers[response["response_id"]] = Answer(response["response_id"], False, OVER)
        return
    answered = respond(alarm, response, now_ms)
    folded.answers[response["response_id"]] = answered.answers[-1]
    _keep(folded, answered)


def _let_time_pass(folded: Folded, alarm: Alarm, now_ms: int) -> None:
    later, calls = advance(alarm, now_ms)
    if later == alarm:
        return
    folded.alarms[later.key] = later
    folded.changes.extend(Change(later, call.cause) for call in calls)
    folded.rings.extend(Ring(later, call) for call in calls)


def _keep(folded: Folded, alarm: Alarm) -> None:
    if folded.alarms.get(alarm.key) == alarm:
        return
    folded.changes.append(Change(alarm, alarm.cause))
    if alarm.state is State.CLOSED:
        del folded.alarms[alarm.key]
    else:
        folded.alarms[alarm.key] = alarm


def _failed(alarm: Alarm, unreachable: frozenset[HopName]) -> bool:
    """True where the hop called last could not be reached and there is a next one to go to.

    After the last hop only the repeat helps: beginning anew at once would call a broken channel without end.
    """
    if not alarm.next_hop:
        return False
    return (alarm.escalation_id, alarm.round, alarm.next_hop - 1) in unreachable


def _close_books(folded: Folded, rounds: Mapping[str, int], news: News) -> None:
    for escalation in news.escalations:
        if escalation["kind"] == RESOLVED:
            continue
        name, alarm = escalation["escalation_id"], folded.alarms.get(key_of(escalation))
        folded.verdicts[name] = after_folding(folded.verdicts[name], name, alarm)
    for key in sorted({*rounds, *folded.alarms}):
        alarm = folded.alarms.get(key)
        if alarm is None or alarm.state is not State.UNACKNOWLEDGED:
            folded.silenced.add(key)
        elif alarm.round != rounds.get(key):
            folded.restarted[key] = alarm.round
