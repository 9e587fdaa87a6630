"""A night on a virtual clock: the real ledger, the real decisions, and a pager that writes down what it is told.

Times are seconds since the night began. Every page has to be expected: one that is not fails the test.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import orjson
from sqlalchemy import func, select

from services.notifier.bells import Bell
from services.notifier.channels import Outcome
from services.notifier.delivering import Deliverer
from services.notifier.ledger.intake import adopt_responses, write_escalation, write_response
from services.notifier.ledger.opening import Ledger
from services.notifier.ledger.outbox import mark_written, unwritten
from services.notifier.ledger.settling import read_alarms, settle_one
from services.notifier.ledger.tables import ESCALATIONS, PAGES, RESPONSES, SUBJECTS
from services.notifier.policy import SHIPPED, Policy, read_policy
from services.notifier.rows import Manner
from tests.unit.notifier.events import escalation, resolved, response, rise

NIGHT_MS = 1_772_375_400_000
SENT = Outcome("sent", "204")


def shipped_policy() -> Policy:
    return read_policy(SHIPPED, channels=("webhook",))


class Pager:
    """Writes down every page; answers as `script` says."""

    name = "webhook"

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict]] = []
        self.script: Callable[[dict], Outcome] = lambda _: SENT

    def send(self, page_id: str, body: str) -> Outcome:
        page = orjson.loads(body)
        self.calls.append((page_id, page))
        return self.script(page)

    def close(self) -> None:
        pass


class Night:
    """The ward's notifier, without threads and without waiting."""

    def __init__(self, ledger: Ledger, *, policy: Policy | None = None, level: str = "P0") -> None:
        self.ledger, self.pager, self.now_ms = ledger, Pager(), NIGHT_MS
        self.manner = Manner(policy or shipped_policy(), frozenset({"webhook"}), level, "http://board")
        self._unexpected: list[tuple[str, dict]] = []
        self._deliverer = Deliverer(
            ledger, {"webhook": self.pager}, 10_000, Bell(), lambda: self.now_ms, lambda _: None, lambda _: None
        )

    def at(self, second: float) -> "Night":
        """Let the night go on until then."""
        target_ms = NIGHT_MS + round(second * 1000)
        while (step_ms := self._next_ms()) is not None and step_ms <= target_ms:
            self.now_ms = max(self.now_ms, step_ms)
            self._work()
        self.now_ms = target_ms
        return self

    def hear(self, *events: dict, decide: bool = True) -> "Night":
        """Records arrive now, together; with `decide=False` the notifier has not got to them yet."""
        with self.ledger.transaction() as connection:
            for event in events:
                if event["schema"] == "crs.responses.v1":
                    write_response(connection, event, self.now_ms)
                else:
                    write_escalation(connection, event, key=event["patient_id"], origin="t/0/0", now_ms=self.now_ms)
            adopt_responses(connection, self.now_ms)
        if decide:
            self._work()
        return self

    def expect(self, *roles: str, kind: str = "raised", **data: object) -> list[dict]:
        """These roles were called since the last look, and nobody else."""
        calls, self.pager.calls[:] = list(self.pager.calls), []
        pages = [page for _, page in calls]
        assert sorted(page["data"]["to"] for page in pages) == sorted(roles)
        assert {page["type"] for page in pages} <= {f"crs.alarm.{kind}"}
        for page in pages:
            assert {name: page["data"][name] for name in data} == data
        return pages

    def expect_silence(self) -> None:
        assert self.expect() == []

    def rise(self, grade: int, **fields) -> dict:
        return rise(grade, at_ms=self.now_ms, **fields)

    def escalation(self, kind: str, **fields) -> dict:
        return escalation(kind, at_ms=self.now_ms, **fields)

    def resolved(self, *ended: dict, **fields) -> dict:
        return resolved(*ended, at_ms=self.now_ms, **fields)

    def answer(self, about: dict, action: str = "acknowledge", **fields) -> dict:
        return response(about, action, at_ms=self.now_ms, **fields)

    def alarms(self) -> list:
        with self.ledger.transaction() as connection:
            bodies = connection.execute(select(SUBJECTS.c.alarms)).scalars().all()
        return [alarm for body in bodies for alarm in read_alarms(body)]

    def alarm(self):
        """The one alarm there is."""
        (alarm,) = self.alarms()
        return alarm

    def verdict(self, about: dict) -> str:
        query = select(ESCALATIONS.c.verdict).where(ESCALATIONS.c.escalation_id == about["escalation_id"])
        return self._one(query)

    def outcome(self, about: dict) -> tuple[str | None, str | None]:
        query = select(RESPONSES.c.outcome, RESPONSES.c.reason).where(RESPONSES.c.response_id == about["response_id"])
        with self.ledger.transaction() as connection:
            return tuple(connection.execute(query).one())

    def published(self, topic: str) -> list[dict]:
        """What was put out for Kafka on this topic since the last look at any."""
        with self.ledger.transaction() as connection:
            waiting = unwritten(connection, 10_000)
            mark_written(connection, waiting, self.now_ms)
        return [orjson.loads(record.body) for record in waiting if record.topic == topic]

    def _one(self, query):
        with self.ledger.transaction() as connection:
            return connection.execute(query).scalar_one()

    def _next_ms(self) -> int | None:
        due = select(func.min(SUBJECTS.c.due_ms))
        attempt = select(func.min(PAGES.c.next_attempt_ms)).where(PAGES.c.state == "queued")
        times = [time for query in (due, attempt) if (time := self._one(query)) is not None]
        return min(times, default=None)

    def _work(self) -> None:
        busy = True
        while busy:
            busy = False
            with self.ledger.transaction() as connection:
                busy |= settle_one(connection, self.manner, self.now_ms) is not None
            busy |= self._deliverer.deliver_one()


@contextmanager
def night_on(ledger: Ledger, **how) -> Iterator[Night]:
    """A night that ends without a page nobody expected."""
    night = Night(ledger, **how)
    yield night
    night.expect_silence()
