"""The ward as it stands when a measurement starts, computed by the engine itself, patient by patient.

A thousand patients are really admitted; in a larger ward the others are their copies under names of their own. The
long way that an admission takes is no part of what is measured, and 100,000 of them would take an hour.
"""

from dataclasses import replace
from typing import Any

from schemas.reading import read_bedside
from schemas.reasons import Refusal
from services.control.bench.admissions import admission, admitted_ms
from services.control.bench.ward_stream import START_MS, patient_name
from services.grader.engine import Origin
from services.grader.engine.partition import Partition
from services.grader.engine.state import PatientState, encode_state

REALLY_ADMITTED = 1_000


class AdmittedWard:
    """The states of all patients at `START_MS`.

    Args:
        patients: how many; numbers from 0.
    """

    def __init__(self, patients: int) -> None:
        self.patients = patients
        self._really = min(patients, REALLY_ADMITTED)
        self._states = [_admitted(number, of=self._really) for number in range(self._really)]

    def stored(self, number: int) -> Any:
        """A patient as `Partition.restore` takes it, and as a checkpoint holds it."""
        return encode_state(replace(self._states[number % self._really], patient_id=patient_name(number)))


def _admitted(number: int, *, of: int) -> PatientState:
    engine, at_ms = Partition(), admitted_ms(number, of)
    for place, recorded in enumerate(admission(number, at_ms, 1)):
        record = read_bedside(recorded.value, recorded.key)
        if isinstance(record, Refusal):
            raise ValueError(f"the bench admits with a record that is refused: {record.sentence()}")
        engine.apply(record, clock_ms=at_ms, origin=Origin("bench", 0, place))
    engine.advance(START_MS - 1)
    return engine.patients[patient_name(number)]
