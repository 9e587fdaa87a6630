"""How far the signs of a stream may move before a ward score could page: their worst points together stay below it.

Which points a value scores is shown, and shown again with the next estimate; only the page rests on their sum.
"""

from collections.abc import Mapping

from services.grader.engine.scores.score_charts import Bands
from services.grader.engine.scores.seen import on_scale_2, paged_chart
from services.grader.engine.signs.readings import STREAMS, sign_of
from services.grader.engine.state import PatientState
from services.grader.engine.telling.watch import ward_score
from services.grader.engine.ward import Ward


def allowed_edges(state: PatientState, ward: Ward) -> Mapping[str, tuple[float, ...]]:
    """By sign of the score that pages, the values at which it may become another matter.

    While the score is far below its limit each sign of the stream is allowed some points more than it scores now.
    Where the score stands, or where its SpO2 scale depends on the oxygen, a sign has to stay in its very band.
    """
    chart = paged_chart(state.fold.chart, state.as_of_ms, ward.rules)
    scored = ward_score(state, state.reached_ms, ward)
    streamed = {
        sign_of(name): item.value
        for name, item in sorted(state.newest.items(), key=lambda pair: pair[1].observed_ms)
        if item.source in STREAMS and sign_of(name) in chart
    }
    room = scored.threshold - 1 - scored.score.low
    if room < 0 or state.score_ms is not None or not streamed or on_scale_2(state.fold.chart, ward.rules):
        return {sign: bands.edges for sign, bands in chart.items()}
    share, odd = divmod(room, len(streamed))
    return {
        sign: _edges(chart[sign], value, share + (place < odd)) for place, (sign, value) in enumerate(streamed.items())
    }


def _edges(bands: Bands, value: float, more: int) -> tuple[float, ...]:
    """The edges of all neighbouring bands that score at most so much more than the value does."""
    band = low = high = bands.band(value)
    most = bands.points[band] + more
    while low > 0 and bands.points[low - 1] <= most:
        low -= 1
    while high < len(bands.points) - 1 and bands.points[high + 1] <= most:
        high += 1
    return (*bands.edges[low - 1 : low], *bands.edges[high : high + 1]) if low else bands.edges[high : high + 1]
