"""The ports of a local ward: the ones people remember where they are free, any other where not."""

from services.runtime.ports import free_port, is_free


def choose_ports(preferred: dict[str, int]) -> dict[str, int]:
    """A free port for each name: the preferred one, else any. 0 asks for any."""
    chosen: dict[str, int] = {}
    for name, port in preferred.items():
        taken = frozenset(chosen.values())
        chosen[name] = port if port and port not in taken and is_free(port) else free_port(avoid=taken)
    return chosen
