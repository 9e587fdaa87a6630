import re
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from services.runtime import metrics
from services.runtime.metrics import METRICS, counter, gauge, histogram, metrics_table

SAYS_WHO = {"patient", "patient_id", "bed", "unit", "mrn", "encounter", "event_id", "escalation_id", "recipient"}


def test_no_label_can_point_at_a_patient_or_a_bed():
    assert [metric.name for metric in METRICS if SAYS_WHO & set(metric.labels)] == []


def test_names_follow_the_conventions():
    names = [metric.name for metric in METRICS]

    assert len(names) == len(set(names))
    assert all(name.startswith("crs_") for name in names)
    assert {m.name for m in METRICS if m.kind == "counter"} == {n for n in names if n.endswith("_total")}
    assert all(m.name.endswith("_seconds") for m in METRICS if m.kind == "histogram")


def test_the_same_name_is_the_same_counter():
    before = REGISTRY.get_sample_value("crs_ticks_total") or 0

    counter("crs_ticks_total").inc()
    counter("crs_ticks_total").inc()

    assert REGISTRY.get_sample_value("crs_ticks_total") == before + 2


@pytest.mark.parametrize("ask", [counter, gauge, histogram])
def test_an_unlisted_name_or_another_kind_is_refused(ask):
    with pytest.raises(ValueError, match="list it there first"):
        ask("crs_unheard_of")
    with pytest.raises(ValueError, match="list it there first"):
        ask("crs_patients" if ask is not gauge else "crs_ticks_total")


def test_the_table_has_a_row_for_every_metric():
    assert len(metrics_table().splitlines()) == len(METRICS) + 2


@pytest.fixture(scope="module")
def written():
    """Names that the services' sources ask for, outside the list itself."""
    services = Path(metrics.__file__).parents[1]
    sources = [path for path in services.rglob("*.py") if "node_modules" not in path.parts]
    ask = re.compile(r"""(?:counter|gauge|histogram)\(\s*["'](\w+)["']""")
    return {name for path in sources if path != Path(metrics.__file__) for name in ask.findall(path.read_text())}


def test_every_metric_a_service_writes_is_listed(written):
    assert written - {metric.name for metric in METRICS} == set()


def test_every_listed_metric_is_written(written):
    assert {metric.name for metric in METRICS} - written == set()
