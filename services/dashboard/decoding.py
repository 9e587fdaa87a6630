"""Kafka records to what the board folds, or the reason why not. Pure."""

from schemas.alarms import ALARMS
from schemas.bedside import TICK
from schemas.catalogue import read_event
from schemas.deliveries import DELIVERY
from schemas.escalations import ESCALATION
from schemas.estimates import ESTIMATE
from schemas.reading import read_bedside
from schemas.reasons import Refusal
from schemas.responses import RESPONSE
from schemas.topics import ALARMS as ALARMS_TOPIC
from schemas.topics import BEDSIDE, DELIVERIES, ESCALATIONS, ESTIMATES, RESPONSES, Topic
from services.dashboard.beds import Event

# The schema of every topic that holds only one.
SCHEMA_OF = {
    ESTIMATES.name: ESTIMATE,
    ESCALATIONS.name: ESCALATION,
    ALARMS_TOPIC.name: ALARMS,
    DELIVERIES.name: DELIVERY,
    RESPONSES.name: RESPONSE,
}
WHOLE_TOPICS: tuple[Topic, ...] = (ESTIMATES, ALARMS_TOPIC)
RECENT_TOPICS: tuple[Topic, ...] = (ESCALATIONS, DELIVERIES, RESPONSES)
LIVE_TOPICS: tuple[Topic, ...] = (BEDSIDE,)

_TICK = b'{"schema":"crs.tick.v1"}'


def decode(topic: str, key: bytes | None, body: bytes | None) -> tuple[str, str, Event | None] | Refusal:
    """Schema, key and event of one record; the event is None for a tombstone.

    Args:
        topic: the registered name, without a prefix.
        key: the record's key; ticks have none.
        body: the record's value; None is a tombstone.
    """
    named = (key or b"").decode(errors="replace")
    if topic == BEDSIDE.name:
        if body == _TICK:
            return TICK, named, {"schema": TICK}
        found = read_bedside(body or b"", key)
        return found if isinstance(found, Refusal) else (found["schema"], named, found)
    schema = SCHEMA_OF[topic]
    if body is None:
        return schema, named, None
    event = read_event(schema, body)
    return event if isinstance(event, Refusal) else (schema, named, event)
