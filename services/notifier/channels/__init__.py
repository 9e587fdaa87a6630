"""Ways to reach people, one folder each."""

from typing import Literal, NamedTuple, Protocol


class Outcome(NamedTuple):
    """How an attempt ended.

    Attributes:
        result: `sent`; `retry` where it may get through later; `failed` where it never will.
        code: what the channel answered, for the record: an HTTP status, `timeout`, ...
        retry_after_s: how long the receiver asked us to wait, where it did.
    """

    result: Literal["sent", "retry", "failed"]
    code: str
    retry_after_s: float | None = None


class Channel(Protocol):
    """Makes one attempt. Never raises for what the other side does: that is an `Outcome`."""

    name: str

    def send(self, page_id: str, body: str) -> Outcome:
        """Try once; the same `page_id` may come again and means the same page."""

    def close(self) -> None:
        """Hang up."""
