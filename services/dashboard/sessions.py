"""Who is signed in: a signed cookie, so that a restarted board does not sign the ward out at night."""

import base64
import hashlib
import hmac
import json
import secrets
from pathlib import Path
from typing import Any, NamedTuple

from schemas.encoding import encode

COOKIE = "crswatch_board"


class Session(NamedTuple):
    """A signed-in browser: who, until when, and the token its posts must carry."""

    username: str
    expires_ms: int
    csrf: str


class Sessions:
    """Makes and checks cookies with one key."""

    def __init__(self, key: bytes, *, lasts_ms: int) -> None:
        self._key = key
        self._lasts_ms = lasts_ms

    def begin(self, username: str, *, now_ms: int) -> str:
        """The cookie of a new session."""
        claims = encode({"u": username, "e": now_ms + self._lasts_ms, "n": secrets.token_urlsafe(12)})
        body = base64.urlsafe_b64encode(claims).decode()
        return f"{body}.{self._sign('session', body)}"

    def read(self, cookie: str | None, *, now_ms: int) -> Session | None:
        """The session of a cookie that we signed and that has not run out."""
        body, _, signature = (cookie or "").partition(".")
        if not hmac.compare_digest(signature.encode(), self._sign("session", body).encode()):
            return None
        claims = _claims(body)
        if claims["e"] <= now_ms:
            return None
        return Session(claims["u"], claims["e"], self._sign("csrf", body))

    def _sign(self, purpose: str, body: str) -> str:
        digest = hmac.new(self._key, f"{purpose}:{body}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _claims(body: str) -> dict[str, Any]:
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body))
    return claims


def session_key(path: Path) -> bytes:
    """The key kept in a file that only we may read; made on the first start."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_bytes(secrets.token_bytes(32))
        draft.replace(path)
    key = path.read_bytes()
    if len(key) < 32:
        raise ValueError(f"{path} is too short for a session key: delete it, a new one is made at the next start")
    return key
