"""What a site may change, and what is refused at the start rather than graded with."""

import json
from pathlib import Path

import pytest

from services.control.__main__ import main
from services.grader.engine.rules import DEFAULT_RULES, with_unit_profile
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


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"id": "ours-1", "feverish_c": 38}, "no such rule: feverish_c"),
        ({"id": "ours-1", "fever_c": "38"}, "not a number for a rule: fever_c"),
        ({"fever_c": 38.3}, "an id of their own"),
        ({"id": 1, "fever_c": 38.3}, "`id` has to be a name"),
        (["fever_c", 38.3], "has to hold one JSON object"),
    ],
)
def test_bad_rules_are_refused_in_a_sentence(tmp_path, values, why):
    with pytest.raises(BadSiteFile, match=why) as refused:
        load_site(written(tmp_path, values), None)

    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"signed_off_by": ""}, "signed_off_by"),
        ({"units": ["onc"]}, "needs `signed_off_by` and `units`"),
        ({"units": {"onc": 0}}, "unit onc has to name"),
        ({"units": {"onc": {"vasopressor": 0}}}, "unit onc has to name"),
        ({"units": {"onc": {"oxygen": 5}}}, "support of grade 0 to 4"),
        ({"units": {"onc": {"oxygen": "3"}}}, "support of grade 0 to 4"),
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
