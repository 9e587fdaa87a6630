"""Seeded wrong rules: each is a defect seen in a published grader (`clinical.md` 9.1, 1.1), and a named row finds it.

A wrong rule replaces one function of the engine. The row that is named passes before and fails after: the table would
have caught it.
"""

import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from services.grader.engine import chart, fold
from services.grader.engine.chart import Chart
from services.grader.engine.crs import components
from services.grader.engine.crs.components import Part
from services.grader.engine.crs.grading import Bounds
from services.grader.engine.fold import Fold
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.signs import readings
from tests.vignettes.crs_rows import check
from tests.vignettes.tables import read_table

Patch = pytest.MonkeyPatch
right_device, right_pressors = components.grade_device, components.grade_pressors


class Wrong(NamedTuple):
    """A wrong rule, where it was seen, and the row that finds it."""

    rule: str
    apply: Callable[[Patch], None]
    table: str
    row: str


def no_fever_means_no_grade(patch: Patch) -> None:
    """`gradingLogic.ts`, the Flask diary: a temperature below 38 is Grade 0, whatever was given."""
    right = fold.evaluate

    def graded(before: Fold, at_ms: int, rules: RuleSet, **given: Any) -> Fold:
        after = right(before, at_ms, rules, **given)
        return after if after.fever is not False else replace(after, low=0, high=0, episode=None)

    _everywhere(patch, "evaluate", graded)


def no_latch(patch: Patch) -> None:
    """The Flask diary: nobody remembers a fever that has gone; without a temperature there is no episode."""
    right = fold._episode
    patch.setattr(fold, "_episode", lambda now, rules: right(now, rules) if now.fever else None)


def positive_pressure_is_grade_3(patch: Patch) -> None:
    """The Streamlit app: CPAP and BiPAP in the column of Grade 3."""
    _device(patch, lambda device, _flow, right: Bounds(3, 3) if device in ("cpap", "bipap") else right)


def low_flow_falls_through(patch: Patch) -> None:
    """The Streamlit app: low-flow oxygen counts only together with low pressure."""
    right = components.parts_of

    def parts_of(*given: Any) -> dict[str, Part]:
        parts = right(*given)
        alone = parts["device"].low == 2 and parts["pressure"].low == 0
        return parts | {"device": Part(0, 0)} if alone else parts

    _everywhere(patch, "parts_of", parts_of)


def grade_4_demands_pressors_and_ventilator(patch: Patch) -> None:
    """The SAS macro: several vasopressors are Grade 4 only in a ventilated patient."""
    right = components.parts_of

    def parts_of(*given: Any) -> dict[str, Part]:
        parts = right(*given)
        alone = parts["pressor"].low == 4 and parts["device"].low < 4
        return parts | {"pressor": Part(3, 3)} if alone else parts

    _everywhere(patch, "parts_of", parts_of)


def organ_toxicity_enters(patch: Patch) -> None:
    """`CrsGradingCalculator`, the JITC table: a high creatinine is a Grade 3 of its own."""
    failing: list[bool] = []
    right = components.parts_of

    def lab(before: Chart, record: dict[str, Any], _at_ms: int) -> Chart:
        failing.append(record["code"] == "creatinine" and record["value"] > 3)
        return before

    def parts_of(*given: Any) -> dict[str, Part]:
        return right(*given) | ({"pressor": Part(3, 3)} if any(failing) else {})

    patch.setitem(chart._BY_KIND, "lab", lab)
    _everywhere(patch, "parts_of", parts_of)


def vasopressin_is_counted(patch: Patch) -> None:
    """No exclusion: norepinephrine with vasopressin are two."""

    def pressors(running: frozenset[str], rules: RuleSet) -> Bounds:
        return Bounds(4, 4) if len(running) >= 2 else right_pressors(running, rules)

    patch.setattr(components, "grade_pressors", pressors)


def missing_is_normal(patch: Patch) -> None:
    """`nightingaleews` and others: what nobody charted is taken as none."""
    right = components.pressor

    def pressor(known: Chart, at_ms: int, rules: RuleSet) -> Part:
        return Part(0, 0) if known.pressors_ms is None else right(known, at_ms, rules)

    patch.setattr(components, "pressor", pressor)


