"""Reads an env file as compose does: NAME=value a line, `#` for comments."""

from pathlib import Path

from services.control.refusal import WRONG_USE, Refusal


def read_env_file(path: Path) -> dict[str, str]:
    """The variables of an env file.

    Raises:
        Refusal: the file is not there, or a line is not NAME=value.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise Refusal(f"{path} cannot be read as an env file.", code=WRONG_USE) from None
    variables = {}
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not equals or not name.isidentifier():
            raise Refusal(f"{path}, line {number}: not NAME=value.", code=WRONG_USE)
        variables[name] = _unquoted(value.strip())
    return variables


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1] if quoted else value
