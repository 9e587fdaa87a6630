"""How far the signs of a stream may move before a ward score could page: their worst points together stay below it.

Which points a value scores is shown, and shown again with the next estimate; only the page rests on their sum.
"""

from collections.abc import Mapping

from services.grader.engine.scores.score_charts import Bands
from services.grader.engine.scores.seen import on_scale_2, paged_chart, readings_of_scores, seen_by_scores
from services.grader.engine.signs.readings import STREAMS
from services.grader.engine.state import PatientState
from services.grader.engine.telling.watch import score_of
from services.grader.engine.ward import Ward


def allowed_edges(state: PatientState, ward: Ward) -> Mapping[str, tuple[float, ...]]:
    """By sign of the score that pages, the values at which it may become another matter.

    What the other signs leave of the limit is shared out among those of the stream. Where one scores more than its
    share, where the score stands, or where its SpO2 scale depends on the oxygen, each has to stay in its very band.
    """
    chart = paged_chart(state.fold.chart, state.as_of_ms, ward.rules)
    counted = readings_of_scores(state, state.reached_ms, ward.rules)
    streamed = {sign: item.value for sign, item in counted.items() if item.source in STREAMS and sign in chart}
    shares = _shares(state, sorted(streamed), ward)
    if shares and all(chart[sign].score(value) <= shares[sign] for sign, value in streamed.items()):
        return {sign: _edges(chart[sign], value, shares[sign]) for sign, value in streamed.items()}
    return {sign: bands.edges for sign, bands in chart.items()}


def _shares(state: PatientState, signs: list[str], ward: Ward) -> dict[str, int]:
    """How many points each sign may score; nothing where that does not help."""
    if not signs or state.score_ms is not None or on_scale_2(state.fold.chart, ward.rules):
        return {}
    seen = seen_by_scores(state, state.reached_ms, ward.rules)
    others = {sign: value for sign, value in seen.signs.items() if sign not in signs}
    scored = score_of(seen._replace(signs=others), ward.rules)
    share, odd = divmod(scored.threshold - 1 - scored.score.low, len(signs))
    return {sign: share + (place < odd) for place, sign in enumerate(signs)}


def _edges(bands: Bands, value: float, most: int) -> tuple[float, ...]:
    """The edges of all neighbouring bands that score at most so much."""
    low = high = bands.band(value)
    while low > 0 and bands.points[low - 1] <= most:
        low -= 1
    while high < len(bands.points) - 1 and bands.points[high + 1] <= most:
        high += 1
    return (*bands.edges[max(0, low - 1) : low], *bands.edges[high : high + 1])
