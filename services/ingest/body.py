"""Reading a request body without trusting its size: what is kept of it, how long it was, and its hash."""

from collections.abc import AsyncIterable
from hashlib import sha256
from typing import NamedTuple

from schemas.rejected import KEPT_BYTES


class Body(NamedTuple):
    """A request body as read.

    Attributes:
        content: all of it, or the first 512 KiB of one above the limit.
        length: bytes read.
        sha256: hex digest of all bytes read.
        too_large: it was above the limit, so `content` is only its beginning.
        cut: it was still coming when we stopped reading, so length and hash are of its beginning too.
    """

    content: bytes
    length: int
    sha256: str
    too_large: bool = False
    cut: bool = False


async def read_body(chunks: AsyncIterable[bytes], *, limit: int, read_at_most: int) -> Body:
    """Take a body in. Above `limit` it is hashed and dropped as it comes, above `read_at_most` no longer read."""
    kept, length, digest = bytearray(), 0, sha256()
    async for chunk in chunks:
        if length + len(chunk) > read_at_most:
            return Body(bytes(kept[:KEPT_BYTES]), length, digest.hexdigest(), too_large=True, cut=True)
        length += len(chunk)
        digest.update(chunk)
        if length <= limit or len(kept) < KEPT_BYTES:
            kept += chunk
        else:
            del kept[KEPT_BYTES:]
    too_large = length > limit
    return Body(bytes(kept[:KEPT_BYTES] if too_large else kept), length, digest.hexdigest(), too_large)
