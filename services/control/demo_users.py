"""Who may sign in at the demo's board: the people of deploy/demo/users.json, with a password made for this ward."""

import json
import secrets
from pathlib import Path
from typing import NamedTuple

from services.control.environment import DEMO_USERS
from services.dashboard.users import hash_password

USERS_FILE = "users.json"
USERNAME = "nurse"


class SignIn(NamedTuple):
    """What a person types at the board."""

    username: str
    password: str


def admit_users(folder: Path) -> SignIn:
    """Write the demo's users file, and return how to sign in. A kept folder keeps its password."""
    kept = folder / "sign-in"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(f"ward-{secrets.randbelow(900_000) + 100_000}", encoding="utf-8")
    password = kept.read_text(encoding="utf-8")
    hashed = hash_password(password)
    users = [user | {"password": hashed} for user in json.loads(DEMO_USERS.read_bytes())]
    (folder / USERS_FILE).write_text(json.dumps(users, indent=1), encoding="utf-8")
    return SignIn(USERNAME, password)
