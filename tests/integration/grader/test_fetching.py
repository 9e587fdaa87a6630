"""Records that are not copied are the same records, checked and counted as aiokafka does it."""

import pytest
from aiokafka import TopicPartition
from aiokafka.consumer.fetcher import PartitionRecords
from aiokafka.errors import CorruptRecordException
from aiokafka.record._crecords.default_records import DefaultRecord, DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords

from schemas.topics import BEDSIDE
from services.grader.fetching import PlainRecords
from tests.integration.grader.bedside import heart_rate, open_bedside
from tests.integration.grader.faust_probe import reached, run

AT = TopicPartition("bedside", 3)


def batch(count=5, *, transactional=False, compression=0):
    """Bytes as a fetch brings them; every third record without a key, every fourth without a value."""
    builder = DefaultRecordBatchBuilder(2, compression, int(transactional), 7, 0, 0, 1 << 20)
    for n in range(count):
        key, value = (None if n % 3 == 2 else b"p-%d" % n), (None if n % 4 == 3 else b"value %d" % n)
        builder.append(n, 1_772_375_400_000 + n, key, value, [])
    return bytes(builder.build())


def unpacked(kind, fetched, *, begin=0, aborted=None, level=0):
    """Offset, timestamp, key and value of each record, and where fetching goes on."""
    records = kind(AT, MemoryRecords(fetched), aborted, begin, None, None, True, level)
    found = [(record.offset, record.timestamp, record.key, record.value) for record in records]
    return found, records.next_fetch_offset


@pytest.mark.parametrize("begin", [0, 2, 5])
@pytest.mark.parametrize("compression", [0, 1])
def test_the_same_records_and_the_same_next_offset(begin, compression):
    fetched = batch(compression=compression)

    found, upto = unpacked(PlainRecords, fetched, begin=begin)

    assert (found, upto) == unpacked(PartitionRecords, fetched, begin=begin)
    assert [offset for offset, *_ in found] == list(range(begin, 5))


def test_records_of_an_aborted_transaction_are_left_out_where_that_is_asked():
    fetched = batch(transactional=True)

    assert unpacked(PlainRecords, fetched, aborted=[(7, 0)], level=1) == ([], 5)
    assert len(unpacked(PlainRecords, fetched, level=1)[0]) == 5


def test_bytes_that_changed_on_their_way_are_refused():
    fetched = bytearray(batch())
    fetched[-3] ^= 1

    with pytest.raises(CorruptRecordException):
        unpacked(PlainRecords, bytes(fetched))


@pytest.mark.kafka
def test_a_running_application_is_given_records_that_were_not_copied(new_ward_topics):
    kafka = new_ward_topics(partitions=1, only=(BEDSIDE,))
    with open_bedside(kafka) as bedside:
        bedside.send([heart_rate(f"e{number}", "p") for number in range(300)])

    async def scenario(probe):
        await reached(lambda: len(probe.records()) >= 300)
        kinds = {type(record) for record in probe.records()}
        assert kinds == {DefaultRecord}, "slower, and nothing else: see services/grader/fetching.py"

    run(kafka, scenario)
