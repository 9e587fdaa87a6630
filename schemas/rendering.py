"""The committed renderings: JSON Schema of every event, AsyncAPI of all topics, the README's topic table.

Pure: from the types and the registry to texts. `python -m schemas` writes them, a test compares.
"""

import json
from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from schemas.catalogue import MODELS, adapter
from schemas.topics import DAY_MS, TOPICS, Topic

DIALECT = GenerateJsonSchema.schema_dialect


def json_schema(schema: str) -> dict[str, Any]:
    """JSON Schema (2020-12) of one event."""
    return {"$schema": DIALECT, "$id": schema, **adapter(schema).json_schema()}


def render() -> dict[str, str]:
    """File name within `schemas/generated/` -> its whole text."""
    texts = {f"{schema}.json": _pretty(json_schema(schema)) for schema in MODELS}
    texts["asyncapi.json"] = _pretty(asyncapi())
    texts["topics.md"] = topic_table()
    return texts


def asyncapi() -> dict[str, Any]:
    """AsyncAPI 3.0: one channel a topic, one operation a producer and a consumer."""
    channels, operations = {}, {}
    for topic in TOPICS:
        messages = {schema: {"payload": {"$ref": f"./{schema}.json"}} for schema in _schemas_of(topic)}
        channels[topic.name] = {
            "address": topic.name,
            "description": topic.description,
            "messages": messages,
            "bindings": {"kafka": {"topic": topic.name, "topicConfiguration": _binding(topic)}},
        }
        for action, services in (("send", topic.producers), ("receive", topic.consumers)):
            for service in services:
                operations[f"{service}.{action}.{topic.name}"] = {
                    "action": action,
                    "channel": {"$ref": f"#/channels/{topic.name}"},
                }
    info = {"title": "crswatch", "version": "1", "description": "Topics between the services. Keys: see topics.md."}
    return {"asyncapi": "3.0.0", "info": info, "channels": channels, "operations": operations}


def topic_table() -> str:
    """Markdown for the README."""
    rows = ["| topic | holds | key | from | to | kept | who may read |", "|---|---|---|---|---|---|---|"]
    for topic in TOPICS:
        cells = (f"`{topic.name}`", topic.description, topic.key, ", ".join(topic.producers))
        rows.append("| " + " | ".join((*cells, ", ".join(topic.consumers), _kept(topic), topic.readers)) + " |")
    return "\n".join(rows) + "\n"


def _schemas_of(topic: Topic) -> list[str]:
    if topic.name == "crs.bedside.v1":
        return [
            schema for schema in MODELS if schema.split(".")[1] in ("vitals", "clinical", "handover", "tick", "rules")
        ]
    return [topic.name] if topic.name in MODELS else []


def _binding(topic: Topic) -> dict[str, Any]:
    kept = {} if topic.retention_ms is None else {"retention.ms": topic.retention_ms}
    return {"cleanup.policy": ["compact" if topic.compacted else "delete"], **kept}


def _kept(topic: Topic) -> str:
    return "newest a key" if topic.retention_ms is None else f"{topic.retention_ms // DAY_MS} days"


def _pretty(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
