"""Staff tune paths: what the rules refuse is said beside its field, and every change is a rule set."""

import json

import pytest
from django.urls import reverse

from degentalk.rulebook import services as rulebook
from paths import rules
from paths import services as paths
from paths.models import PathPolicy, UserPath, XpPath
from tests import make
from xp import services as xp

pytestmark = pytest.mark.django_db


@pytest.fixture
def otto(client):
    otto = make.user("otto", is_staff=True, is_superuser=True)
    client.force_login(otto)
    return otto


def typed(path, *, levels=None, **fields):
    """What the form of a path sends."""
    rows = list(path.levels.all())
    levels = levels or [(row.level, row.xp_required, row.title) for row in rows]
    data = {
        "id": path.pk, "name": path.name, "tagline": path.tagline, "description": path.description, "icon": path.icon,
        "color": path.color, "position": path.position, "is_active": "on", "reason": "Balance",
        "xp_multipliers": json.dumps(path.xp_multipliers),
        "levels-TOTAL_FORMS": len(levels), "levels-INITIAL_FORMS": len(rows),
    }  # fmt: skip
    for number, (level, xp_required, title) in enumerate(levels):
        prefix = f"levels-{number}"
        data |= {f"{prefix}-level": level, f"{prefix}-xp_required": xp_required, f"{prefix}-title": title}
        data |= {f"{prefix}-id": rows[number].pk if number < len(rows) else "", f"{prefix}-path": path.pk}
    return data | fields


def save(client, path, **more):
    return client.post(reverse("admin:paths_xppath_change", args=[path.pk]), typed(path, **more))


def analyst():
    return XpPath.objects.get(pk="analyst")


def test_a_change_is_in_force_with_the_next_award(client, otto):
    before = rulebook.current().number
    assert save(client, analyst(), xp_multipliers='{"post_created": 20000}').status_code == 302
    now = rulebook.current()
    assert now.number == before + 1
    assert rules.multiplier(now.rules, "analyst", "post_created") == 20_000
    alice = make.user("alice")
    paths.choose_primary(user=alice, path_id="analyst")
    assert xp.award(user=alice, action="post_created", key="post:1", cause=("post", 1)).points == 20


@pytest.mark.parametrize(
    ("multipliers", "words"),
    [
        ('{"post_craeted": 12000}', "there is no such action"),
        ('{"post_created": 4999}', "from 5,000 to"),
        ('{"post_created": 30001}', "from 5,000 to"),
        ('{"post_created": 1.5}', "whole basis points"),
        ('{"post_created": true}', "whole basis points"),
        ('{"post_created": "12000"}', "whole basis points"),
        ("[1]", "an object of actions"),
        ("{", "valid JSON"),
    ],
)
def test_multipliers_that_mean_nothing_are_refused_beside_their_field(client, otto, multipliers, words):
    before = rulebook.current().number
    answer = save(client, analyst(), xp_multipliers=multipliers)
    assert answer.status_code == 200
    assert words in str(answer.context["adminform"].form.errors["xp_multipliers"])
    assert (rulebook.current().number, analyst().xp_multipliers["thread_created"]) == (before, 15_000)


@pytest.mark.parametrize(
    "levels",
    [
        [(1, 5, "One")],
        [(1, 0, "One"), (3, 10, "Three")],
        [(1, 0, "One"), (2, 0, "Two")],
    ],
)
def test_a_crooked_curve_is_refused(client, otto, levels):
    before = rulebook.current().number
    rest = [(row.level, row.xp_required, row.title) for row in analyst().levels.all()][len(levels) :]
    answer = save(client, analyst(), levels=[*levels, *(row for row in rest if levels[0][1])])
    assert answer.status_code == 200
    assert rulebook.current().number == before


def test_a_new_curve_moves_the_levels_of_members(client, otto, django_capture_on_commit_callbacks):
    alice = make.user("alice")
    paths.choose_primary(user=alice, path_id="analyst")
    for number in range(3):
        xp.award(user=alice, action="special_event", key=f"event:{number}", cause=("event", number))
    assert UserPath.objects.get(user=alice).path_level == 3
    levels = [(row.level, row.xp_required * 10, row.title) for row in analyst().levels.all()]
    assert save(client, analyst(), levels=levels).status_code == 302
    assert paths.recompute_levels(batch=1) >= 1
    assert UserPath.objects.get(user=alice).path_level == 1
    assert rules.paths(rulebook.current().rules)["analyst"].levels[1].xp_required == 1_000


def test_a_path_can_be_added_with_its_curve_and_not_under_a_reserved_name(client, otto):
    data = {
        "id": "healer", "name": "Healer", "tagline": "Helps.", "icon": "heart", "color": "rose",
        "position": 70, "is_active": "on", "xp_multipliers": "{}", "reason": "More to choose",
        "levels-TOTAL_FORMS": 2, "levels-INITIAL_FORMS": 0,
        "levels-0-level": 1, "levels-0-xp_required": 0, "levels-0-title": "Novice",
        "levels-1-level": 2, "levels-1-xp_required": 50, "levels-1-title": "Nurse",
    }  # fmt: skip
    add = reverse("admin:paths_xppath_add")
    assert client.post(add, data).status_code == 302
    assert "healer" in rules.paths(rulebook.current().rules)
    refused = client.post(add, data | {"id": "leaderboard"})
    assert refused.status_code == 200
    assert not XpPath.objects.filter(pk="leaderboard").exists()


def test_the_cooldown_is_a_rule(client, otto):
    page = reverse("admin:paths_pathpolicy_change", args=[1])
    assert client.post(page, {"switch_cooldown_hours": 48, "reason": "Too long"}).status_code == 302
    assert PathPolicy.objects.current().switch_cooldown_hours == 48
    assert rulebook.current().rules["paths"]["policy"] == {"switch_cooldown_hours": 48}


def test_nobody_deletes_a_path(client, otto):
    assert client.post(reverse("admin:paths_xppath_delete", args=["analyst"]), {"post": "yes"}).status_code == 403


def test_a_paused_path_multiplies_nothing_from_then_on(client, otto):
    data = typed(analyst())
    del data["is_active"]
    assert client.post(reverse("admin:paths_xppath_change", args=["analyst"]), data).status_code == 302
    assert rules.multiplier(rulebook.current().rules, "analyst", "thread_created") == rules.ONE
