"""Why something was refused: one closed list, the same on the wire, in replies, in metrics and on standard error."""

from typing import Literal, NamedTuple, get_args

Reason = Literal[
    "empty",  # nothing was sent
    "too_large",  # above the size limit; its first 512 KiB, length and hash are kept
    "not_utf8",
    "not_json",
    "not_an_object",
    "unsupported_media_type",
    "unknown_schema",
    "unknown_kind",
    "unknown_field",  # producers are strict; ingest only
    "duplicate_field",  # the same name twice in one event; ingest only
    "missing_field",
    "null_field",  # absent means absent, never null
    "wrong_type",
    "not_finite",
    "out_of_range",  # outside the encodable range: cannot be meant
    "not_allowed",  # not one of the listed words
    "unknown_unit",  # not in the closed table of this quantity, or none given; ingest only
    "unknown_code",  # not in the closed table of laboratory codes; ingest only
    "bad_text",  # empty, too long or with control characters
    "bad_time",  # not RFC 3339, or a day that does not exist
    "no_zone",  # a time without a zone
    "future_time",  # more than 10 min ahead of the clock
    "no_measurement",  # vitals without a single sign
    "nothing_charted",  # a charted event without content
    "key_mismatch",  # record key and patient_id disagree
    "wrong_partition",  # not where Kafka's own murmur2 puts the key
    "conflicting_event_id",  # the event_id is known with other content
    "bad_retraction",  # a retraction of a retraction or of itself
    "unknown_rules",  # a rule set was activated that this worker does not have
    "engine_fault",  # the software failed on this record; a page went out
]

REASONS: tuple[str, ...] = get_args(Reason)


class Refusal(NamedTuple):
    """What was wrong, and with which field. Never carries the value."""

    reason: Reason
    field: str | None = None

    def sentence(self) -> str:
        """For people: `spo2_pct: out_of_range`."""
        return self.reason if self.field is None else f"{self.field}: {self.reason}"
