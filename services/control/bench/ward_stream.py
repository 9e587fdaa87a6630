"""The records of a bench: a ward of monitored beds at 1 Hz. Seeded: the same arguments give the same bytes.

Mostly steady, as monitors are: a value moves by one now and then and stays near where it was. Some patients lie at the
edge of a score's band, some desaturate for a while, some get a fever. The shares are below and told in the README.
"""

import random
from collections.abc import Iterator
from typing import NamedTuple

import orjson

from schemas.encoding import encode
from schemas.partitions import partition_for
from schemas.times import format_time, parse_time

START_MS = parse_time("2026-03-01T08:00:00Z")
TICK = encode({"schema": "crs.tick.v1"})
SECOND_MS = 1_000

# Every so many seconds each patient, on average.
SECONDS_BETWEEN_DESATURATIONS = 5_000
SECONDS_BETWEEN_FEVERS = 20_000
DESATURATION_S = (20, 60)
DESATURATED_PCT = (84, 89)
FEVER_C = (38.0, 39.4)
# One patient in so many lies where a value of the next second may fall into another band of a ward score.
EDGE_ONE_IN = 20
STEADY = {"heart_rate_bpm": (62, 82), "spo2_pct": (97, 98), "resp_rate_bpm": (14, 18)}
AT_THE_EDGE = {"heart_rate_bpm": (89, 92), "spo2_pct": (95, 97), "resp_rate_bpm": (20, 21)}

_MONITOR = (
    b'{"schema":"crs.vitals.v1","event_id":"%032x","patient_id":"%b","observed_at":"%b.%03dZ",'
    b'"source":"monitor","device_id":"mon-%06d","heart_rate_bpm":%d,"spo2_pct":%d,"resp_rate_bpm":%d}'
)


class Recorded(NamedTuple):
    """One record to write: where, under which key (none for a tick), with which time."""

    partition: int
    key: bytes | None
    value: bytes
    at_ms: int


def patient_name(number: int) -> str:
    """All names are of one length, so that sizes compare."""
    return f"bench-{number:06d}"


class _Bed:
    """One monitored patient: where the values are, and around what they move."""

    __slots__ = ("desaturated_pct", "desaturated_until_ms", "home", "key", "name", "partition", "values")

    def __init__(self, number: int, partitions: int, chance: random.Random) -> None:
        at = AT_THE_EDGE if chance.randrange(EDGE_ONE_IN) == 0 else STEADY
        self.name = patient_name(number)
        self.key = self.name.encode()
        self.partition = partition_for(self.name, partitions)
        self.home = [chance.randint(*span) for span in at.values()]
        self.values = list(self.home)
        self.desaturated_until_ms = 0
        self.desaturated_pct = 0


class WardStream:
    """Monitor readings of all patients, round by round, and now and then a fever that a nurse finds.

    Args:
        patients: how many.
        partitions: of the bedside topic.
        seed: of everything that is left to chance.
        start_ms: when round 0 begins, event time.
        period_ms: length of a round, in which every patient is read once.
        spared: the first so many patients get no fever here; a bench gives them one when it wants to.
    """

    def __init__(
        self,
        patients: int,
        *,
        partitions: int,
        seed: int,
        start_ms: int = START_MS,
        period_ms: int = SECOND_MS,
        spared: int = 0,
    ) -> None:
        self._start_ms, self._period_ms, self._spared = start_ms, period_ms, spared
        self._chance = random.Random(seed)
        self._partitions = partitions
        self._beds = [_Bed(number, partitions, self._chance) for number in range(patients)]
        self._feverish: set[int] = set()
        self._owed = [0.0, 0.0]

    def round(self, number: int) -> Iterator[Recorded]:
        """One reading of every patient; call in order, each once."""
        began_ms, period_ms = self._start_ms + number * self._period_ms, self._period_ms
        beds, bits_of, count = self._beds, self._chance.getrandbits, len(self._beds)
        self._desaturations(began_ms)
        second, clock = -1, b""
        for place, bed in enumerate(beds):
            at_ms = began_ms + place * period_ms // count
            if at_ms // SECOND_MS != second:
                second, clock = at_ms // SECOND_MS, format_time(at_ms)[:19].encode()
            bits = bits_of(152)
            _move(bed, bits)
            rate, saturation, breaths = bed.values
            if at_ms <= bed.desaturated_until_ms:
                saturation = bed.desaturated_pct
            body = _MONITOR % (bits >> 24, bed.key, clock, at_ms % SECOND_MS, place, rate, saturation, breaths)
            yield Recorded(bed.partition, bed.key, body, at_ms)
        yield from self._fevers(began_ms + period_ms - 1)

    def ticked_round(self, number: int) -> Iterator[Recorded]:
        """The same, and at its end the ticks that the owner of each partition would have written."""
        yield from self.round(number)
        yield from ticks(self._partitions, self._start_ms + (number + 1) * self._period_ms - 1)

    def _desaturations(self, at_ms: int) -> None:
        for _ in range(self._due(0, SECONDS_BETWEEN_DESATURATIONS)):
            bed = self._chance.choice(self._beds)
            bed.desaturated_until_ms = at_ms + self._chance.randint(*DESATURATION_S) * SECOND_MS
            bed.desaturated_pct = self._chance.randint(*DESATURATED_PCT)

    def _fevers(self, at_ms: int) -> Iterator[Recorded]:
        for _ in range(self._due(1, SECONDS_BETWEEN_FEVERS)):
            number = self._chance.randrange(len(self._beds))
            if number not in self._feverish and number >= self._spared:
                self._feverish.add(number)
                celsius = round(self._chance.uniform(*FEVER_C), 1)
                yield manual(self._beds[number].name, at_ms, self._partitions, temperature_c=celsius)

    def _due(self, what: int, seconds_between: int) -> int:
        self._owed[what] += len(self._beds) * self._period_ms / SECOND_MS / seconds_between
        due = int(self._owed[what])
        self._owed[what] -= due
        return due


def _move(bed: _Bed, bits: int) -> None:
    """One second later: a heart rate moves in one of four, breathing in one of eight, saturation in one of sixteen."""
    if not bits & 0x3:
        _step(bed, 0, bits & 0x4, 3)
    if not bits & 0xF0:
        _step(bed, 1, bits & 0x8, 1)
    if not bits & 0x700:
        _step(bed, 2, bits & 0x800, 2)


def _step(bed: _Bed, sign: int, up: int, reach: int) -> None:
    value = bed.values[sign] + (1 if up else -1)
    if abs(value - bed.home[sign]) <= reach:
        bed.values[sign] = value


def manual(name: str, at_ms: int, partitions: int, **signs: object) -> Recorded:
    """Vitals that a nurse took."""
    value = {
        "schema": "crs.vitals.v1",
        "event_id": f"{name}-{at_ms}-by-hand",
        "patient_id": name,
        "observed_at": format_time(at_ms),
        "source": "manual",
        **signs,
    }
    return Recorded(partition_for(name, partitions), name.encode(), orjson.dumps(value), at_ms)


def ticks(partitions: int, at_ms: int) -> Iterator[Recorded]:
    """Time itself, in every partition."""
    return (Recorded(partition, None, TICK, at_ms) for partition in range(partitions))
