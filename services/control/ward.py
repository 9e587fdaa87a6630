"""The services of a ward: their names, the order they start in, and where they answer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Service:
    """One process of the ward.

    Attributes:
        title: what a sentence calls it.
        does: what it does, for help texts.
        package: run as `python -m package`; `main(argv)` of its `__main__` returns the exit code.
        settings: the settings model as `module:class`.
        prefix: of its environment variables.
        port: the HTTP port it takes unless told otherwise.
    """

    name: str
    title: str
    does: str
    package: str
    settings: str
    prefix: str
    port: int

    @property
    def line(self) -> str:
        """Title and purpose in one line."""
        return f"{self.title}: {self.does}"


def _service(name: str, port: int, title: str, does: str, *, package: str | None = None) -> Service:
    package = package or f"services.{name}"
    return Service(
        name=name,
        title=title,
        does=does,
        package=package,
        settings=f"{package}.settings:{name.capitalize()}Settings",
        prefix=f"{name.upper()}_",
        port=port,
    )


# In starting order: a receiver before its sender, so that the first page finds an inbox. Stopping goes backwards.
_ALL = (
    _service("inbox", 8085, "the pager inbox", "takes signed pages and shows them", package="services.notifier.inbox"),
    _service("notifier", 8083, "the notifier", "pages the on-call team and keeps the alarms"),
    _service("grader", 8082, "the grader", "grades every patient and raises escalations"),
    _service("dashboard", 8080, "the board", "shows every bed to the charge nurse"),
    _service("ingest", 8081, "ingest", "takes vitals and charted events over HTTP"),
    _service("simulator", 8086, "the simulator", "a live ward of invented patients"),
)
SERVICES: dict[str, Service] = {service.name: service for service in _ALL}
