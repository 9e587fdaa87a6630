"""The description of the interface is the contract's own, and the answers keep to it."""

import pytest
from jsonschema import Draft202012Validator

from schemas.bedside import VITALS
from services.ingest.openapi import openapi_document
from services.ingest.parse import known_fields
from tests.integration.ingest.test_accepting import pressor, vitals

DOCUMENT = openapi_document(4 * 1024 * 1024)


def validator(name):
    components = {"components": DOCUMENT["components"]}
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", **components})


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_every_schema_is_a_schema(name):
    Draft202012Validator.check_schema(DOCUMENT["components"]["schemas"][name])


def test_events_are_described_as_they_are_judged():
    assert validator("Vitals").is_valid(vitals("a"))
    assert not validator("Vitals").is_valid(vitals("a", temperature_f=101))
    assert validator("Clinical").is_valid(pressor("a", rate=0.1, rate_unit="ug/kg/min"))
    assert not validator("Clinical").is_valid(pressor("a", kind="mood"))


def test_every_kind_of_event_is_described_with_all_its_fields():
    described = {
        schema["properties"].get("kind", {}).get("const", VITALS): frozenset(schema["properties"])
        for schema in DOCUMENT["components"]["schemas"].values()
        if "event_id" in schema.get("properties", {})
    }

    assert described == known_fields()


@pytest.mark.kafka
def test_the_service_shows_it_and_keeps_to_it(ingest):
    assert ingest.get("/openapi.json").json() == DOCUMENT
    mixed = ingest.post("/v1/vitals", json=[vitals("a"), vitals("b", spo2_pct=-1), vitals("c", source=1)])
    assert list(validator("Results").iter_errors(mixed.json())) == []
    assert list(validator("Problem").iter_errors(ingest.post("/v1/vitals", content=b"{").json())) == []
