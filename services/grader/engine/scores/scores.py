"""Ward scores beside the grade, as ranges where inputs are missing. They never gate an alert.

What is missing adds nothing to the lower bound and all its points to the upper one. The charts are in
`score_charts.py`; whom each score is for is a rule.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from services.grader.engine.scores.score_charts import (
    NEWS2,
    NEWS2_CONSCIOUSNESS,
    NEWS2_OXYGEN,
    PEWS_MUCH_OXYGEN,
    PEWS_NOT_ON_THE_WIRE,
    QSOFA,
    QSOFA_MENTATION,
    SCALE_2_ON_AIR,
    SCALE_2_ON_OXYGEN,
    Bands,
    Chart,
    pews_chart,
)

SPO2, OXYGEN, CONSCIOUSNESS = "spo2_pct", "oxygen_device", "consciousness"
_NEWS2_BUT_SPO2: Chart = {name: bands for name, bands in NEWS2.items() if name != SPO2}


class Range(NamedTuple):
    """A score that is at least `low` and at most `high`; `missing` is what would narrow it."""

    low: int
    high: int
    missing: tuple[str, ...] = ()


class Seen(NamedTuple):
    """What of a patient the scores look at; None is not known.

    `child_months` is the age of a patient who is too young for NEWS2; `pews_oxygen` what oxygen therapy scores there.
    """

    signs: Mapping[str, float]
    on_oxygen: bool | None = None
    alert: bool | None = None
    scale_2: bool = False
    child_months: int | None = None
    qsofa_applies: bool = True
    pews_oxygen: Range = Range(0, PEWS_MUCH_OXYGEN, (OXYGEN,))


def news2(seen: Seen) -> Range:
    """NEWS2, from 0 to 20, on the SpO2 scale that was ordered."""
    parts = [_signs(_NEWS2_BUT_SPO2, seen), _saturation(seen)]
    parts.append(_flag(OXYGEN, seen.on_oxygen, NEWS2_OXYGEN))
    parts.append(_flag(CONSCIOUSNESS, None if seen.alert is None else not seen.alert, NEWS2_CONSCIOUSNESS))
    return _sum(parts)


def qsofa(seen: Seen) -> Range:
    """qSOFA, from 0 to 3: respiratory rate, systolic pressure, altered mentation."""
    altered = None if seen.alert is None else not seen.alert
    return _sum([_signs(QSOFA, seen), _flag(CONSCIOUSNESS, altered, QSOFA_MENTATION)])


def pews(seen: Seen, child_months: int) -> Range:
    """Bedside PEWS, from 0 to 26; two of its seven items are charted nowhere, so it is a range always."""
    items = [Range(0, points, (name,)) for name, points in PEWS_NOT_ON_THE_WIRE.items()]
    return _sum([_signs(pews_chart(child_months), seen), seen.pews_oxygen, *items])


def shock_index(seen: Seen) -> float | None:
    """Heart rate over systolic pressure, to two digits; None without both or without a pressure to divide by."""
    rate, sbp = seen.signs.get("heart_rate_bpm"), seen.signs.get("sbp_mmhg")
    return None if rate is None or sbp is None or sbp <= 0 else round(rate / sbp, 2)


def scores(seen: Seen) -> dict[str, Any]:
    """All that apply at this age, as the estimate carries them."""
    months, index = seen.child_months, shock_index(seen)
    found: dict[str, Any] = {}
    if months is None:
        found["news2"] = _shown(news2(seen)) | ({"scale": 2} if seen.scale_2 else {})
    else:
        found["pews"] = _shown(pews(seen, months))
    if seen.qsofa_applies:
        found["qsofa"] = _shown(qsofa(seen))
    return found if index is None else {**found, "shock_index": index}


def _signs(chart: Chart, seen: Seen) -> Range:
    low = high = 0
    missing: tuple[str, ...] = ()
    for name, bands in chart.items():
        value = seen.signs.get(name)
        if value is None:
            high += bands.most
            missing = (*missing, name)
        else:
            points = bands.score(value)
            low += points
            high += points
    return Range(low, high, missing)


def _sign(name: str, bands: Bands, seen: Seen) -> Range:
    value = seen.signs.get(name)
    if value is None:
        return Range(0, bands.most, (name,))
    points = bands.score(value)
    return Range(points, points)


def _saturation(seen: Seen) -> Range:
    """On scale 2 it depends above the target on whether oxygen runs."""
    if not seen.scale_2:
        return _sign(SPO2, NEWS2[SPO2], seen)
    air, oxygen = _sign(SPO2, SCALE_2_ON_AIR, seen), _sign(SPO2, SCALE_2_ON_OXYGEN, seen)
    if seen.on_oxygen is None:
        return Range(air.low, oxygen.high, air.missing)
    return oxygen if seen.on_oxygen else air


def _flag(name: str, present: bool | None, points: int) -> Range:
    return Range(0, points, (name,)) if present is None else Range(points * present, points * present)


def _sum(parts: list[Range]) -> Range:
    low = high = 0
    missing: tuple[str, ...] = ()
    for part in parts:
        low += part.low
        high += part.high
        missing += part.missing
    return Range(low, high, missing)


def _shown(score: Range) -> dict[str, Any]:
    missing = {"missing": list(score.missing)} if score.missing else {}
    return {"low": score.low, "high": score.high, **missing}
