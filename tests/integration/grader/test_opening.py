"""Taking a partition over on real Kafka: whether its state and its log belong together."""

import asyncio
from dataclasses import replace

import pytest

from schemas.topics import BEDSIDE
from services.grader.manifest import Newest, Source
from services.grader.opening import ForeignState, Opener
from services.grader.settings import GraderSettings
from services.grader.topic_names import topic_names
from tests.integration.grader.bedside import open_bedside
from tests.integration.grader.checkpoints import NOTHING, SOURCE, opened
from tests.integration.grader.counting import Counting
from tests.integration.grader.damage import take_away

pytestmark = pytest.mark.kafka


@pytest.fixture
def opener(ward_topics):
    async def produce(_):
        raise AssertionError("nothing is sent while a partition is opened")

    settings = GraderSettings(**ward_topics.model_dump())
    return Opener(settings, topic_names(settings.topic_prefix), SOURCE, "rules", Counting, produce, lambda *_: None)


@pytest.mark.parametrize(
    ("stored", "why"),
    [
        (replace(NOTHING, source=Source("another cluster", "topic")), "another cluster"),
        (replace(NOTHING, source=Source("cluster", "another topic")), "another cluster or another bedside topic"),
        (replace(NOTHING, next=500), "ends at 0, the state already contains 500"),
        (replace(NOTHING, newest=Newest(520, 1)), "ends at 0, the state already contains 521"),
    ],
    ids=["cluster", "topic", "log ends before the state", "log ends before what a bucket contains"],
)
def test_state_that_does_not_belong_to_the_log_is_refused(opener, stored, why):
    async def scenario():
        async with opened(opener.settings, opener.topics["state"]) as earlier:
            await earlier.write({}, stored)
        with pytest.raises(ForeignState, match=why):
            await opener.open(0, 1, await opener.fetch(0))

    asyncio.run(scenario())


def test_records_that_retention_takes_while_a_partition_waits_for_its_turn_are_a_gap_and_nothing_else(opener):
    """What was fetched ahead says where the log began then; where its first record lies now says something else."""
    settings = opener.settings

    async def scenario():
        with open_bedside(settings) as bedside:
            for _ in range(10):
                bedside.send_bytes(b"{}", partition=0)
            async with opened(settings, opener.topics["state"]) as earlier:
                await earlier.write({}, replace(NOTHING, next=3))
            fetched = await opener.fetch(0)
            begin = take_away(settings, BEDSIDE, 0)
            bedside.send_bytes(b"{}", partition=0)

        owned = await opener.open(0, 1, fetched, begin)

        assert (owned.next, owned.mending) == (begin, None)
        await owned.abandon()

    asyncio.run(scenario())
