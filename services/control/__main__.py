"""Entry point of `crswatch`: reads the command line, runs one command, turns its end into an exit code."""

import sys
import traceback
from collections.abc import Sequence

from services.control.arguments import command_module, parse
from services.control.refusal import Refusal
from services.control.speech import complain
from services.control.stopping import Stopped, stop_on_signals

STOPPED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        What the command decided; 2 for wrong use, 1 for an error nobody foresaw, 130 when it was
        interrupted before it had anything to stop in order.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        with stop_on_signals():
            args = parse(words)
            code: int = command_module(args.command).run(args)
            return code
    except Refusal as refusal:
        complain(f"crswatch: {refusal}")
        return refusal.code
    except Stopped:
        complain("crswatch: stopped.")
        return STOPPED
    except BrokenPipeError:
        sys.stdout = None  # the reader left; flushing at exit would only complain again
        return 1
    except Exception as fault:
        complain(unexpected(fault, command=next(iter(words), "")))
        if "--traceback" in words:
            complain("".join(traceback.format_tb(fault.__traceback__)))
        return 1


def unexpected(fault: Exception, *, command: str) -> str:
    """One sentence for an error nobody foresaw: type and place, never its message, which may hold a patient's data."""
    where = traceback.extract_tb(fault.__traceback__)[-1]
    reason = f": {fault.strerror}" if isinstance(fault, OSError) and fault.strerror else ""
    return (
        f"crswatch {command}: unexpected {type(fault).__name__}{reason} in {where.name}, line {where.lineno}"
        " (crswatch --traceback ... shows the way there)."
    )


if __name__ == "__main__":
    sys.exit(main())
