"""The receiver and its one page: verify, keep, show."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from standardwebhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.notifier.clock import Clock, system_clock
from services.notifier.inbox.settings import InboxSettings
from services.notifier.inbox.store import Store
from services.runtime.health import Check, Health
from services.runtime.metrics import counter

WEB = Path(__file__).parent / "web"
LARGEST_BODY_BYTES = 20_000  # the limit Standard Webhooks recommends
SHOWN = 500

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


def build_app(settings: InboxSettings, *, clock: Clock = system_clock) -> Starlette:
    """Wire the inbox. Called by __main__ and tests, never on import."""
    store, health = Store(settings.store), Health("inbox")
    health.check("store", lambda: Check(True, f"{store.count()} pages kept"))

    @asynccontextmanager
    async def closing(_: Starlette) -> AsyncIterator[None]:
        yield
        store.close()

    async def show(_: Request) -> Response:
        return FileResponse(WEB / "inbox.html")

    def pages(request: Request) -> Response:
        limit = request.query_params.get("limit", "")
        return JSONResponse(store.newest(int(limit) if limit.isdecimal() else SHOWN))

    routes = [
        Route("/", show),
        Route("/pages", pages, methods=["GET"]),
        Route("/pages", receiver(Webhook(settings.secret.get_secret_value()), store, clock), methods=["POST"]),
        Mount("/web", StaticFiles(directory=WEB)),
        *health.routes(),
    ]
    return Starlette(routes=routes, lifespan=closing, middleware=[Middleware(SafeHeaders)])


def receiver(verifier: Webhook, store: Store, clock: Clock) -> Callable[[Request], object]:
    """The endpoint that takes pages: 204 once the page is on disk, also for one that was here before."""

    async def receive(request: Request) -> Response:
        body = await _read(request)
        if body is None:
            return _refuse("too_large", 413)
        try:
            verifier.verify(body, dict(request.headers), json_parse=False)
        except (WebhookVerificationError, ValueError):  # the library lets malformed headers fail as they will
            return _refuse("unsigned", 401)
        new = await run_in_threadpool(store.keep, request.headers["webhook-id"], body, clock())
        counter("crs_inbox_pages_total").labels("received" if new else "repeated").inc()
        return Response(status_code=204)

    return receive


class SafeHeaders:
    """Every answer says that nothing but our own files may run, load or frame it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the headers added."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    *((name.encode(), value.encode()) for name, value in HEADERS.items()),
                ]
            await send(message)

        await self._app(scope, receive, send_with_headers)


async def _read(request: Request) -> bytes | None:
    """The body, or None where it is larger than any page."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY_BYTES:
            return None
    return body


def _refuse(outcome: str, status: int) -> Response:
    counter("crs_inbox_pages_total").labels(outcome).inc()
    return JSONResponse({"refused": outcome}, status_code=status)
