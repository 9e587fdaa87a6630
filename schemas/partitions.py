"""Which partition a patient lives in: Kafka's own murmur2 of the key, as the Java client and kafka-python do it.

librdkafka's default differs; a record found where this does not put it is refused.
"""


def murmur2(data: bytes) -> int:
    """Kafka's 32-bit murmur2, seed 0x9747b28c."""
    m, mask = 0x5BD1E995, 0xFFFFFFFF
    length = len(data)
    h = 0x9747B28C ^ length
    for i in range(0, length - length % 4, 4):
        k = int.from_bytes(data[i : i + 4], "little") * m & mask
        k = (k ^ (k >> 24)) * m & mask
        h = (h * m & mask) ^ k
    tail = data[length - length % 4 :]
    if tail:
        h = (h ^ int.from_bytes(tail, "little")) * m & mask
    h = (h ^ (h >> 13)) * m & mask
    return h ^ (h >> 15)


def partition_for(patient_id: str, partitions: int) -> int:
    """The partition, from 0, of a patient among `partitions`."""
    return (murmur2(patient_id.encode()) & 0x7FFFFFFF) % partitions
