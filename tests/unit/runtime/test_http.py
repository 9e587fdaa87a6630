"""A service that was told to stop ends with 0, in time, also with a stream open."""

import signal
import subprocess
import sys
import time

import httpx
import pytest

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

    assert process.wait(5) == 0


def test_an_open_stream_does_not_hold_it_up(service):
    process, url = service
    with httpx.stream("GET", f"{url}/stream") as stream:
        next(stream.iter_bytes())
        asked_s = time.monotonic()
        process.send_signal(signal.SIGTERM)

        assert process.wait(10) == 0
        assert time.monotonic() - asked_s < 5
