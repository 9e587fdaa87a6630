"""What the demo tells a person once the ward is live: where to look, and what is about to happen."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class SignIn(NamedTuple):
    """What a person types at the board."""

    username: str
    password: str


# One of deploy/demo/users.json.
SIGN_IN = SignIn("charge", "night-shift")
# Minute, bed, what happens there: the story that services/simulator/live_ward.py tells.
STORY = (
    ("1", "1-02", "a fever: estimated CRS grade 1"),
    ("2-3", "1-02", "low pressure, twice: grade 2, and a page"),
    ("2-4", "1-04", "ICE 8, then 5: estimated ICANS grade 1, then 2"),
    ("3-5", "1-07", "SpO2 87, a cannula, high-flow oxygen: grade 2, then 3"),
    ("4-5", "1-02", "norepinephrine: grade 3, and a page of high priority"),
)


def live_text(urls: Mapping[str, str], folder: Path, *, kept: bool) -> str:
    """The demo's closing words before it goes quiet."""
    story = "\n".join(f"  minute {minute:<4} bed {bed:<6} {what}" for minute, bed, what in STORY)
    keeps = "kept" if kept else "gone when it stops"
    return f"""
The ward is live. Every patient is invented; every grade is an estimate for decision support, not a diagnosis.

  Board         {urls["dashboard"]}    sign in as {SIGN_IN.username}, password {SIGN_IN.password}
  Pager inbox   {urls["inbox"]}
  Ingest        {urls["ingest"]}/openapi.json

What you will see:
{story}

Acknowledge an alarm on the board, and the board shows who has it. Logs and data: {folder} ({keeps}).
Ctrl-C stops everything.
"""
