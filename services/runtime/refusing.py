"""How a service says that it will not start: one line on standard error, and an exit code for whoever started it."""

import sys

WRONG_USE = 2  # settings or files: a person has to change something
NOT_NOW = 1  # the world is not as it has to be: trying again may help


def refuse(service: str, why: Exception, code: int = WRONG_USE) -> int:
    """Say why, in the words of the exception; the exit code.

    Args:
        service: as `crswatch` calls it.
        why: written to be shown: names, never values of settings or patient data.
        code: `WRONG_USE` or `NOT_NOW`.
    """
    sys.stderr.write(f"crswatch {service}: {why}\n")
    return code
