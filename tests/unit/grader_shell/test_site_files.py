"""What a site may change, and what is refused at the start rather than graded with."""

import json
from pathlib import Path

import pytest

from services.control.__main__ import main
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.ruleset.unit_profile import with_unit_profile
from services.grader.site_files import BadSiteFile, load_site

PROFILE = {"version": "1", "signed_off_by": "the unit's lead", "units": {"onc": {"vasopressors": 0, "oxygen": 3}}}


def written(tmp_path: Path, value: object) -> Path:
    path = tmp_path / "site.json"
    path.write_text(json.dumps(value))
    return path


def test_without_files_the_built_in_rules_are_in_force():
    assert load_site(None, None) is DEFAULT_RULES


def test_the_unit_profile_is_part_of_the_rules_and_of_their_hash(tmp_path):
    rules = load_site(None, written(tmp_path, PROFILE))

    assert rules.ceilings("onc") == (0, 3)
    assert rules.hash == with_unit_profile(DEFAULT_RULES, PROFILE).hash != DEFAULT_RULES.hash


def test_the_files_shown_in_the_handbook_are_accepted(tmp_path):
    handbook = Path("services/grader/README.md").read_text(encoding="utf-8")
    shown = [json.loads(block.partition("```")[0]) for block in handbook.split("```json\n")[1:]]
    paths = [tmp_path / f"{number}.json" for number in range(len(shown))]
    for path, value in zip(paths, shown, strict=True):
        path.write_text(json.dumps(value))

    rules = load_site(*paths)

    assert (rules.low_spo2_pct, rules.signed_off_by, rules.ceilings("onc")) == (
        88,
        "Dr A. Example, clinical lead",
        (0, 3),
    )


def test_a_tightened_limit_needs_no_signature(tmp_path):
    rules = load_site(written(tmp_path, {"id": "ours-1", "low_spo2_pct": 92, "forget_h": 36.5}), None)

    assert (rules.low_spo2_pct, rules.forget_h) == (92, 36.5)
    assert rules.reference == {"id": "ours-1", "hash": rules.hash}


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"id": "ours-1", "feverish_c": 38}, "there is no such rule: feverish_c"),
        ({"id": "ours-1", "fever_c": "38"}, "fever_c has to be a number"),
        ({"fever_c": 37.8}, "an id of their own"),
        ({"id": 1, "fever_c": 37.8}, "`id` has to be a name"),
        ({"id": "ours-1", "fever_c": 380}, "fever_c has to lie between 37 and 39 °C"),
        ({"id": "ours-1", "fever_c": 38.5}, "fever_c would be looser than 38 .* needs `signed_off_by`"),
        (["fever_c", 37.8], "has to hold one JSON object"),
    ],
)
def test_bad_rules_are_refused_in_a_sentence(tmp_path, values, why):
    with pytest.raises(BadSiteFile, match=why) as refused:
        load_site(written(tmp_path, values), None)

    assert str(refused.value).endswith(".")


def test_all_problems_of_a_file_are_said_at_once(tmp_path):
    path = written(tmp_path, {"id": "ours-1", "feverish_c": 38, "gap_grades": 1.5, "low_spo2_pct": 20})

    with pytest.raises(BadSiteFile) as refused:
        load_site(path, None)

    for said in ("feverish_c", "gap_grades has to be a whole number", "low_spo2_pct has to lie between"):
        assert said in str(refused.value)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"signed_off_by": ""}, "signed_off_by"),
        ({"signed_off_by": 7}, "signed_off_by has to be a text"),
        ({"signed_off_on": "last week"}, "signed_off_on has to be a day"),
        ({"units": ["onc"]}, "needs `signed_off_by` and `units`"),
        ({"units": {"onc": 0}}, "unit onc has to name"),
        ({"units": {"onc": {}}}, "unit onc has to name"),
        ({"units": {" ": {"oxygen": 3}}}, "a unit has to have a name"),
        ({"units": {"onc": {"vasopressor": 0}}}, "unit onc has to name"),
        ({"units": {"onc": {"oxygen": 5}}}, "unit onc: oxygen has to be one of the grades 0, 2, 3, 4"),
        ({"units": {"onc": {"oxygen": "3"}}}, "unit onc: oxygen has to be one of the grades"),
        ({"units": {"onc": {"vasopressors": 2}}}, "unit onc: vasopressors has to be one of the grades 0, 3, 4"),
        ({"unit": {}}, "there is no such field: unit"),
        ({"version": []}, "version has to be a name"),
    ],
)
def test_a_bad_unit_profile_is_refused_in_a_sentence(tmp_path, changed, why):
    with pytest.raises(BadSiteFile, match=why) as refused:
        load_site(None, written(tmp_path, PROFILE | changed))

    assert str(refused.value).endswith(".")


def test_a_file_that_is_no_json_is_refused(tmp_path):
    path = tmp_path / "site.json"
    path.write_text("fever_c = 38")

    with pytest.raises(BadSiteFile, match="is not JSON"):
        load_site(path, None)


@pytest.mark.parametrize("option", ["--rules", "--unit-profile"])
def test_replay_checks_the_files_before_the_first_line(tmp_path, capsys, option):
    path = written(tmp_path, {"fever_c": 41.0})

    code = main(["replay", "no/such/file.jsonl", option, str(path)])

    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert f"{path} cannot be used" in said.err
    assert said.err.count("\n") == 1


def test_replay_refuses_a_loosened_limit_that_nobody_signed(tmp_path, capsys):
    loosened = {"id": "ours-1", "low_spo2_pct": 85}

    code = main(["replay", "no/such/file.jsonl", "--rules", str(written(tmp_path, loosened))])

    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert "low_spo2_pct would be looser than 90" in said.err


def test_a_signature_travels_with_every_output(tmp_path, capfdbinary):
    signed = {"id": "ours-1", "low_spo2_pct": 85, "signed_off_by": "Dr A. Lead", "signed_off_on": "2026-03-01"}
    vitals = {
        "schema": "crs.vitals.v1", "event_id": "v1", "patient_id": "bed-7", "observed_at": "2026-03-01T08:00:00Z",
        "source": "manual", "spo2_pct": 86,
    }  # fmt: skip
    ward = tmp_path / "ward.jsonl"
    ward.write_text(json.dumps(vitals) + "\n")

    assert main(["replay", str(ward), "--rules", str(written(tmp_path, signed))]) == 0

    estimate = json.loads(capfdbinary.readouterr().out.splitlines()[0])
    assert estimate["rules"]["id"] == "ours-1"
    assert estimate["rules"]["signed_off_by"] == "Dr A. Lead"
    assert estimate["drivers"] == []
