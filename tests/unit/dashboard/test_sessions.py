"""Cookies, passwords and the key behind them."""

import stat

import pytest

from services.dashboard.sessions import Sessions, session_key
from services.dashboard.users import hash_password, password_matches, read_users
from tests.browser.board_process import PASSWORD, USERS

NOW = 1_772_375_400_000
HOUR = 3_600_000
KEY = b"k" * 32


def test_a_session_outlives_the_process_that_began_it():
    cookie = Sessions(KEY, lasts_ms=HOUR).begin("charge", now_ms=NOW)

    session = Sessions(KEY, lasts_ms=HOUR).read(cookie, now_ms=NOW + 1)

    assert session is not None
    assert session.username == "charge"


def test_a_session_ends():
    sessions = Sessions(KEY, lasts_ms=HOUR)

    assert sessions.read(sessions.begin("charge", now_ms=NOW), now_ms=NOW + HOUR) is None


@pytest.mark.parametrize("cookie", [None, "", ".", "abc", "abc.def", "e30=.AAAA"])
def test_a_cookie_that_we_did_not_sign_opens_nothing(cookie):
    assert Sessions(KEY, lasts_ms=HOUR).read(cookie, now_ms=NOW) is None


def test_another_keys_cookie_opens_nothing():
    cookie = Sessions(b"o" * 32, lasts_ms=HOUR).begin("charge", now_ms=NOW)

    assert Sessions(KEY, lasts_ms=HOUR).read(cookie, now_ms=NOW) is None


def test_every_session_has_a_token_of_its_own():
    sessions = Sessions(KEY, lasts_ms=HOUR)
    first, second = (sessions.read(sessions.begin("charge", now_ms=NOW), now_ms=NOW) for _ in range(2))

    assert first is not None
    assert second is not None
    assert first.csrf != second.csrf


def test_the_key_is_made_once_and_only_we_can_read_it(tmp_path):
    path = tmp_path / "new" / "session.key"

    assert session_key(path) == session_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_short_key_is_refused(tmp_path):
    path = tmp_path / "session.key"
    path.write_bytes(b"short")

    with pytest.raises(ValueError, match="too short"):
        session_key(path)


def test_a_password_is_stored_as_a_hash_that_only_it_matches():
    stored = hash_password("night-shift")

    assert password_matches("night-shift", stored)
    assert not password_matches("day-shift", stored)


def test_everybody_in_the_demo_file_signs_in_with_the_documented_password():
    users = read_users(USERS)

    assert set(users) == {"charge", "nurse", "provider", "viewer"}
    assert all(password_matches(PASSWORD, user.password) for user in users.values())
