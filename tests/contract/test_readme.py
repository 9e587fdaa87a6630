"""The README's tables are rendered; this says when one is out of date."""

from pathlib import Path

from schemas.rendering import topic_table
from services.runtime.metrics import metrics_table

README = (Path(__file__).parents[2] / "README.md").read_text()


def test_the_topic_table_is_the_registry():
    assert topic_table() in README, "paste schemas/generated/topics.md into README.md"


def test_the_metrics_table_is_the_list():
    assert metrics_table().rstrip() in README, "paste services.runtime.metrics.metrics_table() into README.md"


def test_every_place_the_readme_names_exists():
    named = [line.split("`")[1] for line in README.splitlines() if line.startswith("| `") and "/` |" in line]

    assert named
    assert [place for place in named if not (Path(__file__).parents[2] / place).exists()] == []
