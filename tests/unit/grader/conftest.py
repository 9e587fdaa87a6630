"""The properties run with a few fixed examples in `make test`, and with thousands of new ones in `make prove`."""

import pytest
from hypothesis import HealthCheck, settings

FEW, MANY = 25, 2000


def pytest_configure(config: pytest.Config) -> None:
    proving = config.option.markexpr == "prove"
    settings.register_profile(
        "crswatch",
        max_examples=MANY if proving else FEW,
        derandomize=not proving,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("crswatch")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In `make prove` the properties are proofs too."""
    for item in items:
        if config.option.markexpr == "prove" and item.get_closest_marker("property") is not None:
            item.add_marker(pytest.mark.prove)
            item.add_marker(pytest.mark.timeout(3600))
