"""A folder of CLIF tables as the lines that `replay` grades: every stay with vitals, in the order of time.

One clock for all stays: the data sets shift each patient's dates, so most patients are alone in their years.
"""

import heapq
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from schemas.reading import check_bedside
from schemas.reasons import Refusal
from services.grader.clif.charts import dose_events, infusion_events, oxygen_events
from services.grader.clif.events import Event
from services.grader.clif.moves import encounter_events, moves_of, uncharted_units
from services.grader.clif.reasons import Rows
from services.grader.clif.signs import vitals_events
from services.grader.clif.stays import Stays
from services.grader.clif.tables import ADT, CONTINUOUS, HOSPITALIZATION, INTERMITTENT, RESPIRATORY, VITALS, rows_of
from services.grader.clif.words import SIGNS, word
from services.grader.replay import BadLine, Line


def read_clif(folder: Path, unused: Rows) -> Iterator[Line | BadLine]:
    """Each event with its clock, which is its time.

    Args:
        folder: holds `clif_vitals.parquet`, `clif_hospitalization.parquet` and what else there is.
        unused: counts the rows that are not used, as they are passed by.

    Raises:
        BadClif: a table that is needed, one of its columns, or pyarrow is missing.
    """
    clock_ms, named = 0, Counter[tuple[str, str]]()
    for number, event in enumerate(_events(folder, unused), start=1):
        if event.at_ms != clock_ms:
            clock_ms = event.at_ms
            named.clear()
        place = (event.table, event.stay_id)
        event_id = ":".join((*place, str(event.at_ms), str(named[place])))
        named[place] += 1
        checked = check_bedside({"event_id": event_id, **event.record})
        yield BadLine(number, checked) if isinstance(checked, Refusal) else Line(number, checked, event.at_ms)


def _events(folder: Path, unused: Rows) -> Iterator[Event]:
    moments_ms = _moments(folder)
    stays = Stays(rows_of(folder, HOSPITALIZATION), moments_ms, unused)
    moves = moves_of(rows_of(folder, ADT), stays)
    uncharted = uncharted_units(chain.from_iterable(moves.values()), moments_ms)
    # Where times agree the stay comes first, then support, then signs.
    return heapq.merge(
        encounter_events(stays, moves, uncharted, unused),
        infusion_events(rows_of(folder, CONTINUOUS), stays, unused),
        dose_events(rows_of(folder, INTERMITTENT), stays, unused),
        oxygen_events(rows_of(folder, RESPIRATORY), stays, unused),
        vitals_events(rows_of(folder, VITALS), stays, unused),
        key=lambda event: event.at_ms,
    )


def _moments(folder: Path) -> dict[str, list[int]]:
    """When signs were charted in each stay, in order."""
    found: dict[str, list[int]] = {}
    for row in rows_of(folder, VITALS):
        stay_id, at_ms = row["hospitalization_id"], row["recorded_dttm"]
        if stay_id is None or at_ms is None or word(row["vital_category"]) not in SIGNS:
            continue
        times = found.setdefault(stay_id, [])
        if not times or times[-1] != at_ms:
            times.append(at_ms)
    return found
