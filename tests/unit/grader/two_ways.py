"""Two graders of one ward: records at once where that can be, and every record the long way."""

from typing import Any

from msgspec.structs import replace

from schemas.reading import check_bedside, event_time
from schemas.reasons import Refusal
from services.grader.engine import Origin, Output
from services.grader.engine.durations import minutes
from services.grader.engine.partition import Partition
from services.grader.engine.ruleset.rules import DEFAULT_RULES, RuleSet
from services.grader.engine.state import PatientState
from tests.vignettes.bed import ms, when

Record = dict[str, Any]


def told(outputs: list[Output]) -> list[Output]:
    """Without the states in them: the two ways keep other marks of the same past."""
    return [
        output._replace(value={name: item for name, item in (output.value or {}).items() if "state" not in name})
        for output in outputs
    ]


class TwoWays:
    """Whatever is said has to be the same; `ways` tells how each record was taken, `said` what all of them said."""

    def __init__(self, *, watch_all: bool = True, rules: RuleSet = DEFAULT_RULES) -> None:
        self.quick = Partition(rules, watch_all=watch_all)
        self.long = Partition(rules, watch_all=watch_all, thorough=True)
        self.ways: list[bool] = []
        self.said: list[Output] = []
        self._rules = rules

    def send(self, record: Record, clock_ms: int) -> bool:
        """Whether it was taken at once."""
        checked = check_bedside({"event_id": f"e{len(self.ways)}", "patient_id": "bed-7", **record})
        assert not isinstance(checked, Refusal), checked.sentence()
        offset, at_ms = len(self.ways), event_time(checked) if checked["schema"] == "crs.vitals.v1" else None
        clock_ms = max(clock_ms, self.quick.clock_ms)
        taken = at_ms is not None and self.quick.take(checked, at_ms, clock_ms, offset)
        origin = Origin("crs.bedside.v1", 0, offset)
        outputs = [] if taken else self.quick.apply(checked, clock_ms=clock_ms, origin=origin)
        self._same(outputs, self.long.apply(checked, clock_ms=clock_ms, origin=origin), checked)
        self.ways.append(taken)
        return taken

    def vitals(self, minute: float, *, source: str = "monitor", arrives: float | None = None, **values: Any) -> bool:
        record = {"schema": "crs.vitals.v1", "observed_at": when(minute), "source": source, **values}
        return self.send(record, ms(minute if arrives is None else arrives))

    def chart(self, minute: float, kind: str, **fields: Any) -> "TwoWays":
        self.send({"schema": "crs.clinical.v1", "recorded_at": when(minute), "kind": kind, **fields}, ms(minute))
        return self

    def admit(self, minute: float = 0, **fields: Any) -> "TwoWays":
        """An adult on room air, no vasopressor."""
        self.chart(minute, "encounter", action="admit", unit="onc", **{"age_years": 60, **fields})
        return self.chart(minute, "oxygen", device="room_air").chart(minute, "vasopressor", drug="none")

    def until(self, minute: float) -> list[Output]:
        """Time passes."""
        outputs = self.quick.advance(ms(minute))
        self._same(outputs, self.long.advance(ms(minute)), minute)
        return outputs

    def restarted(self) -> None:
        """Only the quick one; it knows what was stored."""
        stored, clock_ms = {"bed-7": self.quick.encoded("bed-7") or b""}, self.quick.clock_ms
        self.quick = Partition(self._rules, watch_all=self.quick.ward.watch_all)
        self.quick.restore(stored, clock_ms)

    def kinds(self) -> list[str]:
        """What was escalated."""
        return [output.value["kind"] for output in self.said if output.topic == "escalations" and output.value]

    def estimates(self) -> int:
        """How many estimates were shown."""
        return sum(output.topic == "estimates" for output in self.said)

    def same_state(self) -> PatientState:
        """After all of it both know the same, but for the folds they may start from again, and forgotten ids."""
        one, two = (self._in_use(partition.patients["bed-7"]) for partition in (self.quick, self.long))
        assert one == two
        return one

    def _in_use(self, state: PatientState) -> PatientState:
        oldest_ms = self.long.clock_ms - minutes(self._rules.monitor_lateness_min)
        seen = {name: item for name, item in state.history.seen.items() if item.at_ms >= oldest_ms}
        return replace(state, marks=(), history=replace(state.history, seen=seen))

    def _same(self, quick: list[Output], long: list[Output], because: Any) -> None:
        assert told(quick) == told(long), because
        self.said += quick
