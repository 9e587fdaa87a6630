"""Decide what is due for one patient, in one transaction: read what waits, fold it, write down what follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import orjson
from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, select, update

from schemas.encoding import encode
from schemas.escalations import Escalation
from schemas.responses import Response
from schemas.times import parse_time
from services.notifier.alarm import Alarm, next_step_ms
from services.notifier.decision import Verdict
from services.notifier.folding import Change, Farewell, Folded, News, Ring, fold
from services.notifier.ledger.outbox import put_alarms
from services.notifier.ledger.pages import URGENCY, queue_page, roles_called, take_unreachable, withdraw_pages
from services.notifier.ledger.tables import ESCALATIONS, RESPONSES, SUBJECTS, TRANSITIONS
from services.notifier.policy import Policy
from services.notifier.raising import RESOLVED, key_of
from services.notifier.records import alarms_record
from services.notifier.wording import PayloadLevel, farewell_body, page_id, ring_body

_ALARMS: TypeAdapter[list[Alarm]] = TypeAdapter(list[Alarm])


@dataclass(frozen=True, slots=True)
class Manner:
    """How this notifier calls: by which policy, over which channels, saying how much."""

    policy: Policy
    channels: frozenset[str]
    level: PayloadLevel
    board_url: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What was decided for one patient, to be counted."""

    subject: str
    verdicts: Mapping[str, Verdict]
    answers: Sequence[tuple[str, str]]
    pages: int


def settle_one(connection: Connection, manner: Manner, now_ms: int) -> Settled | None:
    """Decide for the patient who has waited longest; None where nobody waits. What another replica holds is skipped."""
    due = select(SUBJECTS).where(SUBJECTS.c.due_ms <= now_ms).order_by(SUBJECTS.c.due_ms)
    subject = connection.execute(due.limit(1).with_for_update(skip_locked=True)).first()
    if subject is None:
        return None
    news = _news(connection, subject.subject)
    before = read_alarms(subject.alarms)
    folded = fold(before, news, policy=manner.policy, now_ms=now_ms)
    _write_judgements(connection, folded)
    _write_changes(connection, subject.subject, folded.changes, now_ms)
    pages = _write_pages(connection, subject.subject, folded, manner, now_ms)
    _write_subject(connection, subject, before, folded, now_ms)
    actions = {response["response_id"]: response["action"] for response in news.responses}
    answers = [(actions[name], _outcome(answer.accepted)) for name, answer in folded.answers.items()]
    return Settled(subject.subject, folded.verdicts, answers, pages)


def read_alarms(body: str) -> list[Alarm]:
    """Alarms as the ledger keeps them."""
    return _ALARMS.validate_json(body)


def _news(connection: Connection, subject: str) -> News:
    unweighed = select(ESCALATIONS.c.body).where(ESCALATIONS.c.subject == subject, ESCALATIONS.c.verdict.is_(None))
    unjudged = select(RESPONSES.c.body).where(RESPONSES.c.subject == subject, RESPONSES.c.outcome.is_(None))
    bodies = connection.execute(unweighed.order_by(ESCALATIONS.c.seq)).scalars()
    escalations = [cast(Escalation, orjson.loads(body)) for body in bodies]
    answers = connection.execute(unjudged.order_by(RESPONSES.c.seq)).scalars()
    responses = [cast(Response, orjson.loads(body)) for body in answers]
    ended = {name for one in escalations if one["kind"] == RESOLVED for name in one.get("resolves", ())}
    called = roles_called(connection, ended) if ended else {}
    return News(escalations, responses, take_unreachable(connection, subject), called)


def _write_judgements(connection: Connection, folded: Folded) -> None:
    for name, verdict in folded.verdicts.items():
        weighed = update(ESCALATIONS).where(ESCALATIONS.c.escalation_id == name)
        connection.execute(weighed.values(verdict=verdict.value))
    for name, answer in folded.answers.items():
        judged = update(RESPONSES).where(RESPONSES.c.response_id == name)
        connection.execute(judged.values(outcome=_outcome(answer.accepted), reason=answer.reason))


def _write_changes(connection: Connection, subject: str, changes: list[Change], now_ms: int) -> None:
    rows = [
        {
            "subject": subject,
            "alarm": change.alarm.key,
            "escalation_id": change.alarm.escalation_id,
            "revision": change.alarm.revision,
            "state": change.alarm.state.value,
            "cause": change.cause.value,
            "actor": change.alarm.actor,
            "policy_hash": change.alarm.policy_hash,
            "at_ms": now_ms,
        }
        for change in changes
    ]
    if rows:
        connection.execute(TRANSITIONS.insert(), rows)


def _write_pages(connection: Connection, subject: str, folded: Folded, manner: Manner, now_ms: int) -> int:
    for alarm in folded.silenced:
        withdraw_pages(connection, subject, alarm, older_than=None, now_ms=now_ms)
    for alarm, counts in folded.restarted.items():
        withdraw_pages(connection, subject, alarm, older_than=counts, now_ms=now_ms)
    rows = [_ring_row(ring, role, manner, now_ms) for ring in folded.rings for role in ring.call.roles]
    rows += [_farewell_row(one, role, manner, now_ms) for one in folded.farewells for role in one.roles]
    return sum(queue_page(connection, {"subject": subject} | row, now_ms) for row in rows)


def _ring_row(ring: Ring, role: str, manner: Manner, now_ms: int) -> dict[str, Any]:
    call = ring.call
    body = ring_body(ring, role, level=manner.level, board_url=manner.board_url, now_ms=now_ms)
    return {
        "page_id": page_id(call.escalation_id, call.round, call.hop, role),
        "alarm": ring.alarm.key,
        "escalation_id": call.escalation_id,
        "kind": "ring",
        "round": call.round,
        "hop": call.hop,
        "role": role,
        "channel": _channel(manner, role),
        "cause": call.cause.value,
        "urgency": URGENCY[ring.alarm.priority],
        "body": encode(body).decode(),
        "detected_ms": ring.alarm.raised_ms,
    }


def _farewell_row(farewell: Farewell, role: str, manner: Manner, now_ms: int) -> dict[str, Any]:
    escalation = farewell.escalation
    body = farewell_body(farewell, role, level=manner.level, board_url=manner.board_url, now_ms=now_ms)
    return {
        "page_id": page_id(escalation["escalation_id"], "resolved", role),
        "alarm": key_of(escalation),
        "escalation_id": escalation["escalation_id"],
        "kind": "farewell",
        "round": 1,
        "hop": 0,
        "role": role,
        "channel": _channel(manner, role),
        "cause": escalation.get("reason", RESOLVED),
        "urgency": URGENCY[escalation["priority"]],
        "body": encode(body).decode(),
        "detected_ms": parse_time(escalation["detected_at"]),
    }


def _channel(manner: Manner, role: str) -> str:
    return next(channel for channel in manner.policy.roles[role] if channel in manner.channels)


def _write_subject(connection: Connection, subject: Row[Any], before: list[Alarm], folded: Folded, now_ms: int) -> None:
    alarms = list(folded.alarms.values())
    changed = alarms != before
    steps = [step for alarm in alarms if (step := next_step_ms(alarm)) is not None]
    revision = subject.revision + changed
    row = {"due_ms": min(steps, default=None), "revision": revision, "alarms": _ALARMS.dump_json(alarms).decode()}
    connection.execute(update(SUBJECTS).where(SUBJECTS.c.subject == subject.subject).values(row))
    if changed:
        put_alarms(connection, alarms_record(subject.subject, alarms, revision=revision, now_ms=now_ms))


def _outcome(accepted: bool) -> str:
    return "accepted" if accepted else "refused"
