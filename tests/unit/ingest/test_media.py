import pytest

from services.ingest.media import form_of


@pytest.mark.parametrize(
    ("content_type", "form"),
    [
        ("application/json", "json"),
        ("Application/JSON; Charset=UTF-8", "json"),
        ('application/json; charset="utf-8"', "json"),
        ("application/json; charset=us-ascii", "json"),
        ("application/x-ndjson", "lines"),
        ("application/jsonl;charset=utf8", "lines"),
        ("application/json; charset=iso-8859-1", None),
        ("application/json; charset=utf-16", None),
        ("application/jsonp", None),
        ("text/plain", None),
        ("", None),
    ],
)
def test_json_and_json_lines_in_utf_8_are_taken(content_type, form):
    assert form_of(content_type) == form


@pytest.mark.parametrize(("encoding", "form"), [("identity", "json"), ("gzip", None), ("br", None)])
def test_compressed_bodies_are_not_taken(encoding, form):
    assert form_of("application/json", encoding) == form
