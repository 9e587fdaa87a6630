"""Asks services whether they are ready. For display only: what restarts a service is its end, not its mood."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from services.control.speech import Say

ASK_EVERY_S = 2.0
# One slow answer is not worth a line on somebody's screen.
UNREADY_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Readiness:
    """What `/readyz` said; `detail` names what is not ready yet."""

    ready: bool
    detail: str = ""


def ask(url: str, *, timeout_s: float = 1.0) -> Readiness:
    """Ask the service at `url` (scheme, host and port)."""
    try:
        answer = httpx.get(f"{url}/readyz", timeout=timeout_s)
    except httpx.HTTPError as fault:
        return Readiness(False, f"no answer ({type(fault).__name__})")
    return Readiness(answer.status_code == httpx.codes.OK, failing_checks(answer))


def failing_checks(answer: httpx.Response) -> str:
    """The checks that failed, with what they said."""
    if answer.status_code == httpx.codes.OK:
        return ""
    try:
        checks = answer.json()["checks"]
        said = (f"{name}: {check['detail']}" for name, check in checks.items() if not check["ok"])
        return ", ".join(said) or f"HTTP {answer.status_code}"
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"HTTP {answer.status_code}"


class ReadinessWatch:
    """Says when a service is no longer ready and when it is again. Runs in a thread of its own."""

    def __init__(self, urls: Mapping[str, str], say: Say) -> None:
        self._urls = urls
        self._say = say
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="readiness", daemon=True)

    def _run(self) -> None:
        unready = dict.fromkeys(self._urls, 0)
        while not self._ended.wait(ASK_EVERY_S):
            for name, url in self._urls.items():
                now = ask(url)
                if now.ready and unready[name] >= UNREADY_ROUNDS:
                    self._say(f"{name} is ready again")
                unready[name] = 0 if now.ready else unready[name] + 1
                if unready[name] == UNREADY_ROUNDS:
                    self._say(f"{name} is not ready: {now.detail}")

    def __enter__(self) -> "ReadinessWatch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
