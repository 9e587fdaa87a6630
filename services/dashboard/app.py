"""The board's web application: who may see what, the stream, the answers. Everything it shows comes from Kafka."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from services.dashboard.access import Door, Headers, now_ms
from services.dashboard.answering import Answer, Unsendable, response_of
from services.dashboard.bodies import read_at_most
from services.dashboard.hub import Hub
from services.dashboard.landing import SIGN_IN, sign_in_for
from services.dashboard.paged import paged
from services.dashboard.reader import Reader
from services.dashboard.sender import Sender
from services.dashboard.sessions import Sessions, session_key
from services.dashboard.settings import DashboardSettings
from services.dashboard.streaming import pulse, stream
from services.dashboard.trends import KEPT_MS
from services.dashboard.users import User, read_users
from services.dashboard.ward import Record, Ward
from services.runtime.health import Check, Health

log = logging.getLogger(__name__)

BODY_LIMIT_BYTES = 16_384
CSRF_HEADER = "x-csrf-token"


class Site:
    """The pages and the API, around one ward."""

    def __init__(self, settings: DashboardSettings) -> None:
        self._settings = settings
        self._users = read_users(settings.users_file)
        key = session_key(settings.session_key_file)
        sessions = Sessions(key, lasts_ms=int(settings.session_lasts / timedelta(milliseconds=1)))
        page = settings.static_dir / "sign-in.html"
        self.door = Door(self._users, sessions, page, cookie_secure=settings.cookie_secure)
        self.ward = Ward(Hub())
        self.sender = Sender(settings)

    async def board(self, request: Request) -> Response:
        """The page itself, for those who are signed in."""
        if self.door.who(request) is None:
            return RedirectResponse(sign_in_for(f"/?{request.url.query}"), status_code=303)
        return FileResponse(self._settings.static_dir / "index.html", headers={"Cache-Control": "no-store"})

    async def me(self, request: Request) -> Response:
        """Who is signed in, what they may do, and the token their posts must carry."""
        known = self.door.who(request)
        if known is None:
            return _signed_out()
        user, session = known
        return JSONResponse(
            {
                "name": user.name,
                "role": user.role,
                "units": user.units,
                "may_answer": user.may_answer,
                "csrf": session.csrf,
                "expires_ms": session.expires_ms,
            }
        )

    async def events(self, request: Request) -> Response:
        """The live stream of one unit, or of all units of the user."""
        known = self.door.who(request)
        if known is None:
            return _signed_out()
        return stream(self.ward, _units(known[0], request.query_params.get("unit")))

    async def beds(self, request: Request) -> Response:
        """The same picture once, as JSON."""
        known = self.door.who(request)
        if known is None:
            return _signed_out()
        units = _units(known[0], request.query_params.get("unit"))
        return JSONResponse({**self.ward.snapshot(units), **self.ward.pulse(now_ms())})

    async def trend(self, request: Request) -> Response:
        """Six hours of one patient's vitals."""
        known = self.door.who(request)
        if known is None:
            return _signed_out()
        bed = self.ward.board.beds.get(request.query_params.get("patient", ""))
        if bed is None or not known[0].may_see(bed.unit):
            return JSONResponse({"why": "No such bed."}, status_code=404)
        return JSONResponse({"signs": bed.trends.since(now_ms() - KEPT_MS)})

    async def paged(self, request: Request) -> Response:
        """Where the alarm of a page is, once every topic has been read: before that nothing may be called over."""
        known = self.door.who(request)
        if known is None:
            return _signed_out()
        if not self.ward.live:
            return JSONResponse({"why": "Still reading the topics."}, status_code=503)
        escalation_id = request.query_params.get("escalation", "")
        return JSONResponse(paged(escalation_id, self.ward.board.bed_of(escalation_id), known[0]))

    async def respond(self, request: Request) -> Response:
        """An acknowledgement, snooze or note; answered once Kafka has it. What comes of it the notifier says."""
        known = self.door.who(request)
        if known is None:
            return _signed_out()
        user, session = known
        if request.headers.get(CSRF_HEADER) != session.csrf:
            return JSONResponse({"why": "This page is too old. Load it again."}, status_code=403)
        body = await read_at_most(request, BODY_LIMIT_BYTES)
        if body is None:
            return JSONResponse({"why": "The answer is too long."}, status_code=413)
        try:
            answer = Answer.model_validate_json(body)
        except ValidationError as error:
            fields = [".".join(map(str, wrong["loc"])) for wrong in error.errors(include_input=False)]
            return JSONResponse({"why": "The answer is incomplete.", "fields": fields}, status_code=422)
        return await self._send(answer, user)

    async def _send(self, answer: Answer, user: User) -> Response:
        before = self.sender.sent(answer.response_id)
        if before is not None:
            same = (before["escalation_id"], before["action"]) == (answer.escalation_id, answer.action)
            return _sent(before) if same else JSONResponse({"why": "This id was used before."}, status_code=409)
        bed = self.ward.board.bed_of(answer.escalation_id)
        response = response_of(answer, bed, user, now_ms=now_ms())
        if isinstance(response, Unsendable):
            return JSONResponse({"why": response.why}, status_code=response.status)
        origin = await self.sender.send(response)
        if origin is None:
            return JSONResponse({"why": "Not confirmed: Kafka does not answer. Try again, or call."}, status_code=503)
        await self.ward.take([Record(response["schema"], response["patient_id"], response, origin)])
        return _sent(response)


