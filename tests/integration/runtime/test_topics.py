"""Topics at a real Kafka are as the registry says, or refused in words."""

from dataclasses import replace

import pytest

from schemas.topics import ALARMS, BEDSIDE, DELIVERIES, ESTIMATES, REJECTED, TOPICS
from services.runtime.topics import create_topics, topic_name, verify_topics

pytestmark = pytest.mark.kafka


def test_what_was_created_is_as_registered(ward_topics):
    assert verify_topics(ward_topics) == []


def test_creating_again_changes_nothing(ward_topics):
    assert create_topics(ward_topics) == []
    assert verify_topics(ward_topics) == []


def test_only_what_is_missing_is_created(new_ward_topics):
    ward = new_ward_topics(only=(BEDSIDE, ALARMS))

    assert set(create_topics(ward, (BEDSIDE, ALARMS, REJECTED))) == {topic_name(ward.topic_prefix, REJECTED)}


def test_missing_topics_are_named(new_ward_topics):
    ward = new_ward_topics(only=(BEDSIDE,))

    problems = verify_topics(ward)

    assert len(problems) == len(TOPICS) - 1
    assert f"Topic {ward.topic_prefix}crs.alarms.v1 does not exist: create it with `crswatch topics`." in problems


def test_another_partition_count_is_refused(new_ward_topics):
    ward = new_ward_topics(partitions=2, only=(BEDSIDE,))

    (problem,) = verify_topics(ward.model_copy(update={"partitions": 3}), (BEDSIDE,))

    assert "has 2 partitions, 3 are expected" in problem


@pytest.mark.parametrize(
    ("registered", "made", "setting"),
    [
        pytest.param(DELIVERIES, {"retention_ms": 1_000_000}, "retention.ms=1000000", id="retention"),
        pytest.param(ALARMS, {"retention_ms": 1_000_000}, "cleanup.policy=delete", id="compaction"),
        pytest.param(ESTIMATES, {"config": {}}, "message.timestamp.after.max.ms=3600000", id="how far ahead"),
        pytest.param(BEDSIDE, {"config": {}}, "message.timestamp.type=CreateTime", id="whose clock"),
    ],
)
def test_another_setting_is_refused(new_ward_topics, registered, made, setting):
    ward = new_ward_topics(only=(replace(registered, **made),))

    problems = verify_topics(ward, (registered,))

    assert any(f"has {setting}, the registry says" in problem for problem in problems)
