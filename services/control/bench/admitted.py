"""The ward as it stands when a measurement starts, computed by the engine itself, patient by patient.

A thousand patients are really admitted; in a larger ward the others are their copies under names of their own. The
long way that an admission takes is no part of what is measured, and 100,000 of them would take an hour.
"""

from msgspec.structs import replace

from schemas.reading import read_bedside
from schemas.reasons import Refusal
from services.control.bench.admissions import admission
from services.control.bench.ward_stream import START_MS, patient_name
from services.grader.engine import Origin
from services.grader.engine.estimate import fingerprint, graded
from services.grader.engine.kept import Kept
from services.grader.engine.partition import Partition
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.state import PatientState, state_from_json, state_to_json
from services.grader.engine.step import next_deadline
from services.grader.engine.ward import Ward

REALLY_ADMITTED = 1_000


class AdmittedWard:
    """The states of all patients at a moment.

    Args:
        patients: how many; numbers from 0.
        start_ms: the moment, event time.
    """

    def __init__(self, patients: int, start_ms: int = START_MS) -> None:
        self.patients, self.start_ms = patients, start_ms
        really = min(patients, REALLY_ADMITTED)
        self._states = [_admitted(number, of=really, start_ms=start_ms) for number in range(really)]

    def stored(self, number: int) -> bytes:
        """A patient as `Partition.restore` takes it, and as a checkpoint holds it."""
        really = number % len(self._states)
        state = self._states[really]
        if number != really:
            state = _under_another_name(state, patient_name(number))
        return Kept(state).stored(next_deadline(state, state.reached_ms, Ward()))


def _under_another_name(state: PatientState, name: str) -> PatientState:
    """A copy, in everything that was charted too: names are of one length. What was shown of it names the patient."""
    copied = state_from_json(state_to_json(state).replace(state.patient_id.encode(), name.encode()))
    return replace(copied, shown=fingerprint(graded(copied, copied.reached_ms, DEFAULT_RULES)))


def _admitted(number: int, *, of: int, start_ms: int) -> PatientState:
    engine = Partition()
    for place, recorded in enumerate(admission(number, of=of, start_ms=start_ms, partitions=1)):
        record = read_bedside(recorded.value, recorded.key)
        if isinstance(record, Refusal):
            raise ValueError(f"the bench admits with a record that is refused: {record.sentence()}")
        engine.apply(record, clock_ms=recorded.at_ms, origin=Origin("bench", 0, place))
    engine.advance(start_ms - 1)
    return engine.patients[patient_name(number)]