def fever_is_above_38(patch: Patch) -> None:
    """NCCN's grading rule (T2): more than 38.0, where ASTCT says at least."""
    right = readings.categorise

    def categorise(series: str, value: float, limits: Any, rules: RuleSet) -> int:
        exactly = series == readings.TEMPERATURE and readings.rounded_temperature(value) == rules.fever_c
        return readings.NORMAL if exactly else right(series, value, limits, rules)

    patch.setattr(readings, "categorise", categorise)


def six_litres_are_high_flow(patch: Patch) -> None:
    """The Lunsumio tool (T1): low flow is less than six, where ASTCT says at most."""
    _device(patch, lambda device, flow, right: Bounds(3, 3) if device == "nasal_cannula" and flow == 6 else right)


def a_mask_goes_by_its_flow(patch: Patch) -> None:
    """T3: a face mask at a low flow taken for low-flow oxygen."""
    _device(patch, lambda device, flow, right: Bounds(2, 2) if device == "face_mask" and flow and flow <= 6 else right)


def vasopressin_alone_does_not_count(patch: Patch) -> None:
    """T5 read the other way: vasopressin ignored altogether."""
    patch.setattr(
        components,
        "grade_pressors",
        lambda running, rules: right_pressors(running - {"vasopressin"}, rules),
    )


WRONG = (
    Wrong("no fever means no grade", no_fever_means_no_grade, "crs_fever.md", "tocilizumab hid the fever, one pressor"),
    Wrong("no latch of the fever", no_latch, "crs_fever.md", "the fever went by itself, pressure low"),
    Wrong("positive pressure is Grade 3", positive_pressure_is_grade_3, "crs_grading.md", "BiPAP"),
    Wrong("low flow falls through", low_flow_falls_through, "crs_grading.md", "fever and two litres by cannula"),
    Wrong(
        "Grade 4 demands pressors and ventilator", grade_4_demands_pressors_and_ventilator, "crs_grading.md",
        "two pressors without vasopressin",
    ),
    Wrong(
        "organ toxicity enters", organ_toxicity_enters, "crs_fever.md",
        "creatinine of eight does not raise the grade",
    ),
    Wrong(
        "vasopressin is counted", vasopressin_is_counted, "crs_grading.md",
        "norepinephrine with vasopressin is one pressor",
    ),
    Wrong("missing is normal", missing_is_normal, "crs_grading.md", "pressors never charted, all else well"),
    Wrong("fever is above 38", fever_is_above_38, "crs_grading.md", "fever exactly at the threshold"),
    Wrong("six litres are high flow", six_litres_are_high_flow, "crs_grading.md", "cannula at exactly six litres"),
    Wrong("a mask goes by its flow", a_mask_goes_by_its_flow, "crs_grading.md", "face mask at a low flow"),
    Wrong(
        "vasopressin alone does not count", vasopressin_alone_does_not_count, "crs_grading.md",
        "vasopressin alone counts as a pressor",
    ),
)  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.rule)
def test_a_wrong_rule_fails_a_named_row(wrong: Wrong, monkeypatch: Patch) -> None:
    row = next(row for row in read_table(wrong.table) if row["situation"] == wrong.row)
    check(row)

    wrong.apply(monkeypatch)

    with pytest.raises(AssertionError):
        check(row)


def _device(patch: Patch, wrong: Callable[[str | None, float | None, Bounds], Bounds]) -> None:
    """Every look-up of a device goes wrong."""

    def grade(device: str | None, flow_l_min: float | None, rules: RuleSet) -> Bounds:
        return wrong(device, flow_l_min, right_device(device, flow_l_min, rules))

    patch.setattr(components, "grade_device", grade)


def _everywhere(patch: Patch, name: str, function: Callable[..., Any]) -> None:
    """In every module of the engine that uses it."""
    for path, module in list(sys.modules.items()):
        if path.startswith("services.grader.engine.") and hasattr(module, name):
            patch.setattr(module, name, function)
