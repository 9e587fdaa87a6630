"""The catalogue of bad input: what a ward's interfaces really send, and the reason each is refused with.

`EVENTS` are single events: sent alone, in the middle of good ones, and given to the one decoder as they would stand on
the topic. `BODIES` are whole requests that cannot be cut into events. `EVENT` stands for an event_id of its own.
"""

import gzip
import json
from typing import Any, NamedTuple

from schemas.bedside import CLINICAL, VITALS

# Refused by ingest alone: on the topic these are read past, or known only to the grader's memory and clock.
INGEST_ONLY = ("unknown_field", "duplicate_field", "unknown_unit", "unknown_code", "future_time")


class BadEvent(NamedTuple):
    """`kept` is what is stored all the same, beside the event's name, patient and time; None where nothing is."""

    title: str
    body: bytes
    reason: str
    field: str | None = None
    kept: dict[str, Any] | None = None
    endpoint: str = "/v1/vitals"
    on_topic: str | None = None  # the decoder's reason where it is another one

    def named(self, event_id: str) -> bytes:
        return self.body.replace(b"EVENT", event_id.encode())


class BadBody(NamedTuple):
    title: str
    body: bytes
    reason: str
    code: int = 400
    content_type: str = "application/json"
    headers: dict[str, str] = {}  # noqa: RUF012 - a NamedTuple's default, never changed


WHO_AND_WHEN = {
    "schema": VITALS,
    "event_id": "EVENT",
    "patient_id": "bed-7",
    "observed_at": "2026-03-01T14:30:00Z",
    "source": "monitor",
}
CHARTED = {"schema": CLINICAL, "event_id": "EVENT", "patient_id": "bed-7", "recorded_at": "2026-03-01T14:30:00Z"}
HEART = {"heart_rate_bpm": 88.0}


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in {**WHO_AND_WHEN, **HEART}.items() if key != name}


def whole(title: str, reason: str, field: str | None = None, on_topic: str | None = None, **changes: Any) -> BadEvent:
    """Vitals of which nothing can be kept."""
    body = json.dumps({**WHO_AND_WHEN, **HEART, **changes}).encode()
    return BadEvent(title, body, reason, field, on_topic=on_topic)


def sign(title: str, reason: str, field: str, value: Any) -> BadEvent:
    """Vitals with one bad measurement beside a good heart rate."""
    return BadEvent(title, json.dumps({**WHO_AND_WHEN, field: value, **HEART}).encode(), reason, field, HEART)


def written(title: str, reason: str, field: str, text: str) -> BadEvent:
    """The same, for what only a text can say."""
    body = json.dumps({**WHO_AND_WHEN, field: "HERE", **HEART}).replace('"HERE"', text).encode()
    return BadEvent(title, body, reason, field, HEART)


def charted(
    title: str, reason: str, field: str | None = None, kept: dict[str, Any] | None = None, **fields: Any
) -> BadEvent:
    """A charted event."""
    return BadEvent(title, json.dumps({**CHARTED, **fields}).encode(), reason, field, kept, "/v1/clinical")


def raw(title: str, reason: str, body: bytes, field: str | None = None) -> BadEvent:
    return BadEvent(title, body, reason, field)


