"""The HTTP side of ingest: reads requests, answers them. What becomes of an event is decided in `outcomes`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from schemas.bedside import CLINICAL, VITALS
from schemas.reasons import Refusal
from schemas.topics import BEDSIDE, REJECTED
from services.ingest.body import Body, read_body
from services.ingest.door import Door
from services.ingest.intake import Answer, Intake
from services.ingest.media import form_of
from services.ingest.openapi import openapi_document
from services.ingest.publisher import NotStoredError, Publisher
from services.ingest.recent import RecentEvents
from services.ingest.replies import problem
from services.ingest.settings import IngestSettings
from services.runtime.health import Health
from services.runtime.metrics import counter
from services.runtime.topics import partition_count, topic_name

ENDPOINTS = {"/v1/vitals": VITALS, "/v1/clinical": CLINICAL}
WRITTEN = (BEDSIDE, REJECTED)
RETRY_AFTER_S = "2"


class Ingest:
    """The endpoints, and what they share: the intake, the limits, the token."""

    def __init__(self, settings: IngestSettings, intake: Intake) -> None:
        self._settings = settings
        self._intake = intake
        self._door = Door(settings.token_file)
        self._working = 0

    async def receive(self, request: Request) -> Response:
        """Answer one POST of events."""
        route = request.url.path
        if not self._door.is_open_to(request.headers.get("authorization", "")):
            return _answer(route, Answer(401, problem("unauthorized")), {"WWW-Authenticate": "Bearer"})
        if self._working >= self._settings.requests_at_once:
            return _answer(route, Answer(503, problem("busy")), {"Retry-After": RETRY_AFTER_S})
        self._working += 1
        try:
            return _answer(route, await self._take(request, route))
        except NotStoredError:
            return _answer(route, Answer(503, problem("unavailable")), {"Retry-After": RETRY_AFTER_S})
        except TimeoutError:
            return _answer(route, Answer(408, problem("too_slow")), {"Connection": "close"})
        finally:
            self._working -= 1

    async def _take(self, request: Request, route: str) -> Answer:
        body = await self._read(request)
        source = f"http:{route}"
        if body.too_large:
            return await self._intake.refuse(413, body, Refusal("too_large"), source)
        if not body.content:
            return await self._intake.refuse(400, body, Refusal("empty"), source)
        form = form_of(request.headers.get("content-type", ""), request.headers.get("content-encoding", ""))
        if form is None:
            return await self._intake.refuse(415, body, Refusal("unsupported_media_type"), source)
        return await self._intake.take(body, form, ENDPOINTS[route], source)

    async def _read(self, request: Request) -> Body:
        async with asyncio.timeout(self._settings.read_within.total_seconds()):
            return await read_body(
                request.stream(),
                limit=self._settings.body_limit_bytes,
                read_at_most=self._settings.read_at_most_bytes,
            )


def build_app(settings: IngestSettings) -> Starlette:
    """Wire Kafka, memory and endpoints. Called by __main__ and tests, never on import."""
    written = {topic_name(settings.topic_prefix, topic): partition_count(settings, topic) for topic in WRITTEN}
    publisher = Publisher(settings, written, settings.acknowledge_within.total_seconds())
    recent = RecentEvents(settings.recent_events)
    intake = Intake(publisher, recent, settings)
    ingest = Ingest(settings, intake)
    health = Health("ingest")
    health.check("kafka", publisher.check)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        running = asyncio.create_task(publisher.run())
        yield
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running

    async def openapi(_: Request) -> Response:
        return JSONResponse(openapi_document(settings.body_limit_bytes))

    return Starlette(
        routes=[
            *(Route(path, ingest.receive, methods=["POST"]) for path in ENDPOINTS),
            Route("/openapi.json", openapi),
            *health.routes(),
        ],
        exception_handlers={HTTPException: _refused_by_route, ClientDisconnect: _gone},
        lifespan=lifespan,
    )


def _answer(route: str, answer: Answer, headers: dict[str, str] | None = None) -> Response:
    counter("crs_ingest_requests_total").labels(route, str(answer.code)).inc()
    return JSONResponse(answer.reply, status_code=answer.code, headers=headers)


async def _refused_by_route(_: Request, fault: Exception) -> Response:
    code = fault.status_code if isinstance(fault, HTTPException) else 500
    headers = fault.headers if isinstance(fault, HTTPException) else None
    reason = "method_not_allowed" if code == 405 else "not_found"
    return JSONResponse(problem(reason), status_code=code, headers=headers)


async def _gone(_: Request, __: Exception) -> Response:
    """The sender left before its body was whole: nothing was taken, and nobody is there to be told."""
    return Response(status_code=400)
