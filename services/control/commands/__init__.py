"""One module a command: `register(subparsers)` describes it, `run(args)` does it and returns the exit code."""
