"""Staff make and change paths and unlocks over the API; a typo is an error that names the key."""

import pytest

from degentalk.rulebook import services as rulebook
from paths import rules
from paths.models import XpPath
from shop.models import DgtUnlock
from tests import make
from tests.shop.selling import DATA, unlock

pytestmark = pytest.mark.django_db
PATHS, UNLOCKS = "/api/admin/xp/paths", "/api/admin/dgt/unlocks"
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


@pytest.mark.parametrize("kind", DATA)
def test_an_unlock_of_every_type_is_made(client, otto, kind):
    body = {"name": "New", "type": kind, "cost_dgt": 50, "unlock_data": DATA[kind]}
    answer = post(client, UNLOCKS, body)
    assert answer.status_code == 201
    assert DgtUnlock.objects.get(name="New").unlock_data == DATA[kind]


@pytest.mark.parametrize(
    ("change", "key", "words"),
    [
        ({"unlock_data": {"txt": "x"}}, "unlock_data", "txt"),
        ({"unlock_data": {"text": 7}}, "unlock_data", "This must be a text"),
        ({"unlock_data": [1]}, "unlock_data", "an object"),
        ({"type": "hologram"}, "type", "Known: avatar_frame"),
        ({"cost_dgt": "50"}, "cost_dgt", "whole number"),
        ({"cost_dgt": 0}, "cost_dgt", ""),
        ({"stock": -1}, "stock", ""),
        ({"price": 5}, "price", "no such field"),
        ({"required_path": "nowhere"}, "required_path", ""),
    ],
)
def test_an_unlock_that_means_nothing_is_refused_by_key(client, otto, change, key, words):
    body = {"name": "New", "type": "title", "cost_dgt": 50, "unlock_data": DATA["title"]}
    answer = post(client, UNLOCKS, body | change)
    assert answer.status_code == 400
    found = {name: said for name, said in answer.json()["errors"].items() if name.split(".")[0] == key}
    assert found
    assert words in str(found)
    assert not DgtUnlock.objects.filter(name="New").exists()


def test_an_unlock_is_changed_and_keeps_its_type(client, otto):
    row = unlock("title")
    assert post(client, UNLOCKS, {"id": row.pk, "cost_dgt": 90}).status_code == 200
    assert DgtUnlock.objects.get(pk=row.pk).cost_dgt == 90
    assert post(client, UNLOCKS, {"id": row.pk, "type": "badge"}).status_code == 400
    assert post(client, UNLOCKS, {"id": row.pk, "sale_cost_dgt": 50}).status_code == 400
    assert post(client, UNLOCKS, {"id": 999_999, "cost_dgt": 90}).status_code == 404


@pytest.mark.parametrize("address", [PATHS, UNLOCKS])
def test_others_may_not(client, address):
    assert post(client, address, {}).status_code in {401, 403}
    client.force_login(make.moderator())
    assert post(client, address, {}).status_code == 403
