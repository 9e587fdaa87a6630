"""Write down what Kafka delivered, once. Nothing is decided here, so nothing can go wrong but the disk."""

from sqlalchemy import Connection, select, update

from schemas.encoding import encode
from schemas.escalations import Escalation
from schemas.rejected import Rejected
from schemas.responses import Response
from schemas.topics import REJECTED
from services.notifier.ledger.opening import insert_new
from services.notifier.ledger.tables import ESCALATIONS, OUTBOX, RESPONSES, SUBJECTS


def subject_of(escalation: Escalation, key: str | None) -> str:
    """Whose alarm it is: the patient, or what the record is keyed by where there is none."""
    return escalation.get("patient_id") or key or escalation["escalation_id"]


def write_escalation(
    connection: Connection, escalation: Escalation, *, key: str | None, origin: str, now_ms: int
) -> bool:
    """Remember the escalation and that its patient has something to be decided; False where it was known."""
    subject = subject_of(escalation, key)
    row = {
        "escalation_id": escalation["escalation_id"],
        "subject": subject,
        "body": encode(escalation).decode(),
        "origin": origin,
        "received_ms": now_ms,
    }
    new = insert_new(connection, ESCALATIONS, row)
    if new:
        mark_due(connection, subject, now_ms)
    return new


def write_response(connection: Connection, response: Response, now_ms: int) -> bool:
    """Remember the response; `adopt_responses` finds out whose it is. False where it was known."""
    row = {
        "response_id": response["response_id"],
        "escalation_id": response["escalation_id"],
        "body": encode(response).decode(),
        "received_ms": now_ms,
    }
    return insert_new(connection, RESPONSES, row)


def adopt_responses(connection: Connection, now_ms: int) -> int:
    """Hand responses to the patients of their escalations; those of unknown escalations wait on."""
    known = (
        select(RESPONSES.c.seq, ESCALATIONS.c.subject)
        .join(ESCALATIONS, ESCALATIONS.c.escalation_id == RESPONSES.c.escalation_id)
        .where(RESPONSES.c.subject.is_(None))
    )
    found = connection.execute(known).all()
    for seq, subject in found:
        connection.execute(update(RESPONSES).where(RESPONSES.c.seq == seq).values(subject=subject))
        mark_due(connection, subject, now_ms)
    return len(found)


def mark_due(connection: Connection, subject: str, now_ms: int) -> None:
    """Have this patient's alarms looked at now."""
    if not insert_new(connection, SUBJECTS, {"subject": subject, "due_ms": now_ms}):
        connection.execute(update(SUBJECTS).where(SUBJECTS.c.subject == subject).values(due_ms=now_ms))


def write_rejected(connection: Connection, rejected: Rejected) -> None:
    """Leave what could not be read for the operators."""
    connection.execute(OUTBOX.insert().values(topic=REJECTED.name, body=encode(rejected).decode()))
