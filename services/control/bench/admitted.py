"""The ward as it stands when a measurement starts, computed by the engine itself, patient by patient.

A thousand patients are really admitted; in a larger ward the others are their copies under names of their own. The
long way that an admission takes is no part of what is measured, and 100,000 of them would take an hour.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schemas.reading import read_bedside
from schemas.reasons import Refusal
from services.control.bench.admissions import admission, admitted_ms
from services.control.bench.ward_stream import START_MS, patient_name
from services.grader.engine import Origin
from services.grader.engine.partition import Partition
from services.grader.engine.state import PatientState, decode_state, encode_state

REALLY_ADMITTED = 1_000


class AdmittedWard:
    """The states of all patients at `START_MS`.

    Args:
        patients: how many; numbers from 0.
    """

    def __init__(self, patients: int) -> None:
        self.patients = patients
        self._really = min(patients, REALLY_ADMITTED)
        self._encoded = [self._admit(number) for number in range(self._really)]

    def encoded(self, number: int) -> Any:
        """As in a checkpoint."""
        return self._encoded[number] if number < self._really else encode_state(self.state(number))

    def state(self, number: int) -> PatientState:
        """As `step` takes it."""
        return replace(decode_state(self._encoded[number % self._really]), patient_id=patient_name(number))

    def of_partition(self, partition: int, partitions: dict[str, int]) -> Iterator[tuple[str, Any]]:
        """Names and encoded states of the patients who live in a partition."""
        for number in range(self.patients):
            name = patient_name(number)
            if partitions[name] == partition:
                yield name, self.encoded(number)

    def _admit(self, number: int) -> Any:
        engine = Partition()
        at_ms = admitted_ms(number, self._really)
        for place, recorded in enumerate(admission(number, at_ms, 1)):
            record = read_bedside(recorded.value, recorded.key)
            if isinstance(record, Refusal):
                raise ValueError(f"the bench admits with a record that is refused: {record.sentence()}")
            engine.apply(record, clock_ms=at_ms, origin=Origin("bench", 0, place))
        engine.advance(START_MS - 1)
        return engine.encoded(patient_name(number))
