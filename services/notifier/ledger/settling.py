"""Decide what is due for one patient, in one transaction: read what waits, fold it, write down what follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import orjson
from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, select, update

from schemas.escalations import Escalation
from schemas.responses import Response
from services.notifier.alarm import Alarm
from services.notifier.climbing import next_step_ms
from services.notifier.decision import Verdict
from services.notifier.folding import Change, Folded, News, fold
from services.notifier.ledger.outbox import put_alarms
from services.notifier.ledger.pages import queue_page, roles_called, take_unreachable, withdraw_pages
from services.notifier.ledger.tables import ESCALATIONS, RESPONSES, SUBJECTS, TRANSITIONS
from services.notifier.raising import RESOLVED
from services.notifier.records import alarms_record
from services.notifier.rows import Manner, fault_rows, page_rows

# A patient our rules failed on is tried again this much later.
AGAIN_AFTER_FAULT_MS = 10_000

_ALARMS: TypeAdapter[list[Alarm]] = TypeAdapter(list[Alarm])


@dataclass(frozen=True, slots=True)
class Settled:
    """What was decided for one patient, to be counted."""

    subject: str
    verdicts: Mapping[str, Verdict]
    answers: Sequence[tuple[str, str]]
    fault: Exception | None = None


def settle_one(connection: Connection, manner: Manner, now_ms: int) -> Settled | None:
    """Decide for the patient who has waited longest; None where nobody waits. What another replica holds is skipped.

    A fault of our own rules costs this patient's turn, not the process: people are told, and it is tried again soon.
    """
    due = select(SUBJECTS).where(SUBJECTS.c.due_ms <= now_ms).order_by(SUBJECTS.c.due_ms)
    subject = connection.execute(due.limit(1).with_for_update(skip_locked=True)).first()
    if subject is None:
        return None
    news = _news(connection, subject.subject)
    before: list[Alarm] = []
    try:
        before = read_alarms(subject.alarms)
        folded = fold(before, news, policy=manner.policy, now_ms=now_ms)
        rows = page_rows(folded, manner, now_ms)
    except Exception as fault:
        _tell_of_fault(connection, subject.subject, fault_rows(subject.subject, before, news, manner, now_ms), now_ms)
        return Settled(subject.subject, {}, (), fault)
    _write_judgements(connection, folded)
    _write_changes(connection, subject.subject, folded.changes, now_ms)
    _write_pages(connection, subject.subject, folded, rows, now_ms)
    _write_subject(connection, subject, before, folded, now_ms)
    actions = {response["response_id"]: response["action"] for response in news.responses}
    answers = [(actions[name], _outcome(answer.accepted)) for name, answer in folded.answers.items()]
    return Settled(subject.subject, folded.verdicts, answers)


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


def _write_pages(connection: Connection, subject: str, folded: Folded, rows: list[dict[str, Any]], now_ms: int) -> None:
    for alarm in folded.silenced:
        withdraw_pages(connection, subject, alarm, older_than=None, now_ms=now_ms)
    for alarm, counts in folded.restarted.items():
        withdraw_pages(connection, subject, alarm, older_than=counts, now_ms=now_ms)
    for row in rows:
        queue_page(connection, {"subject": subject} | row, now_ms)


def _tell_of_fault(connection: Connection, subject: str, rows: list[dict[str, Any]], now_ms: int) -> None:
    for row in rows:
        queue_page(connection, {"subject": subject} | row, now_ms)
    again = update(SUBJECTS).where(SUBJECTS.c.subject == subject)
    connection.execute(again.values(due_ms=now_ms + AGAIN_AFTER_FAULT_MS))


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
