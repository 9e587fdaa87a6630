import pytest

from services.ingest.door import Door, UnreadableTokenError


def test_without_a_file_everybody_may_send():
    assert Door(None).is_open_to("")


@pytest.mark.parametrize(
    ("shown", "may_send"),
    [
        ("Bearer secret", True),
        ("Bearer secret ", False),
        ("secret", False),
        ("Bearer ", False),
        ("", False),
        ("ü", False),
    ],
)
def test_with_one_only_who_shows_its_token(tmp_path, shown, may_send):
    (tmp_path / "token").write_text("secret\n")

    assert Door(tmp_path / "token").is_open_to(shown) is may_send


@pytest.mark.parametrize("content", [None, "", " \n"])
def test_a_file_without_a_token_does_not_leave_the_door_open(tmp_path, content):
    if content is not None:
        (tmp_path / "token").write_text(content)

    with pytest.raises(UnreadableTokenError, match="INGEST_TOKEN_FILE"):
        Door(tmp_path / "token")
