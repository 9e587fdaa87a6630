"""The tables of `paging.md`."""

from dataclasses import replace

import pytest

from schemas.times import format_time
from services.notifier.alarm import State
from services.notifier.climbing import advance
from services.notifier.decision import decide
from services.notifier.raising import raised
from services.notifier.responding import respond
from tests.unit.notifier.events import escalation, response
from tests.unit.notifier.night import NIGHT_MS, shipped_policy
from tests.unit.notifier.tables import rows

POLICY = shipped_policy()


def number(cell: str) -> int | None:
    return int(cell) if cell else None


def raise_one(kind: str, priority: str, grade: int | None, **fields):
    name = "icans" if kind == "icans_rise" else "grade"
    event = escalation(kind, priority=priority, at_ms=NIGHT_MS, **({name: grade} | fields))
    return event, raised(event, None, policy=POLICY, now_ms=NIGHT_MS)


@pytest.mark.parametrize("row", rows("paging.md", "Who is called first"), ids=lambda row: row["situation"])
def test_who_is_called_first(row):
    _, alarm = raise_one(row["kind"], row["priority"], number(row["grade"]), unit=row["unit"] or None)

    _, (call,) = advance(alarm, NIGHT_MS)

    assert list(call.roles) == row["called at once"].split()


@pytest.mark.parametrize("row", rows("paging.md", "Why a page goes out"), ids=lambda row: row["situation"])
def test_why_a_page_goes_out(row):
    standing = None
    if row["stands"]:
        _, alarm = raise_one("crs_rise", "high", number(row["at grade"]))
        standing = replace(alarm, state=State(row["stands"]))
    event, _ = raise_one(row["then comes"], "high", number(row["of grade"]))

    assert decide(event, standing) == row["verdict"]


@pytest.mark.parametrize("row", rows("paging.md", "Whose answer counts"), ids=lambda row: row["situation"])
def test_whose_answer_counts(row):
    event, alarm = raise_one("crs_rise", {"2": "medium", "3": "high"}[row["grade"]], int(row["grade"]))
    alarm = replace(alarm, revision=7, sounded_at_revision=5)
    minutes = number(row["ends in min"])
    more = {"reason": row["reason"]} if row["reason"] else {}
    more |= {} if minutes is None else {"until": format_time(NIGHT_MS + minutes * 60_000)}
    answer = response(
        event, row["action"], revision=int(row["saw revision"]), grade=number(row["saw grade"]), at_ms=NIGHT_MS, **more
    )

    after = respond(alarm, answer, NIGHT_MS)

    assert (after.answers[-1].reason or "accepted") == row["outcome"]
    assert after.revision == 8
    if row["outcome"] != "accepted":
        assert (after.state, after.until_ms, after.actor) == (alarm.state, None, None)
