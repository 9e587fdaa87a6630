"""The first rounds of the log are no part of a measurement: a patient who was just restored takes the long way once."""

from services.control.bench.ward_stream import SECOND_MS, START_MS

WARM_UP_ROUNDS = 2
WARM_MS = START_MS + WARM_UP_ROUNDS * SECOND_MS


class WarmUp:
    """Over once every partition has passed it: partitions are not read evenly."""

    def __init__(self, partitions: int) -> None:
        self._cold = set(range(partitions))

    def is_over(self, partition: int, at_ms: int) -> bool:
        """Told of a record, whether what follows counts."""
        if self._cold and at_ms >= WARM_MS:
            self._cold.discard(partition)
        return not self._cold
