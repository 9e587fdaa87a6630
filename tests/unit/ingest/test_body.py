import asyncio
from hashlib import sha256

import pytest

from schemas.rejected import KEPT_BYTES
from services.ingest.body import read_body

LIMIT, READ_AT_MOST = KEPT_BYTES + 100, KEPT_BYTES + 1000


def read(total, chunk):
    async def chunks():
        for start in range(0, total, chunk):
            yield b"x" * min(chunk, total - start)

    return asyncio.run(read_body(chunks(), limit=LIMIT, read_at_most=READ_AT_MOST))


@pytest.mark.parametrize("chunk", [1000, 65536, READ_AT_MOST])
@pytest.mark.parametrize(
    ("total", "kept", "too_large"),
    [(0, 0, False), (LIMIT, LIMIT, False), (LIMIT + 1, KEPT_BYTES, True), (READ_AT_MOST, KEPT_BYTES, True)],
)
def test_up_to_the_limit_all_is_kept_and_above_it_the_beginning(total, chunk, kept, too_large):
    body = read(total, chunk)

    assert (len(body.content), body.length, body.too_large, body.cut) == (kept, total, too_large, False)
    assert body.sha256 == sha256(b"x" * total).hexdigest()


def test_beyond_what_is_ever_read_length_and_hash_are_of_what_was_read():
    body = read(READ_AT_MOST + 1, 1000)

    assert body.too_large
    assert body.cut
    assert body.length <= READ_AT_MOST
    assert body.sha256 == sha256(b"x" * body.length).hexdigest()
