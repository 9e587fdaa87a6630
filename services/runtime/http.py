"""Serving HTTP: on a chosen or any free port, from the main thread or beside other work, closed in time."""

import asyncio
import errno
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import uvicorn
from starlette.types import ASGIApp

GRACE_S = 3  # open streams get this long at a stop: a service has five seconds in all


class Serving(NamedTuple):
    """Where a service really listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """Base address without a trailing slash."""
        return f"http://{self.host}:{self.port}"


class CannotServe(RuntimeError):
    """The port is taken, or the application did not start."""


class _Server(uvicorn.Server):
    """Says where it listens, once it does."""

    def __init__(self, config: uvicorn.Config, port_file: Path | None) -> None:
        super().__init__(config)
        self.listening = threading.Event()
        self._port_file = port_file

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self._port_file and sockets:
            write_port_file(self._port_file, sockets[0].getsockname()[1])
        self.listening.set()


def write_port_file(path: Path, port: int) -> None:
    """Tell whoever started us where we listen; whole or not at all."""
    draft = path.with_name(f"{path.name}.part")
    draft.write_text(f"{port}\n")
    draft.replace(path)


def serve_until_stopped(app: ASGIApp, *, host: str, port: int, port_file: Path | None = None) -> None:
    """Serve from the main thread until SIGTERM or Ctrl-C, then return so that the process can end with 0.

    Raises:
        CannotServe: the port is taken, or the application did not start.
    """
    server = _server(app, port_file)
    # uvicorn raises a signal it caught once more after its shutdown: without these that would end the process.
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        with _listening(host, port) as listener, suppress(SystemExit):  # how uvicorn says that the application failed
            server.run(sockets=[listener])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if not server.started:
        raise CannotServe("the web application did not start.")


@contextmanager
def serving(app: ASGIApp, *, host: str, port: int, port_file: Path | None = None) -> Iterator[Serving]:
    """Serve from a thread while the caller works; closed on leaving. Raises `CannotServe`."""
    with _listening(host, port) as listener:
        server = _server(app, port_file)
        thread = threading.Thread(target=_run, args=(server, listener), name="http", daemon=True)
        thread.start()
        server.listening.wait()
        if not server.started:
            raise CannotServe("the web application did not start.")
        try:
            yield Serving(host, listener.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(timeout=GRACE_S + 1)


def _listening(host: str, port: int) -> socket.socket:
    try:
        listener = socket.create_server((host, port))
    except OSError as fault:
        raise CannotServe(f"cannot listen on {host}:{port}: {_reason(fault.errno or 0)}.") from fault
    # Connections inherit it. asyncio sets it only on sockets whose protocol is named, which an accepted one's is not;
    # without it every answer waits 40 ms for the sender's delayed acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _reason(number: int) -> str:
    if number < 0:  # of the name service, not of the kernel
        return "there is no such address"
    return os.strerror(number) + (" (is it running already?)" if number == errno.EADDRINUSE else "")


def _run(server: _Server, listener: socket.socket) -> None:
    try:
        with suppress(SystemExit):
            asyncio.run(server.serve(sockets=[listener]))
    finally:
        server.listening.set()


def _server(app: ASGIApp, port_file: Path | None) -> _Server:
    # log_config=None: services.runtime.logs decides; access lines would repeat addresses with patient ids in them.
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=GRACE_S
    )
    return _Server(config, port_file)
