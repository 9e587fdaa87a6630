import socket

from services.runtime.ports import LOOPBACK, free_port, is_free


def test_a_port_in_use_is_not_free():
    with socket.create_server((LOOPBACK, 0)) as server:
        assert not is_free(server.getsockname()[1])


def test_a_free_port_is_below_those_that_outgoing_connections_get():
    assert 1024 < free_port() < 32_768


def test_a_port_to_avoid_is_avoided(monkeypatch):
    given = iter([20_000, 20_000, 20_001])
    monkeypatch.setattr("services.runtime.ports.random.choice", lambda _: next(given))
    monkeypatch.setattr("services.runtime.ports.is_free", lambda _: True)

    assert free_port(avoid=frozenset({20_000})) == 20_001
