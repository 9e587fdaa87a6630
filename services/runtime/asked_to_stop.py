"""SIGTERM and Ctrl-C as an event that the main thread can wait for."""

import signal
import threading
from queue import SimpleQueue

ASKING = (signal.SIGTERM, signal.SIGINT)


def asked_to_stop() -> threading.Event:
    """An event that is set once somebody asks this process to stop. To be called in the main thread.

    The handler does not set the event itself: it runs in the main thread, which may be inside the event's own `wait`
    and hold its lock; then neither would ever go on. A `SimpleQueue` may be filled from a handler.
    """
    asked: SimpleQueue[int] = SimpleQueue()
    stop = threading.Event()

    def pass_on() -> None:
        asked.get()
        stop.set()

    threading.Thread(target=pass_on, name="asked-to-stop", daemon=True).start()
    for number in ASKING:
        signal.signal(number, lambda number, _: asked.put(number))
    return stop
