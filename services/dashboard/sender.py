"""Puts responses on their topic: an answer counts as sent once every in-sync replica has it."""

import asyncio
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError

from schemas.encoding import encode
from schemas.partitions import partition_for
from schemas.topics import RESPONSES
from services.dashboard.beds import Origin
from services.dashboard.settings import DashboardSettings
from services.runtime.kafka_clients import producer
from services.runtime.topics import topic_name

SENT_WITHIN_S = 10.0
REMEMBERED = 5_000


class Sender:
    """One producer, opened with the first response: the board must start without Kafka."""

    def __init__(self, settings: DashboardSettings) -> None:
        self._settings = settings
        self._topic = topic_name(settings.topic_prefix, RESPONSES)
        self._producer: KafkaProducer | None = None
        self._opening = asyncio.Lock()
        self._sent: dict[str, dict[str, Any]] = {}

    def sent(self, response_id: str) -> dict[str, Any] | None:
        """What was sent under this id: pressing twice, or a repeated request, sends nothing twice."""
        return self._sent.get(response_id)

    async def send(self, response: dict[str, Any]) -> Origin | None:
        """Where Kafka put the response; None if Kafka did not take it in time."""
        try:
            async with self._opening:
                self._producer = self._producer or await asyncio.to_thread(
                    producer, self._settings, client_id="dashboard"
                )
            origin = await asyncio.to_thread(self._acknowledged, self._producer, response)
        except KafkaError:
            return None
        self._sent[response["response_id"]] = response
        while len(self._sent) > REMEMBERED:
            del self._sent[next(iter(self._sent))]
        return origin

    def _acknowledged(self, kafka: KafkaProducer, response: dict[str, Any]) -> Origin:
        patient_id = response["patient_id"]
        place = kafka.send(
            self._topic,
            encode(response),
            key=patient_id.encode(),
            partition=partition_for(patient_id, self._settings.partitions),
        ).get(timeout=SENT_WITHIN_S)
        return Origin(RESPONSES.name, place.partition, place.offset, place.timestamp)

    def close(self) -> None:
        """Give up what is still open."""
        if self._producer is not None:
            self._producer.close(timeout=1)
