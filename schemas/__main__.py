"""`python -m schemas`: write the renderings in schemas/generated/; with --check only say what is stale."""

import argparse
import sys
from pathlib import Path

from schemas.rendering import render

GENERATED = Path(__file__).parent / "generated"


def stale() -> list[str]:
    """Names of renderings that are missing, differ or belong to nothing any more."""
    texts = render()
    found = {path.name: path.read_text(encoding="utf-8") for path in GENERATED.iterdir()} if GENERATED.exists() else {}
    return sorted(name for name in texts.keys() | found.keys() if texts.get(name) != found.get(name))


def main(argv: list[str] | None = None) -> int:
    """Write, or with `--check` compare: 1 if anything is stale."""
    parser = argparse.ArgumentParser(prog="python -m schemas", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, exit 1 if something is stale")
    if parser.parse_args(argv).check:
        names = stale()
        sys.stderr.writelines(f"stale: schemas/generated/{name}\n" for name in names)
        return 1 if names else 0
    GENERATED.mkdir(exist_ok=True)
    for name in stale():
        (GENERATED / name).unlink(missing_ok=True)
    for name, text in render().items():
        (GENERATED / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
