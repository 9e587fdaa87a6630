"""What a sender says its body is. Pure."""

from services.ingest.items import Form

JSON_TYPES = ("application/json",)
LINES_TYPES = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines")
# ASCII is a subset of UTF-8; whatever else is named would have to be guessed at.
_CHARSETS = ("utf-8", "utf8", "us-ascii", "ascii")


def form_of(content_type: str, content_encoding: str = "") -> Form | None:
    """How to cut the body, or None where we do not take it in this form."""
    media_type, *parameters = (part.strip().lower() for part in content_type.split(";"))
    named = dict(part.split("=", 1) for part in parameters if "=" in part)
    if named.get("charset", "utf-8").strip('"') not in _CHARSETS:
        return None
    if content_encoding.strip().lower() not in ("", "identity"):
        return None
    if media_type in JSON_TYPES:
        return "json"
    return "lines" if media_type in LINES_TYPES else None
