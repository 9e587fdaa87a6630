"""Nights on the ward, minute by minute. Run on SQLite as unit tests and on PostgreSQL as integration tests."""

from services.notifier import responding
from services.notifier.alarm import State
from services.notifier.channels import Outcome
from tests.unit.notifier.night import Night

NURSE, CHARGE, PROVIDER, RAPID, HOUSE = (
    "primary_nurse",
    "charge_nurse",
    "on_call_provider",
    "rapid_response",
    "house_supervisor",
)


class Timelines:
    """Each test is one night."""

    def test_grade_2_that_nobody_answers_climbs_to_the_house_supervisor_and_begins_again(self, night: Night):
        night.hear(night.rise(2))
        night.expect(NURSE, why="raised", hop=1, hops=4, round=1)
        night.at(59.9).expect_silence()
        night.at(60).expect(CHARGE, kind="escalated")
        night.at(120).expect(PROVIDER, kind="escalated")
        night.at(300).expect(HOUSE, kind="escalated")
        night.at(1199).expect_silence()
        night.at(1200).expect(NURSE, kind="repeated", round=2)

    def test_grade_3_calls_three_at_once_and_grade_4_everybody(self, night: Night):
        night.hear(night.rise(3))
        night.expect(NURSE, CHARGE, PROVIDER)
        night.at(60).expect(RAPID, kind="escalated")

        night.hear(night.rise(4))
        night.expect(NURSE, CHARGE, PROVIDER, RAPID, HOUSE, why="worsened")

    def test_an_acknowledgement_stops_the_ladder_until_it_expires(self, night: Night):
        two = night.rise(2)
        night.hear(two)
        night.expect(NURSE)
        night.at(30).hear(night.answer(two))
        assert night.alarm().state is State.ACKNOWLEDGED
        night.at(30 + 1799).expect_silence()
        night.at(30 + 1800).expect(NURSE, kind="repeated", why="acknowledgement expired")

    def test_an_acknowledged_grade_2_sounds_again_at_grade_3(self, night: Night):
        two, three = night.rise(2), night.rise(3)
        night.hear(two)
        night.expect(NURSE)
        night.hear(night.answer(two))
        night.at(10).hear(three)
        night.expect(NURSE, CHARGE, PROVIDER, why="worsened")
        assert night.alarm().state is State.UNACKNOWLEDGED

    def test_an_acknowledgement_of_grade_2_never_covers_grade_3(self, night: Night):
        two, three = night.rise(2), night.rise(3)
        night.hear(two, three)
        night.expect(NURSE, CHARGE, PROVIDER)
        late = night.answer(two)
        night.hear(late)
        assert night.outcome(late) == ("refused", responding.WORSE_SINCE)
        night.at(60).expect(RAPID, kind="escalated")

    def test_an_alarm_that_clears_unanswered_stays_latched_until_acknowledged(self, night: Night):
        two = night.rise(2)
        night.hear(two)
        night.expect(NURSE)
        night.at(20).hear(night.resolved(two))
        night.expect(NURSE, kind="resolved")
        assert night.alarm().state is State.LATCHED
        night.at(7200).expect_silence()
        night.hear(night.answer(two, revision=night.alarm().revision))
        assert night.alarms() == []

    def test_a_merge_never_takes_an_unanswered_alarm_off_the_board(self, night: Night):
        three = night.rise(3)
        night.hear(three)
        night.expect(NURSE, CHARGE, PROVIDER)
        night.at(20).hear(night.resolved(three, reason="merged"))
        (page, *_) = night.expect(NURSE, CHARGE, PROVIDER, kind="resolved", why="merged")
        assert "the finding may stand there" in page["data"]["message"]
        assert night.alarm().state is State.LATCHED

    def test_the_end_goes_to_everyone_who_was_called_and_to_nobody_else(self, night: Night):
        two = night.rise(2)
        night.hear(two)
        night.at(70)
        night.pager.calls.clear()
        night.hear(night.resolved(two, reason="retracted"))
        night.expect(NURSE, CHARGE, kind="resolved", why="retracted")
        assert night.alarms() == []

    def test_an_end_nobody_was_called_about_is_told_to_nobody(self, night: Night):
        two = night.rise(2)
        over = night.resolved(two)
        night.hear(two, over)
        night.expect_silence()
        assert night.verdict(two).startswith("silent: over before")
        assert night.verdict(over).startswith("silent: over, and nobody")

    def test_one_rise_resolves_and_the_alarm_stands_at_the_lower_grade(self, night: Night):
        two, three = night.rise(2), night.rise(3)
        night.hear(two)
        night.hear(three)
        night.pager.calls.clear()
        night.hear(night.answer(three))
        night.hear(night.resolved(three))
        (page, *_) = night.expect(NURSE, CHARGE, PROVIDER, kind="resolved")
        assert "still stands" in page["data"]["message"]
        assert (night.alarm().grade, night.alarm().state) == (2, State.ACKNOWLEDGED)

    def test_a_return_after_the_end_pages_again(self, night: Night):
        first, again = night.rise(2), night.rise(2, rise=2)
        night.hear(first)
        night.hear(night.resolved(first))
        night.pager.calls.clear()
        night.at(600).hear(again)
        night.expect(NURSE)
        assert night.verdict(again) == "page: back after it had cleared"

    def test_an_escalation_that_comes_twice_is_paged_once(self, night: Night):
        two = night.rise(2)
        night.hear(two)
        night.expect(NURSE)
        night.hear(two)
        night.expect_silence()

    def test_after_an_outage_what_still_stands_is_paged_once_and_marked_delayed(self, night: Night):
        gone, one, two, three = night.escalation("critical_value", sign="spo2_pct"), *map(night.rise, (1, 2, 3))
        night.at(600).hear(gone, one, two, three, night.resolved(gone))
        night.expect(NURSE, CHARGE, PROVIDER, delayed=True, escalation_id=three["escalation_id"])
        assert night.verdict(one) == night.verdict(two)
        assert night.verdict(one).startswith("silent: a newer one")

    def test_hops_that_fell_due_during_an_outage_are_called_when_it_ends(self, night: Night):
        two = night.rise(2)
        night.hear(two)
        night.expect(NURSE)
        night.now_ms += 130_000
        night.at(130).expect(CHARGE, PROVIDER, kind="escalated")

    def test_an_answer_that_waited_through_the_outage_keeps_the_hops_silent(self, night: Night):
        two = night.rise(2)
        night.hear(two)
        night.expect(NURSE)
        answered = night.answer(two)
        night.now_ms += 130_000
        night.hear(answered)
        night.expect_silence()

    def test_a_response_to_an_unknown_escalation_waits_for_it(self, night: Night):
        two = night.rise(2)
        early = night.answer(two)
        night.hear(early)
        assert night.outcome(early) == (None, None)
        night.at(5).hear(two)
        assert night.outcome(early) == ("accepted", None)
        assert night.verdict(two).startswith("silent: answered")

    def test_a_snooze_ends_and_the_alarm_sounds_again(self, night: Night):
        two = night.rise(2)
        night.hear(two)
        night.expect(NURSE)
        night.hear(night.answer(two, "snooze", reason="cooling blanket", until="2026-03-01T14:50:00Z"))
        assert night.alarm().state is State.SNOOZED
        night.at(1199).expect_silence()
        night.at(1200).expect(NURSE, kind="repeated", why="snooze ended")

    def test_a_declined_call_goes_to_the_next_at_once(self, night: Night):
        two = night.rise(2)
        night.hear(two)
        night.expect(NURSE)
        night.at(5).hear(night.answer(two, "decline"))
        night.expect(CHARGE, kind="escalated", why="declined")
        night.at(64).expect_silence()
        night.at(65).expect(PROVIDER, kind="escalated", why="nobody answered")

    def test_a_patient_without_a_unit_goes_to_the_catch_all(self, night: Night):
        night.hear(night.rise(2, unit=None, bed=None))
        night.expect(HOUSE, unit="unit not known")

    def test_an_unknown_kind_is_paged_at_its_priority(self, night: Night):
        strange = night.escalation("from_next_year", priority="medium")
        night.hear(strange)
        night.expect(NURSE)
        assert night.verdict(strange).startswith("page: a kind this version does not know")

    def test_two_signs_are_two_alarms(self, night: Night):
        night.hear(
            night.escalation("technical_stale", priority="low", sign="spo2_pct"),
            night.escalation("technical_stale", priority="low", sign="heart_rate_bpm"),
        )
        night.expect(NURSE, NURSE, technical=True, priority="low")
        assert len(night.alarms()) == 2

    def test_a_page_that_cannot_get_through_is_tried_again_with_the_same_id(self, night: Night):
        night.pager.script = lambda _: Outcome("retry", "500")
        night.hear(night.rise(1))
        night.at(30)
        ids = {page_id for page_id, _ in night.pager.calls}
        assert (len(ids), len(night.pager.calls)) == (1, 5)
        night.pager.calls.clear()

    def test_a_page_refused_for_good_calls_the_next_hop_at_once(self, night: Night):
        night.pager.script = lambda page: (
            Outcome("failed", "404") if page["data"]["to"] == NURSE else Outcome("sent", "200")
        )
        night.hear(night.rise(2))
        calls = [(page["data"]["to"], page["data"]["why"]) for _, page in night.pager.calls]
        assert calls == [(NURSE, "raised"), (CHARGE, "hop could not be reached")]
        night.pager.calls.clear()

    def test_a_broken_receiver_is_not_called_without_end(self, night: Night):
        night.pager.script = lambda _: Outcome("failed", "401")
        night.hear(night.rise(2))
        night.at(299)
        assert len(night.pager.calls) == 4
        night.pager.calls.clear()

    def test_an_acknowledged_alarm_withdraws_what_did_not_get_through(self, night: Night):
        night.pager.script = lambda _: Outcome("retry", "503")
        two = night.rise(2)
        night.hear(two)
        night.hear(night.answer(two))
        night.pager.calls.clear()
        night.at(600).expect_silence()
        states = [(one["state"], one.get("code")) for one in night.published("crs.deliveries.v1")]
        assert states == [("queued", None), ("failed", "503"), ("failed", "superseded")]

    def test_a_return_in_the_same_breath_as_the_end_withdraws_what_did_not_get_through(self, night: Night):
        night.pager.script = lambda _: Outcome("retry", "503")
        first, again = night.rise(2), night.rise(2, rise=2)
        night.hear(first)
        night.pager.calls.clear()
        night.pager.script = lambda _: Outcome("sent", "200")
        night.hear(night.resolved(first, reason="retracted"), again)
        night.at(59)
        pages = [(page["type"], page["data"]["escalation_id"]) for _, page in night.pager.calls]
        assert sorted(pages) == [
            ("crs.alarm.raised", again["escalation_id"]),
            ("crs.alarm.resolved", first["escalation_id"]),
        ]
        night.pager.calls.clear()

    def test_the_alarms_of_a_patient_are_published_whole_with_a_rising_revision(self, night: Night):
        two = night.rise(2)
        night.hear(two)
        night.hear(night.answer(two))
        night.expect(NURSE)
        night.hear(night.resolved(two))
        night.expect(NURSE, kind="resolved")
        records = night.published("crs.alarms.v1")
        assert [record["revision"] for record in records] == [1, 2, 3]
        assert [[alarm["state"] for alarm in record["alarms"]] for record in records] == [
            ["unacknowledged"],
            ["acknowledged"],
            [],
        ]
        assert records[0]["alarms"][0]["next_step"]["role"] == CHARGE
