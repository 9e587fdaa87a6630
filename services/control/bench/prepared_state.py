"""Puts the admitted ward on the state topic as a finished checkpoint, written by the grader's own writer."""

import asyncio
from collections import defaultdict

from schemas.partitions import partition_for
from services.control.bench.admitted import AdmittedWard
from services.control.bench.ward_stream import patient_name
from services.grader.broker_facts import bedside_source
from services.grader.buckets import bucket_of
from services.grader.checkpoint import CheckpointWriter
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.manifest import Manifest, Source, encode_bucket
from services.grader.settings import GraderSettings
from services.grader.topic_names import topic_names
from services.runtime.settings import KafkaSettings


def store(kafka: KafkaSettings, ward: AdmittedWard) -> None:
    """Every partition's patients, as if a grader had graded their admissions and stopped."""
    settings = GraderSettings(
        bootstrap_servers=kafka.bootstrap_servers, topic_prefix=kafka.topic_prefix, partitions=kafka.partitions
    )
    names = topic_names(kafka.topic_prefix)
    source = bedside_source(settings, names["bedside"])
    of_partition: dict[int, list[int]] = defaultdict(list)
    for number in range(ward.patients):
        of_partition[partition_for(patient_name(number), kafka.partitions)].append(number)
    for partition, numbers in of_partition.items():
        asyncio.run(_store(settings, names["state"], source, partition, numbers, ward))


async def _store(
    settings: GraderSettings, topic: str, source: Source, partition: int, numbers: list[int], ward: AdmittedWard
) -> None:
    patients: dict[int, dict[str, bytes]] = defaultdict(dict)
    for number in numbers:
        name = patient_name(number)
        patients[bucket_of(name)][name] = ward.stored(number)
    buckets = {bucket: (encode_bucket(members, 0), 0) for bucket, members in sorted(patients.items())}
    manifest = Manifest(source, 0, ward.start_ms - 1, DEFAULT_RULES.hash, {})
    writer = await CheckpointWriter.open(settings, topic, partition)
    try:
        await writer.write(buckets, manifest)
    finally:
        await writer.close()
