"""Fixtures for all tests."""

from tests.kafka import kafka, new_ward_topics, pytest_configure_node, pytest_unconfigure, ward_topics

__all__ = ["kafka", "new_ward_topics", "pytest_configure_node", "pytest_unconfigure", "ward_topics"]
