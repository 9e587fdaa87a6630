"""Alive, ready, and what was counted: the three questions every service answers.

`/healthz` says that the process answers. `/readyz` says that it makes progress: a service registers one check for each
thing it must be doing, and is ready while all of them pass. `/metrics` is for Prometheus.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.runtime.http import Serving, serving
from services.runtime.metrics import gauge


class Check(NamedTuple):
    """What a readiness check found. The detail is shown to operators: no patient data in it."""

    ok: bool
    detail: str = ""


class Progress:
    """Ready while `mark` was called lately: a process that lives but does nothing is not ready.

    Args:
        within: how long the work may pause before the service stops being ready.
        clock: seconds that only go forward.
    """

    def __init__(self, *, within: timedelta, clock: Callable[[], float] = time.monotonic) -> None:
        self._within_s = within.total_seconds()
        self._clock = clock
        self._marked_s: float | None = None

    def mark(self) -> None:
        """Something was done just now."""
        self._marked_s = self._clock()

    def check(self) -> Check:
        """Whether something was done within the limit; nothing yet is not ready."""
        if self._marked_s is None:
            return Check(False, "nothing done yet")
        age_s = self._clock() - self._marked_s
        return Check(age_s <= self._within_s, f"last progress {age_s:.1f} s ago")


class Health:
    """The checks of one service, and the pages that show them."""

    def __init__(self, service: str) -> None:
        self.service = service
        self._checks: dict[str, Callable[[], Check]] = {}

    def check(self, name: str, look: Callable[[], Check]) -> None:
        """Add a check. It runs in a thread at each request, so it must be quick and thread-safe."""
        self._checks[name] = look

    def findings(self) -> dict[str, Check]:
        """What every check says now; one that fails itself counts as not ready."""
        findings = {name: _look(look) for name, look in self._checks.items()}
        for name, found in findings.items():
            gauge("crs_ready").labels(self.service, name).set(found.ok)
        return findings

    def routes(self) -> list[Route]:
        """The three pages, for a service that has a web application of its own."""
        return [
            Route("/healthz", self._alive),
            Route("/readyz", self._ready),
            Route("/metrics", self._metrics),
        ]

    def serve(
        self, port: int, host: str = "127.0.0.1", *, port_file: Path | None = None
    ) -> AbstractContextManager[Serving]:
        """The three pages from a thread, for a process without a web application: `with health.serve(8082):`."""
        return serving(Starlette(routes=self.routes()), host=host, port=port, port_file=port_file)

    # Plain functions, so that Starlette runs them in a thread and a slow check never holds up the service.
    def _alive(self, _: Request) -> Response:
        return JSONResponse({"service": self.service, "alive": True})

    def _ready(self, _: Request) -> Response:
        findings = self.findings()
        ready = all(found.ok for found in findings.values())
        body = {"service": self.service, "ready": ready, "checks": {n: f._asdict() for n, f in findings.items()}}
        return JSONResponse(body, status_code=200 if ready else 503)

    def _metrics(self, _: Request) -> Response:
        self.findings()
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)


def _look(look: Callable[[], Check]) -> Check:
    try:
        return look()
    except Exception as fault:  # a broken check must not take the page down, and must not look ready
        return Check(False, f"the check failed with {type(fault).__name__}")
