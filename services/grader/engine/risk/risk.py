"""Where a patient stands after a dose: when CRS and neurotoxicity are waited for (`clinical.md` 6).

Each dose runs a clock of its own, and the latest one counts. A window changes what is expected and said; it never
decides whether a grade pages (`clinical.md` 10.2, R3).
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from schemas.times import format_time
from services.grader.engine.chart import Chart, Dose
from services.grader.engine.durations import HOUR_MS, days, hours
from services.grader.engine.risk.products import Product, product_of
from services.grader.engine.ruleset.rules import RuleSet

HOURS_A_DAY = 24


class Window(NamedTuple):
    """The clock of one dose; `product` is None for one that is not in the table."""

    product: Product | None
    peak_from_ms: int
    peak_until_ms: int
    crs_until_ms: int
    neuro_until_ms: int
    watch_until_ms: int | None

    @property
    def ends_ms(self) -> int:
        """When nothing is waited for any more."""
        return max(self.crs_until_ms, self.neuro_until_ms)


def window_of(dose: Dose, rules: RuleSet) -> Window:
    """The windows that a dose opens."""
    product, dosed_ms = product_of(dose.product), dose.at_ms
    neuro_until_ms = dosed_ms + days(rules.neuro_window_days)
    if product is None:
        until_ms = dosed_ms + days(rules.unknown_product_days)
        return Window(None, dosed_ms, until_ms, until_ms, neuro_until_ms, None)
    earliest_h, latest_h = product.onset_h
    at_least_h = rules.risk_days_at_least * HOURS_A_DAY
    watch_h = product.watch_h(dose.number)
    return Window(
        product,
        dosed_ms + hours(earliest_h * (1 - rules.peak_share)),
        dosed_ms + hours(latest_h * (1 + rules.peak_share)),
        dosed_ms + hours(max(product.onset_until_h or 0, at_least_h)),
        neuro_until_ms,
        None if watch_h is None else dosed_ms + hours(watch_h),
    )


def phase(window: Window, at_ms: int) -> str:
    """Before, at or after the usual onset of CRS; waiting for neurotoxicity alone; over."""
    if at_ms >= window.ends_ms:
        return "over"
    if at_ms >= window.crs_until_ms:
        return "neuro"
    if at_ms >= window.peak_until_ms:
        return "late"
    return "peak" if at_ms >= window.peak_from_ms else "early"


def enrolled_until_ms(dose: Dose, rules: RuleSet) -> int:
    """How long an enrolment outlives a discharge: until the risk window ends (`settled.md` 26)."""
    return max(dose.at_ms + days(rules.enrolment_days), window_of(dose, rules).ends_ms)


def risk_times(dose: Dose, rules: RuleSet) -> Iterator[int]:
    """When time alone moves a patient into another phase."""
    window = window_of(dose, rules)
    yield from (window.peak_from_ms, window.peak_until_ms, window.crs_until_ms, window.neuro_until_ms)


def told_risk(chart: Chart, now_ms: int, rules: RuleSet, *, vitals_every_h: float) -> dict[str, Any] | None:
    """The window as the estimate carries it; None without a dose."""
    dose = chart.dose
    if dose is None:
        return None
    window = window_of(dose, rules)
    exams = {"exam_every_h": rules.exam_every_h} if now_ms < window.neuro_until_ms else {}
    return {
        "product": dose.product if window.product is None else window.product.name,
        "known": window.product is not None,
        **({} if dose.number is None else {"dose_number": dose.number}),
        **clock_of(dose, now_ms),
        "phase": phase(window, now_ms),
        "peak_from": format_time(window.peak_from_ms),
        "peak_until": format_time(window.peak_until_ms),
        "crs_until": format_time(window.crs_until_ms),
        "neuro_until": format_time(window.neuro_until_ms),
        **({} if window.watch_until_ms is None else {"monitor_until": format_time(window.watch_until_ms)}),
        "expected": {"vitals_every_h": vitals_every_h, **exams},
        **_published(window.product),
    }


def clock_of(dose: Dose, now_ms: int) -> dict[str, float]:
    """How long ago it was: what goes on changing of a window that stands."""
    since_h = max(0, now_ms - dose.at_ms) / HOUR_MS
    return {"day": int(since_h / HOURS_A_DAY), "hours_since_dose": round(since_h, 1)}


def _published(product: Product | None) -> dict[str, Any]:
    if product is None:
        return {"text": "Not in the table of products: default window.", "citation": "[P] proposal"}
    return {"text": f"{product.monitoring} {product.neuro}", "citation": product.source}
