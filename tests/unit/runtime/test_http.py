"""A service that was told to stop ends with 0, in time, also with a stream open."""

import signal
import socket
import subprocess
import sys
import time
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.applications import Starlette

from services.runtime.http import CannotServe, serve_until_stopped, serving
from tests.waiting import eventually

SERVICE = """
import asyncio, pathlib, sys
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
from services.runtime.http import serve_until_stopped

async def forever():
    while True:
        yield b"tick"
        await asyncio.sleep(0.05)

async def stream(request): return StreamingResponse(forever())
async def hello(request): return PlainTextResponse("hello")

app = Starlette(routes=[Route("/", hello), Route("/stream", stream)])
serve_until_stopped(app, host="127.0.0.1", port=0, port_file=pathlib.Path(sys.argv[1]))
"""


@pytest.fixture
def service(tmp_path):
    port_file = tmp_path / "port"
    process = subprocess.Popen([sys.executable, "-c", SERVICE, port_file])
    port = eventually(lambda: port_file.exists() and int(port_file.read_text()), within=30)
    yield process, f"http://127.0.0.1:{port}"
    process.kill()
    process.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_with_0(service, number):
    process, url = service
    assert httpx.get(url).text == "hello"

    process.send_signal(number)

    assert process.wait(10) == 0


def test_an_open_stream_does_not_hold_it_up(service):
    process, url = service
    with httpx.stream("GET", f"{url}/stream") as stream:
        next(stream.iter_bytes())
        asked_s = time.monotonic()
        process.send_signal(signal.SIGTERM)

        assert process.wait(10) == 0
        assert time.monotonic() - asked_s < 5


def test_a_taken_port_is_said_in_a_sentence():
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        port = somebody.getsockname()[1]

        with pytest.raises(CannotServe, match=f"cannot listen on 127.0.0.1:{port}"):
            serve_until_stopped(Starlette(), host="127.0.0.1", port=port)


def test_an_application_that_does_not_start_is_not_served():
    @asynccontextmanager
    async def lifespan(app):
        raise RuntimeError("no ledger")
        yield

    with (
        pytest.raises(CannotServe, match="did not start"),
        serving(Starlette(lifespan=lifespan), host="127.0.0.1", port=0),
    ):
        pytest.fail("it is not there")