EVENTS = (
    # What a number can be instead of a measurement.
    sign("temperature in Fahrenheit under a name of its own", "unknown_field", "temperature_f", 101.3),
    sign("temperature times ten", "out_of_range", "temperature_c", 384.5),
    sign("number as text", "wrong_type", "temperature_c", "38.4"),
    sign("number with its unit", "wrong_type", "temperature_c", "38.4 C"),
    sign("number with its unit as an object", "wrong_type", "temperature_c", {"value": 101.1, "unit": "[degF]"}),
    sign("number in a list", "wrong_type", "spo2_pct", [91]),
    sign("true as a number", "wrong_type", "spo2_pct", True),
    sign("null for no value", "null_field", "temperature_c", None),
    sign("empty text for no value", "wrong_type", "temperature_c", ""),
    sign("-100 for no value", "out_of_range", "spo2_pct", -100),
    sign("32767 for a probe that is off", "out_of_range", "map_mmhg", 32767),
    sign("saturation above 100", "out_of_range", "spo2_pct", 104),
    sign("negative respiratory rate", "out_of_range", "resp_rate_bpm", -1),
    sign("pressure in hectopascal", "out_of_range", "sbp_mmhg", 1013.25),
    sign("a site that is not listed", "not_allowed", "temperature_site", "forehead"),
    written("NaN", "not_finite", "temperature_c", "NaN"),
    written("Infinity", "not_finite", "temperature_c", "Infinity"),
    written("minus Infinity", "not_finite", "temperature_c", "-Infinity"),
    written("a number too large for any machine", "not_finite", "temperature_c", "1e400"),
    written("a number of five thousand digits", "not_json", "temperature_c", "9" * 5000)._replace(
        field=None, kept=None
    ),
    written("the same sign twice", "duplicate_field", "temperature_c", '36.8, "temperature_c": 39.9'),
    # Who and when.
    whole("no measurement at all", "no_measurement", heart_rate_bpm=None)._replace(
        body=json.dumps(WHO_AND_WHEN).encode()
    ),
    whole("nothing but an unknown field", "unknown_field", "hr")._replace(
        body=json.dumps({**WHO_AND_WHEN, "hr": 88}).encode()
    ),
    raw("no patient", "missing_field", json.dumps(_without("patient_id")).encode(), "patient_id"),
    raw("no event_id", "missing_field", json.dumps(_without("event_id")).encode(), "event_id"),
    raw("no time", "missing_field", json.dumps(_without("observed_at")).encode(), "observed_at"),
    raw("no source", "missing_field", json.dumps(_without("source")).encode(), "source"),
    raw("no schema", "missing_field", json.dumps(_without("schema")).encode(), "schema"),
    whole("patient as a number", "wrong_type", "patient_id", patient_id=7),
    whole("patient without a name", "bad_text", "patient_id", patient_id=""),
    whole("patient with a name that never ends", "bad_text", "patient_id", patient_id="x" * 5000),
    whole("control character in a name", "bad_text", "patient_id", patient_id="bed\x007"),
    whole("half a character in a name", "not_json", patient_id="bed-\ud800"),
    whole("event_id that never ends", "bad_text", "event_id", event_id="x" * 201),
    whole("a source that is not listed", "not_allowed", "source", source="guess"),
    whole("time without a zone", "no_zone", "observed_at", observed_at="2026-03-01T14:30:00"),
    whole("a day that does not exist", "bad_time", "observed_at", observed_at="2026-02-30T14:30:00Z"),
    whole("the year 0", "bad_time", "observed_at", observed_at="0000-03-01T14:30:00Z"),
    whole("the hour 24", "bad_time", "observed_at", observed_at="2026-03-01T24:30:00Z"),
    whole("a day without a time", "bad_time", "observed_at", observed_at="2026-03-01"),
    whole("an HL7 time", "bad_time", "observed_at", observed_at="20260301143000+0000"),
    whole("seconds since 1970", "wrong_type", "observed_at", observed_at=1772375400),
    whole("far future", "future_time", "observed_at", observed_at="9999-12-31T23:59:59Z"),
    # What kind of event.
    whole("a schema nobody wrote", "unknown_schema", "schema", schema="crs.vitals.v9"),
    whole("a tick in disguise", "unknown_schema", "schema", None, schema="crs.tick.v1")._replace(on_topic="accepted"),
    raw("an object without anything", "missing_field", b"{}", "schema"),
    raw("a number", "not_an_object", b"38.4"),
    raw("a text", "not_an_object", b'"temperature 38.4"'),
    raw("null", "not_an_object", b"null"),
    # What is charted.
    charted("a kind nobody knows", "unknown_kind", "kind", kind="mood"),
    charted("no kind", "missing_field", "kind"),
    charted("vitals among charted events", "unknown_schema", "schema")._replace(
        body=json.dumps({**WHO_AND_WHEN, **HEART}).encode(), on_topic="accepted"
    ),
    charted(
        "oxygen fraction in per cent",
        "out_of_range",
        "fio2",
        {"kind": "oxygen", "device": "venturi_mask"},
        kind="oxygen",
        device="venturi_mask",
        fio2=28,
    ),
    charted(
        "negative oxygen flow",
        "out_of_range",
        "flow_l_min",
        {"kind": "oxygen", "device": "nasal_cannula"},
        kind="oxygen",
        device="nasal_cannula",
        flow_l_min=-2,
    ),
    charted("a device nobody knows", "not_allowed", "device", kind="oxygen", device="hood"),
    charted("ICE above ten", "out_of_range", "ice", kind="neuro", ice=11),
    charted("half a point of ICE", "wrong_type", "ice", kind="neuro", ice=7.5),
    charted(
        "ICE above ten beside a finding",
        "out_of_range",
        "ice",
        {"kind": "neuro", "consciousness": "voice"},
        kind="neuro",
        consciousness="voice",
        ice=11,
    ),
    charted("a finding misspelt beside a good ICE", "unknown_field", "siezure", kind="neuro", ice=9, siezure="none"),
    charted("an examination without a finding", "nothing_charted", kind="neuro"),
    charted("a laboratory unit nobody listed", "unknown_unit", "unit", kind="lab", code="crp", value=80, unit="mg/cL"),
    charted("a laboratory code nobody listed", "unknown_code", "code", kind="lab", code="mood", value=1, unit="1"),
    charted(
        "a dose without a unit",
        "unknown_unit",
        "dose",
        {"kind": "medication", "drug": "paracetamol"},
        kind="medication",
        drug="paracetamol",
        dose=1000,
    ),
    charted(
        "a rate in a unit nobody listed",
        "unknown_unit",
        "rate_unit",
        {"kind": "vasopressor", "drug": "norepinephrine"},
        kind="vasopressor",
        drug="norepinephrine",
        rate=0.1,
        rate_unit="drops",
    ),
    charted(
        "an attribution without an end",
        "missing_field",
        "expires_at",
        kind="attribution",
        finding="fever",
        cause="infection",
        author="dr-1",
    ),
    charted("a merge into itself", "not_allowed", "merged_into", kind="encounter", action="merge", merged_into="bed-7"),
    charted("a retraction of itself", "bad_retraction", "retracts", kind="retraction", retracts="EVENT"),
    charted(
        "dose number nought",
        "out_of_range",
        "dose_number",
        {"kind": "immunotherapy", "product": "axi-cel"},
        kind="immunotherapy",
        product="axi-cel",
        dose_number=0,
    ),
    # What is no event: in a request of many lines each of these costs itself only.
    raw("half an event", "not_json", b'{"schema": "crs.vitals.v1", "event_id": "EVENT", "heart_ra'),
    raw("no JSON", "not_json", b"HR=88;SPO2=97"),
    raw("two events without a line between them", "not_json", b'{"schema": "a"} {"schema": "b"}'),
    raw("not UTF-8", "not_utf8", json.dumps({**WHO_AND_WHEN, **HEART}).encode().replace(b"bed-7", b"bed-\xfc")),
    raw("nested without end", "not_json", b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    raw(
        "a control character inside a text", "not_json", json.dumps(_without("x")).encode().replace(b"bed-7", b"bed\t7")
    ),
)

GOOD = json.dumps({**WHO_AND_WHEN, **HEART}).encode()

BODIES = (
    BadBody("nothing", b"", "empty"),
    BadBody("spaces", b" \n\t ", "empty"),
    BadBody("a list of nothing", b"[]", "empty"),
    BadBody("lines of nothing", b"\n\n\r\n", "empty", content_type="application/x-ndjson"),
    BadBody("a list without an end", b"[" + GOOD + b"," + GOOD, "not_json"),
    BadBody("a list with a comma too many", b"[" + GOOD + b",]", "not_json"),
    BadBody("a byte order mark", b"\xef\xbb\xbf" + GOOD, "not_json"),
    BadBody("UTF-16", GOOD.decode().encode("utf-16"), "not_utf8"),
    BadBody("lists without end", b"[" * 200_000, "not_json"),
    BadBody("a form", b"temperature_c=38.4", "unsupported_media_type", 415, "application/x-www-form-urlencoded"),
    BadBody("no word on what it is", GOOD, "unsupported_media_type", 415, ""),
    BadBody("Latin-1", GOOD, "unsupported_media_type", 415, "application/json; charset=iso-8859-1"),
    BadBody(
        "compressed", gzip.compress(GOOD, mtime=0), "unsupported_media_type", 415, headers={"Content-Encoding": "gzip"}
    ),
    BadBody("an HL7 message", b"MSH|^~\\&|MON|4W|CRS|HOSP\rPID|||bed-7\r", "unsupported_media_type", 415, "x/hl7"),
    BadBody("ten megabytes", b"[" + b" " * 10_000_000 + b"]", "too_large", 413),
    BadBody("just above the limit", b" " * (4 * 1024 * 1024 + 1), "too_large", 413),
)
