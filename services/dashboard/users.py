"""Named users with roles, from a file; passwords as scrypt hashes. For a demo or a first ward: OIDC comes later."""

import base64
import hashlib
import hmac
import secrets
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

Role = Literal["nurse", "charge_nurse", "provider", "viewer"]
MAY_ANSWER: frozenset[Role] = frozenset({"nurse", "charge_nurse", "provider"})

_COST = {"n": 2**14, "r": 8, "p": 1}


class User(BaseModel):
    """One person who may sign in."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    username: Annotated[str, Field(pattern=r"^[a-z0-9._-]{1,64}$", description="Name to sign in with.")]
    name: Annotated[str, Field(min_length=1, max_length=80, description="Name shown beside what this person did.")]
    role: Annotated[Role, Field(description="What this person may do; viewers only look.")]
    units: Annotated[list[str], Field(min_length=1, description="Units this person may see; * is all of them.")]
    password: Annotated[str, Field(description="scrypt$n$r$p$salt$hash, the last two in base64.")]

    @property
    def may_answer(self) -> bool:
        """Whether this person may acknowledge, snooze and write notes."""
        return self.role in MAY_ANSWER

    def may_see(self, unit: str) -> bool:
        """Whether this person may see the unit; a patient whose unit nobody charted must not be seen by nobody."""
        return "*" in self.units or unit in self.units or unit == ""


def read_users(path: Path) -> dict[str, User]:
    """The users of a file, by username.

    Raises:
        ValueError: it cannot be used; the text never repeats what is in it, for that holds password hashes.
    """
    try:
        users = TypeAdapter(list[User]).validate_json(path.read_bytes())
    except OSError as fault:
        raise ValueError(f"Cannot read {path}: {fault.strerror}.") from None
    except ValidationError as error:
        faults = error.errors(include_input=False, include_context=False, include_url=False)
        wrong = "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'file'}: {fault['msg']}" for fault in faults)
        raise ValueError(f"The users file {path} cannot be used: {wrong}.") from None
    return {user.username: user for user in users}


def hash_password(password: str) -> str:
    """A new hash for the users file: `python -m services.dashboard.users` asks for the password and shows it."""
    salt = secrets.token_bytes(16)
    digest = hashlib.scrypt(password.encode(), salt=salt, **_COST)
    numbers = "$".join(str(_COST[name]) for name in ("n", "r", "p"))
    return f"scrypt${numbers}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def password_matches(password: str, stored: str) -> bool:
    """Whether the password belongs to the hash; takes about 50 ms on purpose."""
    _, n, r, p, salt, digest = stored.split("$")
    wanted = base64.b64decode(digest)
    found = hashlib.scrypt(password.encode(), salt=base64.b64decode(salt), n=int(n), r=int(r), p=int(p))
    return hmac.compare_digest(found, wanted)
