"""A pager's HTTP endpoint on loopback: records every request, answers as scripted, and checks each signature."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

import orjson
from standardwebhooks import Webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Got(NamedTuple):
    """One request that arrived."""

    id: str
    headers: dict[str, str]
    body: bytes

    @property
    def page(self) -> dict:
        return orjson.loads(self.body)

    @property
    def role(self) -> str:
        return self.page["data"]["to"]


class Reply(NamedTuple):
    """What the receiver answers: nothing at all where the status is None."""

    status: int | None = 204
    headers: tuple[tuple[str, str], ...] = ()


class Receiver:
    """Everything that arrived; `script(got)` decides the answer."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.script: Callable[[Got], Reply] = lambda _: Reply()
        self.closing = threading.Event()
        self.url = ""

    @property
    def ids(self) -> list[str]:
        return [got.id for got in self.got]

    def roles(self, kind: str = "") -> list[str]:
        return [got.role for got in self.got if got.page["type"].endswith(kind)]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that listens until the end of the block."""
    receiver = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(receiver))
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_port}/pages"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.closing.set()
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length)
            if len(body) < length:  # the sender was killed in the middle of its sentence
                self.close_connection = True
                return
            Webhook(SECRET).verify(body, dict(self.headers))
            got = Got(self.headers["webhook-id"], {k.lower(): v for k, v in self.headers.items()}, body)
            receiver.got.append(got)
            reply = receiver.script(got)
            if reply.status is None:
                receiver.closing.wait(30)
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in (*reply.headers, ("content-length", "0")):
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return Handler
