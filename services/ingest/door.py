"""Who may send: everybody who reaches the port, or whoever shows the token of this installation."""

import hmac
from pathlib import Path

from services.runtime.settings import SettingsRefused


class UnreadableTokenError(SettingsRefused):
    """The token file is missing or empty: better no ingest than one that is open by mistake."""


class Door:
    """Checks the bearer token of a request.

    Args:
        token_file: holds the token and nothing else; None leaves the door open.

    Raises:
        UnreadableTokenError: there is a file, but no token in it.
    """

    def __init__(self, token_file: Path | None) -> None:
        self._expected = None if token_file is None else f"Bearer {_read(token_file)}".encode()

    def is_open_to(self, authorization: str) -> bool:
        """Whether a request with this Authorization header may send."""
        return self._expected is None or hmac.compare_digest(authorization.encode(), self._expected)


def _read(token_file: Path) -> str:
    try:
        token = token_file.read_text().strip()
    except OSError:
        token = ""
    if not token:
        raise UnreadableTokenError(f"INGEST_TOKEN_FILE {token_file} holds no token that can be read.")
    return token
