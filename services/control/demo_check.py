"""`crswatch demo --check`: looks at the ward from outside, as a nurse and a pager do, until the chain is proven."""

import time
from collections.abc import Mapping
from typing import Any

import httpx

from services.control.demo_script import SignIn
from services.control.running import LocalWard
from services.control.speech import Say

ASK_EVERY_S = 1.0


def check_chain(ward: LocalWard, sign_in: SignIn, say: Say, *, within_s: float) -> bool:
    """Tend the ward until the board shows an estimated grade and its page is in the inbox.

    Returns:
        True once both are there and belong to the same bed; False when they were not in time, which is said.
    """
    began_s = time.monotonic()
    asked_s, missing = 0.0, ""

    def proven() -> bool:
        nonlocal asked_s, missing
        if time.monotonic() - asked_s < ASK_EVERY_S:
            return False
        missing, asked_s = still_missing(ward.urls, sign_in), time.monotonic()
        return not missing

    ward.keep_running(until=lambda: proven() or time.monotonic() - began_s > within_s)
    if missing:
        say(f"The chain is not proven after {within_s:.0f} s: {missing}.")
        return False
    say("Proven: a bed on the board has an estimated grade, and its page is in the inbox.")
    return True


def still_missing(urls: Mapping[str, str], sign_in: SignIn) -> str:
    """What the chain still lacks, in words; empty when nothing."""
    try:
        paged = {page["data"].get("bed") for page in inbox_pages(urls["inbox"])}
        beds = board_beds(urls["dashboard"], sign_in)
    except (httpx.HTTPError, ValueError) as fault:
        return f"the board or the inbox does not answer ({type(fault).__name__})"
    if not beds:
        return "the board shows no bed"
    graded = {bed["bed"] for bed in beds if bed.get("crs", {}).get("low", 0) >= 1}
    if not graded:
        return "the board shows no estimated grade yet"
    return "" if graded & paged else "no page of a graded bed is in the inbox yet"


def board_beds(url: str, sign_in: SignIn) -> list[dict[str, Any]]:
    """The beds as the board shows them to somebody who signed in."""
    with httpx.Client(base_url=url, timeout=5) as browser:
        entered = browser.post("/sign-in", data=sign_in._asdict())
        if entered.headers.get("location") != "/":
            raise ValueError("the board did not let us in")
        beds: list[dict[str, Any]] = browser.get("/api/beds").raise_for_status().json()["beds"]
        return beds


def inbox_pages(url: str) -> list[dict[str, Any]]:
    """What the pager inbox has received."""
    pages: list[dict[str, Any]] = httpx.get(f"{url}/pages", timeout=5).raise_for_status().json()
    return pages
