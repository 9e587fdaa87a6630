"""A ward policy that cannot be kept is refused before the first alarm."""

import pytest

from services.notifier.policy import SHIPPED, PolicyRefused, read_policy

SHIPPED_TEXT = SHIPPED.read_text("utf-8")

SPOILED = [
    ("a ladder without a failsafe hop", 'roles = ["charge_nurse"], failsafe = true', 'roles = ["charge_nurse"]'),
    ("a ladder that starts late", "{ after_s = 0, roles", "{ after_s = 5, roles"),
    ("hops out of order", "after_s = 120", "after_s = 30"),
    ("a role nobody can reach", 'roles = ["rapid_response"]', 'roles = ["cardiology"]'),
    ("a role without a channel", 'charge_nurse = ["webhook"]', "charge_nurse = []"),
    ("a channel that is not set up", 'charge_nurse = ["webhook"]', 'charge_nurse = ["pagerduty"]'),
    ("a level without a ladder", "[ladders.grade_4]", "[ladders.grade_5]"),
    ("a misspelt setting", "snooze_max_s", "snooze_max"),
    ("an unknown catch-all", 'catch_all = "house_supervisor"', 'catch_all = "nobody"'),
    ("a repeat without pause", "repeat_s = 120", "repeat_s = 1"),
    ("no TOML at all", "[roles]", "[roles"),
]


def test_the_shipped_policy_is_kept():
    assert read_policy(SHIPPED, channels=("webhook",)).version == "crswatch-policy-1"


@pytest.mark.parametrize(("old", "new"), [row[1:] for row in SPOILED], ids=[row[0] for row in SPOILED])
def test_a_policy_that_cannot_be_kept_is_refused(tmp_path, old, new):
    assert old in SHIPPED_TEXT
    spoiled = tmp_path / "policy.toml"
    spoiled.write_text(SHIPPED_TEXT.replace(old, new), "utf-8")

    with pytest.raises(PolicyRefused, match=r"policy\.toml"):
        read_policy(spoiled, channels=("webhook",))


def test_every_setting_of_a_ladder_is_described():
    from services.notifier.policy import Hop, Ladder, Policy

    for model in (Hop, Ladder, Policy):
        for name, field in model.model_fields.items():
            assert field.description, f"{model.__name__}.{name}"
