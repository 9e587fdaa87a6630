"""`crswatch replay FILE` as it is promised: what it prints, where it complains, how it ends."""

import json

import pytest

from tests.e2e.replaying import crswatch, printed

AT = "2026-03-01T{}:00.000Z"


def event(event_id: str, at: str, schema: str = "crs.clinical.v1", **fields: object) -> dict:
    time = {"crs.vitals.v1": "observed_at", "crs.clinical.v1": "recorded_at"}[schema]
    return {"schema": schema, "event_id": event_id, "patient_id": "bed-7", time: AT.format(at), **fields}


ADMITTED = event("a", "08:00", kind="encounter", action="admit", unit="4W", bed="7", age_years=60)
DOSED = event("d", "08:05", kind="immunotherapy", product="axi-cel")
FEVER = event("f", "09:00", "crs.vitals.v1", source="manual", temperature_c=39.25)
COLLAPSE = event("c", "09:30", "crs.vitals.v1", source="manual", sbp_mmhg=81.5)
IMPOSSIBLE = event("x", "09:45", "crs.vitals.v1", source="manual", spo2_pct=104.75)
FILE = [ADMITTED, DOSED, FEVER, COLLAPSE]


def lines(*events: dict) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "ward.jsonl"
    path.write_bytes(lines(*FILE))
    return path


def rises(output: bytes) -> list[tuple[int, str]]:
    return [(value["grade"], value["detected_at"]) for value in printed(output) if value.get("kind") == "crs_rise"]


def test_every_rise_is_printed_at_the_moment_of_the_file(file):
    done = crswatch("replay", file)

    assert (done.returncode, done.stderr) == (0, b"")
    assert rises(done.stdout) == [(1, AT.format("09:00")), (2, AT.format("09:30"))]


def test_escalations_come_before_at_most_one_estimate_of_the_same_record(file):
    kinds = [value["schema"] for value in printed(crswatch("replay", file).stdout)]

    assert set(kinds) == {"crs.estimates.v1", "crs.escalations.v1"}
    assert kinds[-1] == "crs.estimates.v1"


def test_standard_input_is_a_file_too(file):
    assert crswatch("replay", "-", stdin=file.read_bytes()).stdout == crswatch("replay", file).stdout


def test_a_bad_line_is_named_without_its_value_and_the_rest_goes_on(file):
    bad = lines(ADMITTED, DOSED, IMPOSSIBLE) + b"HR=88\n\n" + lines(FEVER, COLLAPSE)

    done = crswatch("replay", "-", stdin=bad)

    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == [
        "line 3: spo2_pct: out_of_range",
        "line 4: not_json",
        "line 5: empty",
    ]
    assert [grade for grade, _ in rises(done.stdout)] == [1, 2]


def test_what_only_the_grader_can_refuse_is_named_with_its_line(file):
    other_content = FEVER | {"temperature_c": 37.0}
    ahead = event("z", "23:00", "crs.vitals.v1", source="manual", spo2_pct=97) | {"received_at": AT.format("09:31")}

    done = crswatch("replay", "-", stdin=lines(*FILE, other_content, ahead))

    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == [
        "line 5: event_id: conflicting_event_id",
        "line 6: observed_at: future_time",
    ]


def test_time_goes_on_until_the_named_moment(file):
    def last_word(*words: str) -> str:
        found = printed(crswatch("replay", file, *words).stdout)
        return max(value.get("detected_at") or value["as_of"] for value in found)

    assert last_word() == AT.format("09:30")
    assert AT.format("17:00") < last_word("--until", AT.format("23:00")) <= AT.format("23:00")


def test_without_enrolment_only_a_ward_that_watches_everybody_pages():
    unenrolled = lines(ADMITTED, FEVER)

    assert rises(crswatch("replay", "-", stdin=unenrolled).stdout) == []
    assert rises(crswatch("replay", "-", "--watch-all", stdin=unenrolled).stdout) == [(1, AT.format("09:00"))]


def test_another_rule_set_grades_by_its_own_numbers(file, tmp_path):
    rules, warm = tmp_path / "rules.json", file.read_bytes().replace(b"39.25", b"38.5")
    signed = {"signed_off_by": "Dr A. Lead", "signed_off_on": "2026-01-05"}
    rules.write_text(json.dumps({"id": "site-7", "fever_c": 39.0, **signed}))

    done = crswatch("replay", "-", "--rules", rules, stdin=warm)

    assert len(rises(crswatch("replay", "-", stdin=warm).stdout)) == 2
    assert rises(done.stdout) == []
    assert {value["rules"]["id"] for value in printed(done.stdout)} == {"site-7"}


def test_a_loosened_limit_that_nobody_signed_is_refused(file, tmp_path):
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps({"id": "site-7", "fever_c": 39.0}))

    done = crswatch("replay", file, "--rules", rules)

    assert (done.returncode, done.stdout) == (2, b"")
    assert b"fever_c" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("missing.jsonl",),
        ("-", "--until", "tomorrow"),
        ("-", "--rules", "missing.json"),
        ("-", "--until"),
        (),
    ],
)
def test_wrong_use_ends_with_one_sentence(words):
    done = crswatch("replay", *words, stdin=b"")

    assert (done.returncode, done.stdout) == (2, b"")
    assert len(done.stderr.decode().splitlines()) == 1


def test_an_empty_file_prints_nothing():
    done = crswatch("replay", "-", stdin=b"")

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
