"""The end of the process where going on would lose or corrupt something."""

import logging
import os
import sys
from typing import NoReturn

log = logging.getLogger(__name__)

EXIT_CODE = 1


def end_process(why: str, fault: BaseException | None = None) -> NoReturn:
    """Stop at once; the supervisor starts us again and the checkpoint says where.

    `await app.stop()` inside an agent deadlocks, and an exception that leaves an agent acknowledges and skips: neither
    may happen to a record that was not graded. `why` carries no patient data.
    """
    log.critical("the grader ends its process", extra={"detail": why}, exc_info=fault)
    logging.shutdown()
    sys.stderr.flush()
    os._exit(EXIT_CODE)


def named(fault: BaseException) -> str:
    """A fault by its type alone: messages of clients and parsers may repeat what they were given."""
    return type(fault).__name__
