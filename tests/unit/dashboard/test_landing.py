"""Signing in leads back to the board as it was asked for, and never to another site."""

import pytest

from services.dashboard.landing import landing, landing_field, sign_in_for


@pytest.mark.parametrize("asked", ["/", "/?escalation=rise-07-2", "/?unit=4%20W&escalation=a/b:c"])
def test_the_board_is_reached_as_it_was_asked_for(asked):
    assert landing(asked) == asked


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "?escalation=a",
        "https://elsewhere.example/",
        "//elsewhere.example/?escalation=a",
        "/\\elsewhere.example",
        "\\\\elsewhere.example",
        "/\t/elsewhere.example",
        "javascript:alert(1)",
        "/@elsewhere.example",
        "/sign-out",
        "/api/beds",
        "/?escalation=a\r\nSet-Cookie: b=c",
        "/?escalation=a\n",
        "/?" + "a" * 1001,
    ],
)
def test_anything_else_is_the_bare_board(asked):
    assert landing(asked) == "/"


def test_the_sign_in_page_is_told_where_to_lead_and_why_it_is_shown_again():
    assert sign_in_for("/") == "/sign-in"
    assert sign_in_for("/?escalation=a&unit=4W") == "/sign-in?to=%2F%3Fescalation%3Da%26unit%3D4W"
    assert sign_in_for("/?escalation=a", why="wrong") == "/sign-in?why=wrong&to=%2F%3Fescalation%3Da"
    assert sign_in_for("//elsewhere.example", why="often") == "/sign-in?why=often"


def test_the_form_cannot_be_broken_out_of():
    assert landing_field('/?a="><script>') == '<input type="hidden" name="to" value="/?a=&quot;&gt;&lt;script&gt;" />'
