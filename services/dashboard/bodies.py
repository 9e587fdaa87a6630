"""Reading what a browser posts, and not a byte more than we asked for: who is not signed in may post, too."""

from starlette.requests import Request


async def read_at_most(request: Request, limit_bytes: int) -> bytes | None:
    """The whole body; None as soon as it is longer than the limit, without keeping the rest."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit_bytes:
            return None
    return bytes(body)
