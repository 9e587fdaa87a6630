"""Topics at a real Kafka are as the registry says, or refused."""

import pytest

from services.runtime.topics import create_topics, verify_topics

pytestmark = pytest.mark.kafka


def test_what_was_created_is_as_registered(ward_topics):
    assert verify_topics(ward_topics) == []


def test_creating_again_changes_nothing(ward_topics):
    assert create_topics(ward_topics) == []
    assert verify_topics(ward_topics) == []
