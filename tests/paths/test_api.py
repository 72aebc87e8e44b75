"""Paths over the API: the eight routes of the plan, by session and by token."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from degentalk.core import clock
from paths import services as paths
from paths.models import PathChoice, PathPolicy, UserPath, XpPath
from tests import make
from tests.signing_in import sign_in
from xp import services as xp

pytestmark = pytest.mark.django_db
ME, PRIMARY = "/api/paths/user/me", "/api/paths/user/me/primary"


@pytest.fixture
def alice(client):
    alice = sign_in(client, make.user("alice"))
    xp.curve()
    return alice


def bearer(user, *scopes):
    return {"Authorization": f"Bearer {make.api_token(user, *scopes)}"}


def choose(client, path, body=None, **more):
    return client.post(f"{PRIMARY}/{path}", {} if body is None else body, content_type="application/json", **more)


def write(user, number):
    return xp.award(user=user, action="thread_created", key=f"thread:{user.pk}:{number}", cause=("thread", number))


def test_everybody_reads_the_paths_with_their_curves(client, django_assert_num_queries):
    with django_assert_num_queries(2):
        found = client.get("/api/paths").json()["results"]
    assert [path["id"] for path in found] == ["analyst", "debater", "memelord", "patron", "regular", "explorer"]
    one = client.get("/api/paths/analyst").json()
    assert one == found[0]
    assert one["multipliers"] == {"thread_created": 15_000, "like_received": 12_500, "post_created": 9_000}
    assert (one["levels"][0], len(one["levels"])) == ({"level": 1, "xp_required": 0, "title": "Chart reader"}, 10)


@pytest.mark.parametrize("address", ["/api/paths/nonsense", "/api/paths/nonsense/leaderboard"])
def test_a_path_that_does_not_exist_is_not_found(client, address):
    assert client.get(address).status_code == 404


def test_before_the_first_choice_there_is_no_primary_path_and_nothing_to_wait_for(client, alice):
    nothing = {"primary": None, "can_switch_at": None, "switch_tokens": 0}
    assert client.get(PRIMARY).json() == nothing
    assert client.get(ME).json() == nothing | {"results": []}


def test_the_first_choice_is_free_and_the_next_waits(client, alice):
    answer = choose(client, "analyst")
    assert (answer.status_code, answer.json()["changed"], answer.json()["primary"]["path"]) == (200, True, "analyst")
    assert choose(client, "analyst").json()["changed"] is False
    refused = choose(client, "debater")
    assert (refused.status_code, refused.json()["code"]) == (409, "switch-too-soon")
    assert PathChoice.objects.filter(user=alice).count() == 1


def test_a_token_switches_at_once_and_only_if_asked_to(client, alice):
    choose(client, "analyst")
    paths.grant_switch_token(user=alice, source="test_switch:1")
    assert choose(client, "debater").status_code == 409
    answer = choose(client, "debater", {"use_token": True}).json()
    assert (answer["primary"]["path"], answer["switch_tokens"]) == ("debater", 0)


def test_a_token_that_is_not_needed_is_kept(client, alice):
    PathPolicy.objects.update(switch_cooldown_hours=0)
    choose(client, "analyst")
    paths.grant_switch_token(user=alice, source="test_switch:1")
    assert choose(client, "debater", {"use_token": True}).json()["switch_tokens"] == 1


def test_progress_is_told_as_it_is(client, alice):
    choose(client, "analyst")
    for number in range(4):
        with clock.at(clock.database_time() + timedelta(minutes=2 * number)):
            write(alice, number)
    mine = client.get(PRIMARY).json()["primary"]
    assert mine == {
        "path": "analyst", "name": "Analyst", "is_primary": True, "is_active": True, "path_xp": 120, "path_level": 2,
        "title": "Note taker", "level_xp": 20, "level_span": 200, "to_go": 180, "next_level": 3,
        "next_title": "Pattern spotter", "is_max": False,
    }  # fmt: skip
    assert client.get(f"/api/paths/user/{alice.pk}/analyst").json() == mine
    summary = client.get(f"/api/paths/user/{alice.pk}/summary").json()
    assert (summary["xp"], summary["primary"], summary["paths"]) == (120, mine, [mine])


def test_a_paused_path_cannot_be_chosen(client, alice):
    XpPath.objects.filter(pk="analyst").update(is_active=False)
    assert choose(client, "analyst").status_code == 404


@pytest.mark.parametrize("body", [{"use_token": "maybe"}, {"token": True}, [], "x"])
def test_a_body_that_makes_no_sense_is_refused_and_chooses_nothing(client, alice, body):
    assert choose(client, "analyst", body).status_code == 400
    assert not UserPath.objects.exists()


def test_visitors_choose_nothing(client):
    assert choose(client, "analyst").status_code in {401, 403}
    assert client.get(ME).status_code in {401, 403}


def test_a_token_needs_its_scope(client):
    bob = make.user("bob")
    assert choose(client, "analyst", headers=bearer(bob, "xp:read")).status_code == 403
    assert choose(client, "analyst", headers=bearer(bob, "paths:choose")).status_code == 200
    assert client.get(ME, headers=bearer(bob, "paths:choose")).status_code == 403
    assert client.get(ME, headers=bearer(bob, "xp:read")).json()["primary"]["path"] == "analyst"


def test_the_board_has_listed_members_with_xp_most_first(client, alice):
    others = {name: make.user(name) for name in ("bob", "carol", "hidden", "banned")}
    for number, member in enumerate((alice, *others.values())):
        paths.choose_primary(user=member, path_id="analyst")
        for turn in range(number + 1):
            with clock.at(clock.database_time() + timedelta(minutes=2 * turn)):
                write(member, turn)
    others["hidden"].hides_from_boards = True
    others["hidden"].save()
    others["banned"].is_active = False
    others["banned"].save()
    board = client.get("/api/paths/analyst/leaderboard").json()
    assert [(row["username"], row["path_xp"], row["position"]) for row in board["results"]] == [
        ("carol", 90, 1), ("bob", 60, 2), ("alice", 30, 3),
    ]  # fmt: skip
    assert (board["me"]["position"], board["me"]["behind"], board["me"]["path_xp"]) == (3, 30, 30)
    around = client.get("/api/paths/analyst/leaderboard?around=me").json()
    assert "alice" in [row["username"] for row in around["results"]]


def test_around_me_says_why_there_is_no_such_page(client, alice):
    refused = client.get("/api/paths/analyst/leaderboard?around=me")
    assert (refused.status_code, "no XP in this path" in refused.json()["detail"]) == (422, True)


def test_suspended_members_are_not_found(client):
    bob = make.user("bob", is_active=False)
    assert client.get(f"/api/paths/user/{bob.pk}/analyst").status_code == 404
    assert client.get(f"/api/paths/user/{bob.pk}/summary").status_code == 404


def test_no_path_can_be_called_like_a_word_of_the_addresses(db):
    for word in ("user", "me", "primary", "summary", "leaderboard"):
        with pytest.raises(IntegrityError), transaction.atomic():
            XpPath.objects.create(id=word, name=word, color="lime")


def test_addresses_are_those_of_the_plan():
    assert reverse("api-paths") == "/api/paths"
    assert reverse("api-path", args=["analyst"]) == "/api/paths/analyst"
    assert reverse("api-paths-me") == "/api/paths/user/me"
    assert reverse("api-paths-primary") == "/api/paths/user/me/primary"
    assert reverse("api-paths-choose", args=["analyst"]) == "/api/paths/user/me/primary/analyst"
    assert reverse("api-path-leaderboard", args=["analyst"]) == "/api/paths/analyst/leaderboard"
    assert reverse("api-paths-user", args=[7, "analyst"]) == "/api/paths/user/7/analyst"
    assert reverse("api-paths-summary", args=[7]) == "/api/paths/user/7/summary"
