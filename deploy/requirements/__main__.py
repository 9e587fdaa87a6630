"""`python -m deploy.requirements`: lock pyproject.toml's dependencies with hashes and without addresses.

Universal: one file serves Python 3.11 to 3.13 on every platform. uv is fetched into a folder of its own, so that it is
no dependency.
"""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMON = ("--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url")
QUIET = ("--no-emit-find-links", "--no-annotate", "--no-header", "--quiet", "--upgrade")
FILES = {
    "dev.txt": ("--all-extras", "--group", "dev", "pyproject.toml"),
    "run.txt": ("--extra", "postgres", "pyproject.toml"),
    "mutate.txt": ("--group", "mutate"),
    "bench.txt": ("--group", "bench"),
}


def main() -> int:
    """Write every file anew."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        tools = Path(folder) / "bin"
        subprocess.run([tools / "pip", "install", "--quiet", "uv"], check=True)
        for name, extra in FILES.items():
            target = Path("deploy/requirements") / name
            command = [tools / "uv", "pip", "compile", *COMMON, *QUIET, *extra, "-o", target]
            subprocess.run(command, check=True, cwd=ROOT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
