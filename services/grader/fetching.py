"""Fetched bytes to records, the cheap way: where and when they are graded, and without copies.

aiokafka unpacks what it fetched in its own thread, into objects of eleven fields. Both cost more than all the rest of
fetching: the copies, and a thousand records that one processor has made and another one has to read. Here that thread
only takes the stored batches apart (checksums, control batches, aborted transactions and positions stay aiokafka's),
and each is unpacked by whoever grades it, record by record, into what the decoder makes: offset, timestamp, key, value.

Pinned by tests/integration/grader/test_fetching.py: an aiokafka that changes the place of this fails there.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any

from aiokafka.consumer.fetcher import Fetcher, FetchResult, PartitionRecords


class Unread:
    """One batch as the broker stores it. Its records can be read once.

    Attributes:
        begin: first offset that was asked for; offset: of the last record; timestamp: the newest.
    """

    __slots__ = ("_batch", "begin", "offset", "timestamp")

    def __init__(self, batch: Any) -> None:
        self._batch, self.begin = batch, batch.base_offset
        self.offset, self.timestamp = batch.next_offset - 1, batch.max_timestamp

    def __iter__(self) -> Iterator[Any]:
        if self.begin == self._batch.base_offset:
            return iter(self._batch)
        return (record for record in self._batch if record.offset >= self.begin)


class Fetched:
    """What one fetch brought of a partition; can be read once.

    Attributes:
        begin: of the first record; offset: of the last; timestamp: of the newest of the last batch.
    """

    __slots__ = ("_batches", "begin", "offset", "timestamp")

    def __init__(self, batches: Sequence[Unread]) -> None:
        self._batches = batches
        self.begin, self.offset, self.timestamp = batches[0].begin, batches[-1].offset, batches[-1].timestamp

    def __len__(self) -> int:
        return int(self.offset + 1 - self.begin)

    def __iter__(self) -> Iterator[Any]:
        return chain.from_iterable(self._batches)


class UnreadRecords(PartitionRecords):  # type: ignore[misc]  # aiokafka's consumer is not typed
    """aiokafka's taking apart of what was fetched, a whole batch standing where a record stood."""

    def _consumer_record(self, _tp: Any, unread: Unread) -> Unread:
        unread.begin = max(unread.begin, self.next_fetch_offset)
        return unread


class _Batches:
    """Stands where aiokafka's iterator of batches stood."""

    def __init__(self, batches: Any) -> None:
        self._batches, self.has_next = batches, batches.has_next

    def next_batch(self) -> "_Whole":
        return _Whole(self._batches.next_batch())


class _Whole:
    """A batch that is one record to whoever loops over it; all else of it is as it was."""

    def __init__(self, batch: Any) -> None:
        self._batch = batch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __iter__(self) -> Iterator[Unread]:
        return iter((Unread(self._batch),))

    def __next__(self) -> Any:
        return next(self._batch)  # the marker in a control batch


def leave_unread(records: PartitionRecords) -> None:
    """From now on these are given out by the batch. Nobody has begun to read them."""
    records.__class__ = UnreadRecords
    records._records = _Batches(records._records)


def keep_unread(fetcher: Fetcher, topic: str) -> None:
    """From now on what this fetcher fetches of `topic` is given out by the batch."""
    fetcher._proc_fetch_request = partial(_fetched_unread, fetcher, fetcher._proc_fetch_request, topic)


async def _fetched_unread(fetcher: Fetcher, fetch: Any, topic: str, *request: Any) -> Any:
    """As `fetch`; what it fetched has not been unpacked yet, nobody else having had a turn in between."""
    needs_wakeup = await fetch(*request)
    for at, result in fetcher._records.items():
        if at.topic != topic or type(result) is not FetchResult or not result.has_more():
            continue
        if type(result._partition_records) is PartitionRecords:
            leave_unread(result._partition_records)
    return needs_wakeup
