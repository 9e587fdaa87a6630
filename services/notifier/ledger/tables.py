"""The ledger's tables, the same on SQLite and PostgreSQL. Times are milliseconds since 1970.

`subjects` has one row a patient: locking it serialises all that is decided for this patient. Everything else is
appended to, or changes state once. `outbox` is what Kafka still has to hear, in the order it was decided.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text

METADATA = MetaData()
# SQLite counts up by itself only in an INTEGER primary key; PostgreSQL needs the wide type.
Serial = BigInteger().with_variant(Integer, "sqlite")

SUBJECTS = Table(
    "subjects",
    METADATA,
    Column("subject", String, primary_key=True, comment="patient_id, or the record key where there is no patient"),
    Column("revision", BigInteger, nullable=False, server_default="0"),
    Column("alarms", Text, nullable=False, server_default="[]", comment="open and latched alarms as JSON"),
    Column("due_ms", BigInteger, index=True, comment="when something has to be decided; null: only an event can"),
)
ESCALATIONS = Table(
    "escalations",
    METADATA,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("escalation_id", String, nullable=False, unique=True),
    Column("subject", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("origin", String, nullable=False, comment="topic, partition and offset"),
    Column("received_ms", BigInteger, nullable=False),
    Column("verdict", String, comment="why it was paged or not; null until it was weighed"),
    Index("escalations_unweighed", "subject", "verdict"),
)
RESPONSES = Table(
    "responses",
    METADATA,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("response_id", String, nullable=False, unique=True),
    Column("escalation_id", String, nullable=False, index=True),
    Column("subject", String, comment="null while the escalation is not known: the response waits"),
    Column("body", Text, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("outcome", String, comment="accepted or refused; null until it was judged"),
    Column("reason", String),
    Index("responses_unjudged", "subject", "outcome"),
)
PAGES = Table(
    "pages",
    METADATA,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("page_id", String, nullable=False, unique=True, comment="the webhook-id"),
    Column("subject", String, nullable=False, index=True),
    Column("alarm", String, nullable=False, comment="key of the alarm"),
    Column("escalation_id", String, nullable=False, index=True),
    Column("kind", String, nullable=False, comment="ring or farewell"),
    Column("round", Integer, nullable=False),
    Column("hop", Integer, nullable=False),
    Column("role", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("cause", String, nullable=False),
    Column("urgency", Integer, nullable=False, comment="0 first"),
    Column("body", Text, nullable=False, comment="rendered once: every attempt sends the same bytes"),
    Column("detected_ms", BigInteger, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("state", String, nullable=False, comment="queued, sending, sent, failed or withdrawn"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_attempt_ms", BigInteger, nullable=False),
    Column("claimed_until_ms", BigInteger, nullable=False, server_default="0"),
    Column("withdrawn", Boolean, nullable=False, default=False, comment="nobody needs to hear it any more"),
    Column(
        "weighed", Boolean, nullable=False, default=False, comment="its failure has been answered with the next hop"
    ),
    Column("code", String, comment="last answer of the channel"),
    Column("ended_ms", BigInteger),
    Index("pages_due", "state", "next_attempt_ms"),
)
TRANSITIONS = Table(
    "transitions",
    METADATA,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("subject", String, nullable=False, index=True),
    Column("alarm", String, nullable=False),
    Column("escalation_id", String, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("state", String, nullable=False),
    Column("cause", String, nullable=False),
    Column("actor", String),
    Column("policy_hash", String, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
)
OUTBOX = Table(
    "outbox",
    METADATA,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("topic", String, nullable=False, comment="without the installation's prefix"),
    Column("key", Text),
    Column("body", Text, nullable=False),
    Column("written_ms", BigInteger, index=True, comment="null until Kafka acknowledged it"),
)
# Whoever holds a row's lock has the turn; used where replicas must not work side by side.
TURNS = Table("turns", METADATA, Column("name", String, primary_key=True))
