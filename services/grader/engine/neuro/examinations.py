"""When the next neurological examination is overdue (`settled.md` 32)."""

from services.grader.engine.chart import Chart, Dose
from services.grader.engine.durations import days, hours
from services.grader.engine.neuro.icans import counted_score
from services.grader.engine.ruleset.rules import RuleSet


def neuro_due_ms(chart: Chart, at_ms: int, rules: RuleSet) -> int | None:
    """From the later of dose and last examination; None where that falls outside the neurotoxicity window."""
    if chart.dose is None:
        return None
    exam = chart.neuro.get(counted_score(chart.neuro, chart.person, at_ms, rules))
    last_ms = chart.dose.at_ms if exam is None else max(chart.dose.at_ms, exam.at_ms)
    due_ms = last_ms + hours(rules.exam_stale_h)
    return due_ms if due_ms < _until_ms(chart.dose, rules) else None


def is_exam_due(chart: Chart, at_ms: int, rules: RuleSet) -> bool:
    """Whether an examination is called for now; after the window none is, though a call that was not heeded stands."""
    due_ms = neuro_due_ms(chart, at_ms, rules)
    return due_ms is not None and chart.dose is not None and due_ms <= at_ms < _until_ms(chart.dose, rules)


def _until_ms(dose: Dose, rules: RuleSet) -> int:
    return dose.at_ms + days(rules.neuro_window_days)
