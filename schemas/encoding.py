"""The one way a value becomes bytes: JSON, UTF-8, keys in the order they stand, nothing else."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

import orjson


def encode(event: Mapping[str, Any]) -> bytes:
    """JSON in UTF-8. Key order is the mapping's own, so equal values give equal bytes."""
    return orjson.dumps(event)


def canonical(value: Any) -> bytes:
    """JSON with sorted keys: what hashes are taken of."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON, in hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def kept_bytes(body: bytes, limit: int = 512 * 1024) -> dict[str, Any]:
    """Refused bytes as the rejected topic keeps them: the first `limit` bytes, the length and the hash of all."""
    return {
        "bytes_base64": base64.b64encode(body[:limit]).decode(),
        "sha256": hashlib.sha256(body).hexdigest(),
        "length": len(body),
    }
