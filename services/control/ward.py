"""The services of a ward: their names, the order they start in, and where they answer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Service:
    """One process of the ward.

    Attributes:
        line: what it does, for `crswatch --help`.
        module: run as `python -m module`; its `main(argv)` returns the exit code.
        settings: the settings model as `module:class`.
        prefix: of its environment variables.
        port: the HTTP port it takes unless told otherwise.
    """

    name: str
    line: str
    module: str
    settings: str
    prefix: str
    port: int


def _service(name: str, port: int, line: str, *, module: str | None = None, settings: str | None = None) -> Service:
    home = module or f"services.{name}"
    model = settings or f"{home}.settings:{name.capitalize()}Settings"
    return Service(name, line, f"{home}.__main__" if module is None else home, model, f"{name.upper()}_", port)


# In starting order: a receiver before its sender, so that the first page finds an inbox. Stopping goes backwards.
SERVICES: dict[str, Service] = {
    service.name: service
    for service in (
        _service(
            "inbox",
            8085,
            "the demo pager inbox: receives signed pages and shows them",
            module="services.notifier.inbox",
            settings="services.notifier.inbox.settings:InboxSettings",
        ),
        _service("notifier", 8083, "pages the on-call team and keeps the alarms"),
        _service("grader", 8082, "grades every patient and raises escalations"),
        _service("dashboard", 8080, "the ward board"),
        _service("ingest", 8081, "takes vitals and charted events over HTTP"),
        _service("simulator", 8086, "a live ward of invented patients"),
    )
}
