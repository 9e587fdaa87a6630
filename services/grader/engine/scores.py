"""Ward scores beside the grade, as ranges where inputs are missing. They never gate an alert.

NEWS2: Royal College of Physicians, National Early Warning Score 2, December 2017, Chart 1 (reproduced with
acknowledgement). qSOFA: Singer 2016. Shock index: heart rate over systolic pressure.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

# (upper bound inclusive, points), ascending; the last has no bound.
_BANDS: dict[str, tuple[tuple[float, int], ...]] = {
    "resp_rate_bpm": ((8, 3), (11, 1), (20, 0), (24, 2), (9e9, 3)),
    "spo2_pct": ((91, 3), (93, 2), (95, 1), (9e9, 0)),
    "sbp_mmhg": ((90, 3), (100, 2), (110, 1), (219, 0), (9e9, 3)),
    "heart_rate_bpm": ((40, 3), (50, 1), (90, 0), (110, 1), (130, 2), (9e9, 3)),
    "temperature_c": ((35.0, 3), (36.0, 1), (38.0, 0), (39.0, 1), (9e9, 2)),
}
_SCALE_2 = ((83, 3), (85, 2), (87, 1), (92, 0))
_SCALE_2_ON_OXYGEN = ((94, 1), (96, 2), (9e9, 3))
_MOST = {name: max(points for _, points in bands) for name, bands in _BANDS.items()}
OXYGEN_POINTS, CONSCIOUSNESS_POINTS = 2, 3


class Seen(NamedTuple):
    """What of a patient the scores look at; None is not known."""

    signs: dict[str, float]
    on_oxygen: bool | None = None
    alert: bool | None = None
    scale_2: bool = False
    news2_applies: bool = True


class Range(NamedTuple):
    """A score that is at least `low` and at most `high`."""

    low: int
    high: int


def news2(seen: Seen) -> Range:
    """NEWS2 from 0 to 20; what is missing adds nothing to the lower and all its points to the upper bound."""
    parts = [_sign_points(name, seen) for name in _BANDS]
    parts.append(_flag_points(seen.on_oxygen, OXYGEN_POINTS))
    parts.append(_flag_points(None if seen.alert is None else not seen.alert, CONSCIOUSNESS_POINTS))
    return Range(sum(part.low for part in parts), sum(part.high for part in parts))


def _flag_points(present: bool | None, points: int) -> Range:
    return Range(0, points) if present is None else Range(points * present, points * present)


def points(sign: str, value: float, *, scale_2: bool) -> int:
    """Which band of its scale a value is in: equal for values that no score tells apart."""
    bands = _BANDS.get(sign)
    if bands is None:
        return 0
    rounded = _rounded(value, "0.1" if sign == "temperature_c" else "1")
    if sign == "spo2_pct" and scale_2:
        bands = (*_SCALE_2, *_SCALE_2_ON_OXYGEN)
    return next(index for index, (upper, _) in enumerate(bands) if rounded <= upper)


def _sign_points(name: str, seen: Seen) -> Range:
    value = seen.signs.get(name)
    if value is None:
        return Range(0, _MOST[name])
    rounded = _rounded(value, "0.1" if name == "temperature_c" else "1")
    if name == "spo2_pct" and seen.scale_2:
        return _scale_2_points(rounded, seen.on_oxygen)
    points = _band(rounded, _BANDS[name])
    return Range(points, points)


def _scale_2_points(spo2_pct: float, on_oxygen: bool | None) -> Range:
    if spo2_pct <= _SCALE_2[-1][0]:
        points = _band(spo2_pct, _SCALE_2)
        return Range(points, points)
    on = _band(spo2_pct, _SCALE_2_ON_OXYGEN)
    return Range(0, on) if on_oxygen is None else Range(on * on_oxygen, on * on_oxygen)


def _band(value: float, bands: tuple[tuple[float, int], ...]) -> int:
    return next(points for upper, points in bands if value <= upper)


def _rounded(value: float, step: str) -> float:
    return float(Decimal(str(value)).quantize(Decimal(step), ROUND_HALF_UP))


def qsofa(seen: Seen) -> Range:
    """0 to 3: respiratory rate >= 22, systolic pressure <= 100, altered mentation."""
    rate, sbp = seen.signs.get("resp_rate_bpm"), seen.signs.get("sbp_mmhg")
    parts = (
        _flag_points(None if rate is None else rate >= 22, 1),
        _flag_points(None if sbp is None else sbp <= 100, 1),
        _flag_points(None if seen.alert is None else not seen.alert, 1),
    )
    return Range(sum(part.low for part in parts), sum(part.high for part in parts))


def shock_index(seen: Seen) -> float | None:
    """Heart rate over systolic pressure, to two digits; None without both or without a pressure to divide by."""
    rate, sbp = seen.signs.get("heart_rate_bpm"), seen.signs.get("sbp_mmhg")
    return None if rate is None or sbp is None or sbp <= 0 else round(rate / sbp, 2)


def scores(seen: Seen) -> dict[str, Any]:
    """All that apply at this age, as the estimate carries them."""
    found: dict[str, Any] = {"news2": _shown(news2(seen))} if seen.news2_applies else {}
    found["qsofa"] = _shown(qsofa(seen))
    index = shock_index(seen)
    return found if index is None else {**found, "shock_index": index}


def _shown(score: Range) -> dict[str, int]:
    return {"low": score.low, "high": score.high}
