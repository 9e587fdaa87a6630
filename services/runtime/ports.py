"""Free ports on the loopback address."""

import random
import socket

LOOPBACK = "127.0.0.1"
# Below every system's range for outgoing connections. From within it, a client that keeps calling a stopped server can
# be given the server's own port and be connected to itself; the server then never gets its port back.
_RANGE = range(15_000, 30_000)


def free_port(avoid: frozenset[int] = frozenset()) -> int:
    """A port nobody listens on at the moment; it can be taken before it is used, so be ready to ask again."""
    while True:
        port = random.choice(_RANGE)
        if port not in avoid and is_free(port):
            return port


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
