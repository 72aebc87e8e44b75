"""Staff make and change paths over the API; a typo is an error that names the key."""

import pytest

from degentalk.rulebook import services as rulebook
from paths import rules
from paths.models import XpPath
from tests import make

pytestmark = pytest.mark.django_db
PATHS = "/api/admin/xp/paths"
HEALER = {
    "id": "healer",
    "name": "Healer",
    "tagline": "Helps.",
    "icon": "heart",
    "color": "rose",
    "multipliers": {"like_received": 15_000},
    "levels": [{"level": 1, "xp_required": 0, "title": "Novice"}, {"level": 2, "xp_required": 50, "title": "Nurse"}],
    "reason": "More to choose",
}


@pytest.fixture
def otto(client):
    otto = make.user("otto", is_staff=True, is_superuser=True)
    client.force_login(otto)
    return otto


def post(client, address, body):
    return client.post(address, body, content_type="application/json")


def test_a_path_is_made_and_in_force(client, otto):
    answer = post(client, PATHS, HEALER)
    assert (answer.status_code, answer.json()["multipliers"]) == (201, {"like_received": 15_000})
    assert rules.multiplier(rulebook.current().rules, "healer", "like_received") == 15_000
    again = post(client, PATHS, HEALER)
    assert again.status_code == 200
    assert XpPath.objects.count() == 7


def test_what_is_not_named_stays(client, otto):
    before = XpPath.objects.get(pk="debater")
    answer = post(client, PATHS, {"id": "debater", "multipliers": {"post_created": 14_000}, "reason": "Too weak"})
    assert answer.status_code == 200
    after = XpPath.objects.get(pk="debater")
    assert (after.name, after.levels.count(), after.xp_multipliers) == (before.name, 10, {"post_created": 14_000})


@pytest.mark.parametrize(
    ("change", "key", "words"),
    [
        ({"multipliers": {"post_craeted": 12_000}}, "multipliers", "post_craeted"),
        ({"multipliers": {"post_created": 1.5}}, "multipliers", "whole basis points"),
        ({"multipliers": {"post_created": True}}, "multipliers", "whole basis points"),
        ({"multipliers": [1]}, "multipliers", "an object"),
        ({"id": "leaderboard"}, "id", "addresses"),
        ({"id": "No Good"}, "id", ""),
        ({"levels": []}, "levels", ""),
        ({"levels": [{"level": 1, "xp_required": 5, "title": "x"}]}, "levels", "0 XP"),
        ({"colour": "red"}, "colour", "no such field"),
        ({"reason": ""}, "reason", ""),
    ],
)
def test_a_path_that_means_nothing_is_refused_by_key(client, otto, change, key, words):
    before = rulebook.current().number
    answer = post(client, PATHS, HEALER | change)
    assert answer.status_code == 400
    assert words in str(answer.json()["errors"][key])
    assert (rulebook.current().number, XpPath.objects.count()) == (before, 6)


def test_a_new_path_needs_everything_that_makes_one(client, otto):
    answer = post(client, PATHS, {"id": "healer", "reason": "x"})
    assert set(answer.json()["errors"]) == {"name", "tagline", "icon", "color", "levels"}


def test_others_may_not(client):
    assert post(client, PATHS, {}).status_code in {401, 403}
    client.force_login(make.moderator())
    assert post(client, PATHS, {}).status_code == 403


@pytest.mark.parametrize("value", ["yes", 1, "true"])
def test_w6_whether_it_is_active_is_a_boolean_of_json(client, otto, value):
    answer = post(client, PATHS, {"id": "debater", "is_active": value, "reason": "A pause"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["is_active"])
    assert XpPath.objects.get(pk="debater").is_active


def test_half_a_character_in_a_key_is_told_like_any_other_typo(client, otto):
    answer = post(client, PATHS, '{"id": "healer", "multipliers": {"\\ud800": 12000}, "\\udfff": 1}')
    assert answer.status_code == 400
    assert "?" in answer.json()["errors"]
