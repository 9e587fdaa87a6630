"""Records for `crs.rejected.v1`: what was refused, byte for byte, and why. Pure."""

import base64
import re
from hashlib import sha256

from schemas.encoding import encode
from schemas.reasons import Refusal
from schemas.rejected import KEPT_BYTES, REJECTED
from schemas.times import format_time
from services.ingest.body import Body

# A field's name comes from the sender, who may have put anything there: only what looks like a name is repeated.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")


def field_name(refusal: Refusal) -> str | None:
    """The field a refusal is about, where its name may be repeated."""
    return refusal.field if refusal.field is not None and _NAME.fullmatch(refusal.field) else None


def whole(content: bytes) -> Body:
    """Bytes that are all there, with their length and hash."""
    return Body(content, len(content), sha256(content).hexdigest())


def rejected_record(rejected_id: str, refusal: Refusal, body: Body, *, source: str, now_ms: int) -> bytes:
    """One record for the rejected topic. The name of an unknown field stays with the bytes it stands in."""
    record: dict[str, object] = {"schema": REJECTED, "rejected_id": rejected_id, "reason": refusal.reason}
    if name := field_name(refusal):
        record["field"] = name
    record["received_at"] = format_time(now_ms)
    record["source"] = f"{source} (cut)" if body.cut else source
    record["bytes_base64"] = base64.b64encode(body.content[:KEPT_BYTES]).decode()
    record["sha256"] = body.sha256
    record["length"] = body.length
    return encode(record)
