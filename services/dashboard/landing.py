"""Where somebody goes who had to sign in first: back to the board as it was asked for, and nowhere else. Pure."""

import re
from html import escape
from urllib.parse import urlencode

BOARD = "/"
SIGN_IN = "/sign-in"
# The only page behind the door, with a query of visible ASCII: no host, no other path, nothing that ends a header.
_BOARD_AS_ASKED = re.compile(r"/(\?[!-~]{1,1000})?")


def landing(asked: str) -> str:
    """The address as it was asked for if it is the board's own, else the bare board."""
    return asked if _BOARD_AS_ASKED.fullmatch(asked) else BOARD


def sign_in_for(asked: str, *, why: str = "") -> str:
    """The address of the sign-in page that leads there, with the reason of a refusal."""
    to = landing(asked)
    query = urlencode(({"why": why} if why else {}) | ({"to": to} if to != BOARD else {}))
    return f"{SIGN_IN}?{query}" if query else SIGN_IN


def landing_field(asked: str) -> str:
    """The sign-in form's memory of it, as HTML."""
    return f'<input type="hidden" name="to" value="{escape(landing(asked))}" />'
