"""Findings that a clinician explains otherwise (`settled.md` 7).

An attribution acts at once and without hold, covers only what was established when it was charted, and ends at its
expiry or when more than that appears: a higher level, another vasopressor, another device. That of fever lets the whole
episode rest, so anything more ends it.
"""

from typing import Any

from msgspec.structs import replace

from schemas.times import parse_time
from services.grader.engine.chart import Attribution, Chart
from services.grader.engine.crs.components import DEVICE, FINDING_OF, PRESSOR, Part

Parts = dict[str, Part]
NEURO, FEVER = "neuro", "fever"


def attribute(chart: Chart, record: dict[str, Any], at_ms: int, parts: Parts, *, fever: bool, icans_low: int) -> Chart:
    """The chart with one more attribution; what was not established is not covered."""
    finding = record["finding"]
    covers = tuple((name, part.low) for name, part in parts.items() if finding in (FINDING_OF[name], FEVER))
    if finding == NEURO:
        covers = ((NEURO, icans_low),)
    if finding == FEVER and not fever:
        return chart
    added = Attribution(
        finding, parse_time(record["expires_at"]), at_ms, record["event_id"], covers, _supports(chart, finding)
    )
    others = tuple(item for item in chart.attributions if item.finding != finding)
    return replace(chart, attributions=(*others, added))


def standing(chart: Chart, parts: Parts, icans_low: int, at_ms: int) -> Chart:
    """The chart without the attributions that have ended by now."""
    if not chart.attributions:
        return chart
    levels = {**{name: part.low for name, part in parts.items()}, NEURO: icans_low}
    kept = tuple(item for item in chart.attributions if _stands(item, chart, levels, at_ms))
    return chart if kept == chart.attributions else replace(chart, attributions=kept)


def _stands(item: Attribution, chart: Chart, levels: dict[str, int], at_ms: int) -> bool:
    if at_ms >= item.until_ms:
        return False
    if any(levels[name] > level for name, level in item.covers):
        return False
    # Support that is not given any more is no new support.
    given = set(_supports(chart, item.finding)) - {"room_air"}
    return given <= set(item.supports)


def _supports(chart: Chart, finding: str) -> tuple[str, ...]:
    pressors = sorted(chart.running()) if finding in (FINDING_OF[PRESSOR], FEVER) else []
    if finding in (FINDING_OF[DEVICE], FEVER) and chart.oxygen is not None:
        return (*pressors, chart.oxygen.device)
    return tuple(pressors)


def is_attributed(chart: Chart, finding: str) -> bool:
    """Whether a finding is explained otherwise now."""
    return any(item.finding == finding for item in chart.attributions)


def without_attributed(chart: Chart, parts: Parts) -> Parts:
    """What is left for CRS to explain; what was unknown stays unknown."""
    if not chart.attributions:
        return parts
    return {
        name: Part(0, 0 if part.high == part.low else part.high)
        if part.low and is_attributed(chart, FINDING_OF[name])
        else part
        for name, part in parts.items()
    }
