"""Fixtures of the end-to-end tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.dashboard.build import build
from services.runtime.settings import KafkaSettings
from tests.browser.conftest import browser
from tests.e2e.ward import Ward, ward_of
from tests.integration.notifier.receiver import Receiver, receiving

__all__ = ["browser"]


@pytest.fixture
def pager() -> Iterator[Receiver]:
    """The on-call pager: a real HTTP receiver that verifies every signature."""
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def ward(ward_topics: KafkaSettings, tmp_path: Path, pager: Receiver) -> Iterator[Ward]:
    """A ward on topics of its own whose pages go to `pager`; nothing is started yet."""
    build()
    with ward_of(ward_topics, tmp_path, pager_url=pager.url) as ward:
        yield ward
