"""Who is asking: sessions, sign-in and sign-out, and the headers every page carries."""

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.dashboard.bodies import read_at_most
from services.dashboard.landing import landing, landing_field, sign_in_for
from services.dashboard.sessions import COOKIE, Session, Sessions
from services.dashboard.users import User, password_matches
from services.runtime.metrics import counter

FORM_LIMIT_BYTES = 4096
TRIES, TRIES_WINDOW_S = 10, 300.0
# Compared against when the name is unknown, so that the time taken does not tell which names exist.
_NOBODY = "scrypt$16384$8$1$AAAAAAAAAAAAAAAAAAAAAA==$" + "A" * 86 + "=="
_MESSAGES = {
    "wrong": "Name or password is wrong.",
    "often": "Too many tries. Wait five minutes, or ask someone who is signed in.",
}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def now_ms() -> int:
    """The wall clock; only this shell asks it."""
    return time.time_ns() // 1_000_000


class Headers:
    """Adds the security headers to every answer, and forbids keeping what shows patients."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; the headers go out with the answer's first message."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, with_headers)


class Door:
    """Lets people in: checks names and passwords, hands out cookies, reads them back."""

    def __init__(self, users: Mapping[str, User], sessions: Sessions, page: Path, *, cookie_secure: bool) -> None:
        self._users = users
        self._sessions = sessions
        self._page = page
        self._cookie_secure = cookie_secure
        self._failures: dict[str, deque[float]] = {}
        self._one_at_a_time = asyncio.Semaphore(2)  # scrypt takes 16 MB and 50 ms each

    def who(self, request: Request) -> tuple[User, Session] | None:
        """The signed-in person, if there is one."""
        session = self._sessions.read(request.cookies.get(COOKIE), now_ms=now_ms())
        user = self._users.get(session.username) if session else None
        return (user, session) if user and session else None

    async def page(self, request: Request) -> Response:
        """The sign-in page; it keeps where the person wanted to go."""
        asked = request.query_params.get("to", "")
        if self.who(request):
            return RedirectResponse(landing(asked), status_code=303)
        message = _MESSAGES.get(request.query_params.get("why", ""), "")
        if not self._page.exists():
            return HTMLResponse("The board is not built: run python -m services.dashboard.build", status_code=503)
        page = self._page.read_text().replace("<!--message-->", message)
        return HTMLResponse(page.replace("<!--to-->", landing_field(asked)))

    async def sign_in(self, request: Request) -> Response:
        """Check name and password; a cookie, or back to the page with the reason."""
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return Response(status_code=403)
        body = await read_at_most(request, FORM_LIMIT_BYTES)
        if body is None:
            return Response(status_code=413)
        form = dict(parse_qsl(body.decode(errors="replace")))
        username, asked = form.get("username", "").strip().lower(), form.get("to", "")
        if self._too_often(username):
            return self._refuse("often", asked)
        user = self._users.get(username)
        async with self._one_at_a_time:
            stored = user.password if user else _NOBODY
            matches = await asyncio.to_thread(password_matches, form.get("password", ""), stored)
        if user is None or not matches:
            self._failures.setdefault(username, deque(maxlen=TRIES)).append(time.monotonic())
            return self._refuse("wrong", asked)
        counter("crs_board_sign_ins_total").labels("accepted").inc()
        return self._let_in(user, asked)

    async def sign_out(self, _: Request) -> Response:
        """Drop the cookie."""
        leaving = RedirectResponse(sign_in_for(""), status_code=303)
        leaving.delete_cookie(COOKIE)
        return leaving

    def _let_in(self, user: User, asked: str) -> Response:
        entering = RedirectResponse(landing(asked), status_code=303)
        cookie = self._sessions.begin(user.username, now_ms=now_ms())
        # Lax: a page's link in a messenger or mail on another site must find the nurse signed in. Posts carry a token.
        entering.set_cookie(COOKIE, cookie, httponly=True, samesite="lax", secure=self._cookie_secure)
        return entering

    def _refuse(self, why: str, asked: str) -> Response:
        counter("crs_board_sign_ins_total").labels("refused").inc()
        return RedirectResponse(sign_in_for(asked, why=why), status_code=303)

    def _too_often(self, username: str) -> bool:
        if len(self._failures) > 1000:  # somebody is trying names: forget the oldest, not the limit
            self._failures.pop(next(iter(self._failures)))
        failures = self._failures.get(username)
        return failures is not None and len(failures) >= TRIES and time.monotonic() - failures[0] < TRIES_WINDOW_S
