"""The wire contract: renderings, examples, and that a released version only ever gains."""

import json
from pathlib import Path

import jsonschema
import pytest

import schemas
from schemas.__main__ import stale
from schemas.catalogue import MODELS, adapter, read_event
from schemas.encoding import encode
from schemas.reasons import Refusal
from schemas.rejected import KEPT_BYTES, KEPT_KEY_BYTES
from schemas.rendering import json_schema
from schemas.topics import REJECTED

ROOT = Path(schemas.__file__).parent
EXAMPLES = sorted(ROOT.glob("examples/*/*.json"))
RELEASED = sorted(ROOT.glob("released/*/*.json"))


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def test_renderings_match_the_types():
    assert stale() == [], "run `make schemas` and review the diff as a change of the contract"


def test_every_schema_has_an_example_and_every_example_a_schema():
    assert {path.parent.name for path in EXAMPLES} == set(MODELS)


@pytest.mark.parametrize("path", EXAMPLES, ids=named)
def test_an_example_is_read_and_written_back_unchanged(path):
    event = json.loads(path.read_text())

    read = read_event(path.parent.name, path.read_bytes())

    assert not isinstance(read, Refusal)
    assert json.loads(encode(read)) == event


@pytest.mark.parametrize("path", EXAMPLES, ids=named)
def test_readers_ignore_a_field_they_do_not_know(path):
    event = json.loads(path.read_text()) | {"of_a_later_version": {"x": 1}}

    assert not isinstance(read_event(path.parent.name, json.dumps(event).encode()), Refusal)


def test_a_word_of_a_later_version_does_not_silence_an_older_reader():
    event = json.loads((ROOT / "examples/crs.deliveries.v1/sent.json").read_text()) | {"state": "carried_by_hand"}

    assert read_event("crs.deliveries.v1", encode(event)) == event


def test_an_event_of_another_schema_is_refused():
    event = json.loads((ROOT / "examples/crs.deliveries.v1/sent.json").read_text()) | {"schema": "crs.deliveries.v2"}

    assert isinstance(read_event("crs.deliveries.v1", encode(event)), Refusal)


@pytest.mark.parametrize("path", EXAMPLES, ids=named)
def test_what_we_write_satisfies_every_released_schema(path):
    """Old readers read new events."""
    released_schemas = list(ROOT.glob(f"released/*/{path.parent.name}.json"))
    assert released_schemas
    for released in released_schemas:
        jsonschema.validate(json.loads(path.read_text()), json.loads(released.read_text()))


@pytest.mark.parametrize("path", RELEASED, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_a_released_schema_only_gains_optional_fields(path):
    """New readers read old events."""
    new = json_schema(path.stem)
    assert losses(json.loads(path.read_text()), new, path.stem, new.get("$defs", {})) == []


def losses(old, new, where, parts=None):
    """What an old event could hold and a new reader would refuse; an object may come to be described as a part."""
    found = []
    if isinstance(new, dict) and "$ref" in new and "$ref" not in old:
        new = (parts or {})[new["$ref"].rpartition("/")[2]]
    if isinstance(old, dict) and isinstance(new, dict):
        found += [
            f"{where}: {name} became required" for name in set(new.get("required", [])) - set(old.get("required", []))
        ]
        found += [f"{where}: {word} no longer allowed" for word in set(old.get("enum", [])) - set(new.get("enum", []))]
        for bound, tighter in (("minimum", float.__gt__), ("maximum", float.__lt__)):
            if bound in new and tighter(float(new[bound]), float(old.get(bound, new[bound]))):
                found.append(f"{where}: {bound} is tighter")
        for name in ("properties", "$defs"):
            for key, value in old.get(name, {}).items():
                if key not in new.get(name, {}):
                    found.append(f"{where}: {key} is gone")
                else:
                    found += losses(value, new[name][key], f"{where}.{key}", parts)
        if "type" in old and old.get("type") != new.get("type"):
            found.append(f"{where}: another type")
    return found


def test_a_lost_field_is_noticed():
    old = json_schema("crs.tick.v1") | {"properties": {"schema": {}, "gone": {}}}

    assert losses(old, json_schema("crs.tick.v1"), "tick") == ["tick: gone is gone"]


def fields_of(schema):
    for part in (schema, *schema.get("$defs", {}).values()):
        for name, value in part.get("properties", {}).items():
            yield f"{part.get('title')}.{name}", value


@pytest.mark.parametrize("schema", ["crs.vitals.v1", "crs.clinical.v1"])
def test_every_measured_number_has_a_unit_and_both_ranges(schema):
    wanted = {"unit", "plausible", "minimum", "maximum", "description"}
    numbers = [
        (name, value) for name, value in fields_of(json_schema(schema)) if value.get("type") in ("number", "integer")
    ]

    assert numbers
    assert [name for name, value in numbers if not wanted <= value.keys()] == []


@pytest.mark.parametrize("schema", MODELS)
def test_every_field_is_described(schema):
    bare = [
        name
        for name, value in fields_of(json_schema(schema))
        if not ({"description", "$ref"} & value.keys() or value.get("const"))
    ]

    assert bare == []


@pytest.mark.parametrize("schema", MODELS)
def test_a_model_refuses_an_empty_object(schema):
    with pytest.raises(ValueError, match=r"missing|union"):
        adapter(schema).validate_json("{}")


def test_the_longest_key_and_the_most_kept_bytes_of_a_refused_record_fit_into_one_record():
    most = int(REJECTED.config["max.message.bytes"])
    said_about_it = 4096

    assert KEPT_KEY_BYTES + KEPT_BYTES * 4 / 3 + said_about_it < most
