"""`crswatch bench memory`: what a patient weighs in the engine, and in a checkpoint on the state topic."""

import asyncio
import json
import pickle
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from schemas.topics import BEDSIDE, GRADER_STATE
from services.control.bench.admitted import AdmittedWard
from services.control.bench.bench_topics import bench_topics, end_offsets
from services.control.bench.contestants.engine_memory import WARD, WEIGHED
from services.control.bench.counting import Counting
from services.control.bench.filling import fill
from services.control.bench.grader_run import await_all, records_graded, standing_by
from services.control.bench.process_readings import peak_resident_bytes
from services.control.bench.report import Plot, Report, Series
from services.control.bench.results import table
from services.control.bench.task import Task
from services.control.bench.throughput import rounds_of
from services.control.bench.topic_reading import fetched
from services.control.bench.ward_stream import WardStream, patient_name
from services.control.pipeline_topics import replay_topics
from services.control.refusal import Refusal
from services.grader.manifest import MANIFEST_KEY, decode_manifest
from services.runtime import processes
from services.runtime.settings import KafkaSettings
from services.runtime.speech import Say
from services.runtime.topics import topic_name

MODULE = "services.control.bench.contestants.engine_memory"
MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """What is asked for: so many patients, each read once a second for so many minutes of event time."""

    patients: int
    minutes: int
    seed: int


class Stored(NamedTuple):
    """What the newest checkpoint of all partitions holds."""

    patients_bytes: int
    manifests_bytes: int


def memory(kafka: KafkaSettings, plan: MemoryPlan, say: Say) -> Report:
    """Grade the same log in the grader, for its checkpoint, and in an engine alone, for its memory."""
    ward = AdmittedWard(plan.patients)
    with bench_topics(kafka, replay_topics()) as own:
        with standing_by(own, ward, 1) as running:
            already = records_graded(running)
            stream = WardStream(plan.patients, partitions=own.partitions, seed=plan.seed)
            records = fill(own, rounds_of(stream, range(plan.minutes * MINUTE_S)))
            say(f"{records:,} records written, {plan.minutes} minutes of {plan.patients:,} patients")
            await_all(running, records=records, already=already)
            peak_bytes = peak_resident_bytes(running[0].pid)
        say("The grader has graded them all and stopped")
        stored = asyncio.run(_stored(own))
        weighed = _weighed(own, ward)
    return _report(plan, weighed, stored, peak_bytes)


def _weighed(kafka: KafkaSettings, ward: AdmittedWard) -> Mapping[str, int]:
    """Memory of an engine in a process of its own."""
    with TemporaryDirectory(prefix="crswatch-bench-") as place:
        folder = Path(place)
        with (folder / WARD).open("wb") as file:
            for number in range(ward.patients):
                pickle.dump((patient_name(number), ward.stored(number)), file)
        ends = [end for _, end in sorted(end_offsets(kafka, BEDSIDE).items())]
        task = Task(
            kafka.bootstrap_servers, kafka.topic_prefix, kafka.partitions, ward.patients, ends,
            counting=str(folder / "count"), folder=place,
        )  # fmt: skip
        task.write(folder / "task.json")
        Counting.fresh(folder / "count").close()
        child = processes.start([sys.executable, "-P", "-m", MODULE, folder / "task.json"])
        try:
            if child.wait() != 0:
                raise Refusal("The engine that was to be weighed ended before its time.")
        finally:
            processes.kill(child)
        found: dict[str, int] = json.loads((folder / WEIGHED).read_text(encoding="utf-8"))
        return found


async def _stored(kafka: KafkaSettings) -> Stored:
    """What the newest manifests name: a restart reads exactly this."""
    ends = end_offsets(kafka, GRADER_STATE)
    sizes: dict[tuple[int, int], int] = {}
    manifests: dict[int, bytes] = {}
    async for batch in fetched(kafka, topic_name(kafka.topic_prefix, GRADER_STATE), ends):
        for record in batch:
            if record.key == MANIFEST_KEY:
                manifests[record.partition] = record.value
            else:
                sizes[record.partition, record.offset] = len(record.value)
    named = [
        sizes[partition, bucket.offset]
        for partition, value in manifests.items()
        for bucket in decode_manifest(value).buckets.values()
    ]
    return Stored(sum(named), sum(map(len, manifests.values())))


def _report(plan: MemoryPlan, weighed: Mapping[str, int], stored: Stored, peak_bytes: int) -> Report:
    count = plan.patients
    figures = {
        "in memory, just restored": (weighed["restored"] - weighed["empty"]) / count,
        f"in memory, after {plan.minutes} minutes at 1 Hz": (weighed["graded"] - weighed["empty"]) / count,
        f"in a checkpoint, after {plan.minutes} minutes": stored.patients_bytes / count,
    }
    lines = table(("a patient", "bytes"), [(name, f"{value:,.0f}") for name, value in figures.items()])
    lines.append(
        f"{count:,} patients. Beside them: manifests {stored.manifests_bytes:,} bytes; the whole grader process at its "
        f"peak {peak_bytes / 1e6:,.0f} MB."
    )
    found = {"bytes_a_patient": figures, "engine": weighed, "checkpoint": stored._asdict(), "grader_peak": peak_bytes}
    plot = Plot("Bytes a patient", "", "bytes", [Series("bytes", list(figures), list(figures.values()))])
    return Report(lines, found, plot)