def build_app(settings: DashboardSettings) -> Starlette:
    """Wire the board. Called by __main__ and tests, never on import."""
    site = Site(settings)
    health = Health("dashboard")

    @asynccontextmanager
    async def running(_: Starlette) -> AsyncIterator[None]:
        reader = Reader(settings, site.ward, asyncio.get_running_loop())
        health.check("reading", reader.progress.check)
        health.check("caught_up", lambda: Check(site.ward.live, "" if site.ward.live else "still reading the topics"))
        health.check("built", lambda: _built(settings))
        reader.start()
        beating = asyncio.create_task(pulse(site.ward))
        try:
            yield
        finally:
            beating.cancel()
            site.ward.hub.close()
            reader.stop()
            await asyncio.to_thread(reader.join)
            await asyncio.to_thread(site.sender.close)

    return Starlette(routes=_routes(site, settings, health), lifespan=running, middleware=[Middleware(Headers)])


def _routes(site: Site, settings: DashboardSettings, health: Health) -> list[Route | Mount]:
    return [
        *health.routes(),
        Route("/", site.board),
        Route(SIGN_IN, site.door.page, methods=["GET"]),
        Route(SIGN_IN, site.door.sign_in, methods=["POST"]),
        Route("/sign-out", site.door.sign_out, methods=["POST"]),
        Route("/api/me", site.me),
        Route("/api/beds", site.beds),
        Route("/api/events", site.events),
        Route("/api/trend", site.trend),
        Route("/api/paged", site.paged),
        Route("/api/responses", site.respond, methods=["POST"]),
        Mount("/assets", StaticFiles(directory=settings.static_dir / "assets", check_dir=False)),
    ]


def _units(user: User, asked: str | None) -> frozenset[str]:
    """The units to show: the one asked for if the user may see it, else all of the user's."""
    return frozenset({asked}) if asked and user.may_see(asked) else frozenset(user.units)


def _sent(response: dict[str, object]) -> Response:
    return JSONResponse(
        {"state": "sent", "response_id": response["response_id"], "at": response["at"]}, status_code=202
    )


def _signed_out() -> Response:
    return JSONResponse({"why": "You are signed out."}, status_code=401)


def _built(settings: DashboardSettings) -> Check:
    built = (settings.static_dir / "index.html").exists()
    return Check(built, "" if built else "run python -m services.dashboard.build")
