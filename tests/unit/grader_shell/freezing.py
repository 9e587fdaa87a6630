"""Writes an example of stored state as this version writes it, to be read by every later one.

`python -m tests.unit.grader_shell.freezing` makes `released_state/<format>.<state version>`; it refuses to write one
that is there: what was released stays as it was.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from schemas.encoding import encode
from schemas.reading import read_bedside
from schemas.reasons import Refusal
from services.grader.engine import Origin
from services.grader.engine.partition import Partition
from services.grader.engine.state import STATE_VERSION
from services.grader.manifest import FORMAT, Manifest, Source, Stored, encode_bucket
from tests.unit.grader.random_wards import ward
from tests.vignettes.bed import ms, when

FOLDER = Path(__file__).parent / "released_state"
STEADY = "steady"
SEEDS = range(60)
MOST = 9  # patients in an example
NEXT_OFFSET = 1_000_000
SHOWN = ("grade_low", "grade_high", "icans_low", "icans_high", "max_grade", "encounter", "missing", "inputs",
         "revision", "as_of", "held", "episode_id")  # fmt: skip


def wards() -> Iterator[Partition]:
    """Wards of all kinds, and one patient on a monitor to whom nothing happens."""
    for seed in SEEDS:
        partition = Partition(watch_all=True)
        for offset, (minute, record) in enumerate(ward(seed).arrivals):
            named = json.loads(json.dumps(record).replace('"p', f'"s{seed}-p'))
            named = {name.replace(f"s{seed}-", ""): value for name, value in named.items()}
            event = read_bedside(encode(named))
            if not isinstance(event, Refusal):
                partition.apply(event, clock_ms=ms(minute), origin=Origin("crs.bedside.v1", 0, offset))
        yield partition
    partition = Partition(watch_all=True)
    for second in range(90):
        at_ms = ms(1) + second * 1000
        record = {
            "schema": "crs.vitals.v1", "event_id": f"steady-{second}", "patient_id": STEADY,
            "observed_at": when(1 + second / 60), "source": "monitor", "heart_rate_bpm": 80.0, "spo2_pct": 97.0,
        }  # fmt: skip
        if not partition.take(record, at_ms, at_ms, second):
            partition.apply(record, clock_ms=at_ms, origin=Origin("crs.bedside.v1", 0, second))
    yield partition


def paths(value: Any, path: str = "") -> set[str]:
    """Every place in plain data where something stands, list positions aside."""
    if isinstance(value, dict):
        return {path}.union(*(paths(inner, f"{path}.{name}") for name, inner in value.items()))
    if isinstance(value, list):
        return {path}.union(*(paths(inner, f"{path}[]") for inner in value))
    return {path}


def shown(partition: Partition, patient_id: str) -> dict[str, Any]:
    """What is shown of the patient, as far as later versions must show the same."""
    estimates = [output.value or {} for output in partition.standing([patient_id])]
    return {name: estimates[0][name] for name in SHOWN if name in estimates[0]} if estimates else {}


def plain(stored: bytes) -> Any:
    """What is in a stored patient, for counting what an example covers."""
    from services.grader.stored.patients import unpacked

    return unpacked(stored)


def chosen() -> dict[str, tuple[bytes, dict[str, Any], int]]:
    """Patients in whom together everything occurs that occurs in any, as far as `MOST` go."""
    found: dict[str, tuple[bytes, dict[str, Any], int, set[str]]] = {}
    for partition in wards():
        for patient_id in sorted(partition.touched):
            stored = partition.encoded(patient_id)  # first: to be shown makes a patient whole
            if stored is None:
                continue
            said = shown(partition, patient_id)
            found[patient_id] = (stored, said, partition.clock_ms, paths(plain(stored)))
    covered: set[str] = set()
    taken: dict[str, tuple[bytes, dict[str, Any], int]] = {}
    while len(taken) < MOST:
        best = STEADY if not taken else max(found, key=lambda name: len(found[name][3] - covered) / len(found[name][0]))
        if not found[best][3] - covered:
            break
        *kept, there = found.pop(best)
        covered |= there
        taken[best] = (kept[0], kept[1], kept[2])
    return taken


def main() -> int:
    """Write the example of this version."""
    folder = FOLDER / f"{FORMAT}.{STATE_VERSION}"
    if folder.exists():
        sys.stderr.write(f"{folder.name} is there already: raise the version first\n")
        return 1
    folder.mkdir(parents=True)
    patients = chosen()
    clock_ms = max(clock for _, _, clock in patients.values())
    manifest = Manifest(
        Source("cluster", "topic"), NEXT_OFFSET, clock_ms, "hash", {3: Stored(17, NEXT_OFFSET)}, partitions=4
    )
    (folder / "manifest").write_bytes(manifest.encode())
    (folder / "bucket").write_bytes(
        encode_bucket({name: stored for name, (stored, _, _) in patients.items()}, NEXT_OFFSET)
    )
    said = {name: shown for name, (_, shown, _) in patients.items()}
    (folder / "shown.json").write_text(json.dumps(said, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
