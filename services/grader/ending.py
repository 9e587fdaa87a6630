"""The end of the process where going on would lose or corrupt something."""

import logging
import os
import sys
from typing import Any, NoReturn

log = logging.getLogger(__name__)

EXIT_CODE = 1


def end_process(why: str, fault: BaseException | None = None, **fields: Any) -> NoReturn:
    """Stop at once; the supervisor starts us again and the checkpoint says where.

    `await app.stop()` inside an agent deadlocks, and an exception that leaves an agent acknowledges and skips: neither
    may happen to a record that was not graded.

    Args:
        why: a constant sentence.
        fault: what happened; the log keeps its type and place, never its message.
        fields: numbers to log beside it.
    """
    log.critical(f"the process ends: {why}", exc_info=fault, extra=fields)
    logging.shutdown()
    sys.stderr.flush()
    os._exit(EXIT_CODE)
