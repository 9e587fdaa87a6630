import json

import pytest

from services.control.__main__ import main
from services.simulator.scenarios import SCENARIOS


def test_it_writes_a_ward(tmp_path):
    out = tmp_path / "ward.jsonl"

    code = main(["simulate", "--out", str(out), "--patients", "2", "--days", "0.1", "--scenario", "crs_1=1"])

    events = [json.loads(line) for line in out.read_text().splitlines()]
    assert code == 0
    assert {event["patient_id"] for event in events} == {"sim-7-001", "sim-7-002"}
    assert list(tmp_path.iterdir()) == [out]


def test_the_start_decides_the_times(tmp_path):
    out = tmp_path / "ward.jsonl"

    main(["simulate", "--out", str(out), "--patients", "1", "--days", "0.1", "--start", "2026-03-01T10:00:00+01:00"])

    assert json.loads(out.read_text().splitlines()[0])["recorded_at"].startswith("2026-03-01T09:")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (["--scenario", "crs_9=1"], "crs_9"),
        (["--scenario", "crs_1"], "NAME=COUNT"),
        (["--scenario", "crs_1=9"], "9 patients"),
        (["--patients", "0"], "whole number"),
        (["--days", "nan"], "days"),
        (["--days", "0"], "days"),
        (["--start", "yesterday"], "time with a zone"),
        (["--every", "0.5"], "whole number"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_code_2(tmp_path, capsys, wrong, says):
    try:
        code = main(["simulate", "--out", str(tmp_path / "x.jsonl"), "--patients", "2", *wrong])
    except SystemExit as leaving:
        code = leaving.code

    assert code == 2
    complaint = capsys.readouterr().err
    assert says in complaint
    assert complaint.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_does_not_exist_is_said_so(tmp_path, capsys):
    code = main(["simulate", "--out", str(tmp_path / "no" / "x.jsonl"), "--patients", "1", "--days", "0.1"])

    assert code == 1
    assert "Cannot write" in capsys.readouterr().err


def test_help_names_every_scenario_and_an_example(capsys):
    with pytest.raises(SystemExit):
        main(["simulate", "--help"])

    shown = capsys.readouterr().out
    assert all(name in shown for name in SCENARIOS)
    assert "Example: crswatch simulate" in shown
