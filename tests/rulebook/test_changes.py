"""The difference between two versions of the rules, in words."""

import pytest

from degentalk.rulebook import changes

RULES = {
    "xp": {
        "actions": {"post_created": {"base": 10, "is_enabled": True}},
        "levels": [[1, 0, "Lurker"], [2, 50, "Lurker"]],
    }
}


@pytest.mark.parametrize(
    ("after", "line"),
    [
        (
            RULES | {"xp": RULES["xp"] | {"actions": {"post_created": {"base": 15, "is_enabled": True}}}},
            "xp › actions › post_created › base: 10 → 15",
        ),
        (
            RULES | {"xp": RULES["xp"] | {"levels": [[1, 0, "Lurker"], [2, 60, "Lurker"]]}},
            "xp › levels › 2: 50, Lurker → 60, Lurker",
        ),
        (
            RULES | {"xp": RULES["xp"] | {"levels": [[1, 0, "Lurker"]]}},
            "xp › levels › 2: 50, Lurker → ∅",
        ),
        (RULES | {"shop": {"fee": 5}}, "shop › fee: ∅ → 5"),
    ],
)
def test_each_difference_is_one_line_with_before_and_after(after, line):
    assert changes.between(RULES, after) == [line]


def test_no_difference_is_no_line():
    assert changes.between(RULES, RULES) == []
