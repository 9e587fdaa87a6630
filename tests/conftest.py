"""Fixtures for all tests."""

from tests.kafka import kafka, new_ward_topics, ward_topics

__all__ = ["kafka", "new_ward_topics", "ward_topics"]
