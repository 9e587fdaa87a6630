"""The graders' consumer group as the broker sees it: who is in it, and who owns what."""

from typing import Any

from kafka.errors import KafkaError

from services.control.pipeline_topics import grader_group
from services.runtime.kafka_clients import admin
from services.runtime.settings import KafkaSettings


def owned(kafka: KafkaSettings) -> dict[str, list[int]]:
    """Partitions of the bedside topic by member name; empty while the group is sorting itself out."""
    client, group = admin(kafka, client_id="crswatch-bench-group"), grader_group(kafka)
    try:
        found = client.describe_groups([group])[group]
    except KafkaError as fault:
        if not fault.retriable:
            raise
        return {}  # a young cluster has no coordinator yet
    finally:
        client.close()
    if found["group_state"] != "Stable":
        return {}
    return {_name(member): _partitions(member["member_assignment"]) for member in found["members"]}


def _name(member: Any) -> str:
    return str(member.get("group_instance_id") or member["member_id"])


def _partitions(assignment: Any) -> list[int]:
    return sorted(number for topic in assignment["assigned_partitions"] for number in topic["partitions"])
