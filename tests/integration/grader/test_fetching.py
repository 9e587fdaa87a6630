"""Records that are left unread are the same records, checked and counted as aiokafka does it."""

import struct

import pytest
from aiokafka import TopicPartition
from aiokafka.consumer.fetcher import PartitionRecords
from aiokafka.errors import CorruptRecordException
from aiokafka.record._crecords.default_records import DefaultRecord, DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.record.util import calc_crc32c

from schemas.topics import BEDSIDE
from services.grader.fetching import Fetched, leave_unread
from tests.integration.grader.bedside import heart_rate, open_bedside
from tests.integration.grader.faust_probe import reached, run

AT = TopicPartition("bedside", 3)


def batch(count=5, *, first=0, transactional=False, compression=0):
    """Bytes as a fetch brings them; every third record without a key, every fourth without a value."""
    builder = DefaultRecordBatchBuilder(2, compression, int(transactional), 7, 0, 0, 1 << 20)
    for n in range(count):
        key, value = (None if n % 3 == 2 else b"p-%d" % n), (None if n % 4 == 3 else b"value %d" % n)
        builder.append(n, 1_772_375_400_000 + first + n, key, value, [])
    return at_offset(first, builder.build())


def abort_marker(first):
    """How the broker ends a transaction: one record of a control batch (KIP-98), version 0, type 0."""
    builder = DefaultRecordBatchBuilder(2, 0, 1, 7, 0, 0, 1 << 10)
    builder.append(0, 1_772_375_400_000, struct.pack(">hh", 0, 0), b"\0" * 6, [])
    written = builder.build()
    written[22] |= 0x20  # of the attributes: a control batch
    written[17:21] = struct.pack(">I", calc_crc32c(written[21:]))
    return at_offset(first, written)


def at_offset(first, written):
    """The broker gives a batch its place, outside of what the checksum covers."""
    return struct.pack(">q", first) + bytes(written[8:])


def taken_apart(fetched, *, begin=0, aborted=None, level=0):
    """As aiokafka holds it before anybody has read."""
    return PartitionRecords(AT, MemoryRecords(fetched), aborted, begin, None, None, True, level)


def fields(records):
    """Offset, timestamp, key and value of each."""
    return [(record.offset, record.timestamp, record.key, record.value) for record in records]


def unpacked(fetched, **how):
    """What aiokafka makes of it, and where fetching goes on."""
    records = taken_apart(fetched, **how)
    return fields(records), records.next_fetch_offset


def unread(fetched, **how):
    """The same, left unread until fetching went on."""
    records = taken_apart(fetched, **how)
    leave_unread(records)
    batches = list(records)
    return fields(Fetched(batches)) if batches else [], records.next_fetch_offset


@pytest.mark.parametrize("begin", [0, 2, 4, 5])
@pytest.mark.parametrize("compression", [0, 1])
def test_the_same_records_and_the_same_next_offset(begin, compression):
    fetched = batch(compression=compression) + batch(first=5, compression=compression)

    found, upto = unread(fetched, begin=begin)

    assert (found, upto) == unpacked(fetched, begin=begin)
    assert [offset for offset, *_ in found] == list(range(begin, 10))


def test_what_was_fetched_says_where_it_lies_before_it_is_read():
    records = taken_apart(batch() + batch(first=5), begin=2)
    leave_unread(records)

    fetched = Fetched(list(records))

    assert (fetched.begin, fetched.offset, fetched.timestamp, len(fetched)) == (2, 9, 1_772_375_400_009, 8)


def test_a_hole_in_the_log_is_seen_where_it_is():
    records = taken_apart(batch(first=5), begin=2)
    leave_unread(records)

    assert Fetched(list(records)).begin == 5


def test_records_of_an_aborted_transaction_are_left_out_where_that_is_asked():
    fetched = batch(transactional=True)

    assert unread(fetched, aborted=[(7, 0)], level=1) == ([], 5)
    assert len(unread(fetched, level=1)[0]) == 5


def test_the_end_of_a_transaction_is_no_record():
    fetched = batch(transactional=True) + abort_marker(5) + batch(first=6)

    for how in ({"level": 1}, {"level": 1, "aborted": [(7, 0)]}, {"level": 0}):
        assert unread(fetched, **how) == unpacked(fetched, **how)
    assert [offset for offset, *_ in unread(fetched, level=1, aborted=[(7, 0)])[0]] == [6, 7, 8, 9, 10]


def test_bytes_that_changed_on_their_way_are_refused():
    fetched = bytearray(batch())
    fetched[-3] ^= 1

    with pytest.raises(CorruptRecordException):
        unread(bytes(fetched))


@pytest.mark.kafka
def test_a_running_application_is_given_records_that_nobody_has_read_or_copied(new_ward_topics):
    kafka = new_ward_topics(partitions=1, only=(BEDSIDE,))
    with open_bedside(kafka) as bedside:
        bedside.send([heart_rate(f"e{number}", "p") for number in range(300)])

    async def scenario(probe):
        await reached(lambda: len(probe.records()) >= 300)
        kinds = {type(record) for record in probe.records()}
        assert kinds == {DefaultRecord}, "slower, and nothing else: see services/grader/fetching.py"

    run(kafka, scenario)
