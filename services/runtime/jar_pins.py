"""Pin anew what the local broker is made of: `python -m services.runtime.jar_pins GROUP:ARTIFACT:VERSION ...`.

Resolves the coordinates and all they need at run time, and rewrites deploy/kafka-jars.txt. Whoever runs it vouches for
the sums: read the difference before it is committed.
"""

import hashlib
import sys
import tempfile
from pathlib import Path

PINS = Path(__file__).parents[2] / "deploy" / "kafka-jars.txt"


def rows(coordinates: list[str]) -> list[str]:
    """One line a jar: `group:artifact:version sha256`, sorted."""
    from jgo.maven import MavenContext

    with tempfile.TemporaryDirectory() as folder:
        context = MavenContext(repo_cache=Path(folder), timeout=30)
        asked = [context.create_dependency(coordinate) for coordinate in coordinates]
        resolved, transitive = context.resolver.resolve(asked)
        found = set()
        for dependency in (*resolved, *transitive):
            body = dependency.artifact.resolve().read_bytes()
            name = f"{dependency.groupId}:{dependency.artifactId}:{dependency.version}"
            found.add(f"{name} {hashlib.sha256(body).hexdigest()}")
    return sorted(found)


def main(argv: list[str] | None = None) -> int:
    """Rewrite the pins, keeping the comment above them."""
    coordinates = sys.argv[1:] if argv is None else argv
    comment = [line for line in PINS.read_text().splitlines() if line.startswith("#")]
    PINS.write_text("\n".join([*comment, *rows(coordinates)]) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
