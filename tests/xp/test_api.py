"""XP over the API: one's own figures by session or token, and what everybody may read."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from degentalk.accounts.models import User
from degentalk.core import clock
from tests import make
from tests.signing_in import sign_in
from tests.xp.test_boards import member_with
from xp import services as xp
from xp.models import UserXp, XpAction, XpLog
from xp.rules import SPANS

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"
PRIVATE = ("/api/xp/me", "/api/xp/me/log")
PUBLIC = ("/api/xp/leaderboard", "/api/xp/levels", "/api/xp/actions")


@pytest.fixture
def alice(client):
    """Signed in, with a warm cache of the curve."""
    alice = sign_in(client, make.user("alice"))
    xp.curve()
    return alice


def reply(user, number):
    return xp.award(user=user, action="special_event", key=f"event:{number}:{user.pk}", cause=("event", number))


def bearer(user, *scopes):
    return {"Authorization": f"Bearer {make.api_token(user, *scopes)}"}


def position_of(client):
    return client.get("/api/xp/me").json()["position"]


# ── my standing ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_me_says_what_the_progress_bar_shows(client, alice):
    for number in range(2):
        reply(alice, number)
    assert client.get("/api/xp/me").json() == {
        "user_id": alice.pk,
        "username": "alice",
        "xp": 200,
        "level": 3,
        "rank_name": "Lurker",
        "tier": "lurker",
        "level_xp": 50,
        "level_span": 150,
        "to_go": 100,
        "next_level": 4,
        "percent": 33,
        "is_max": False,
        "is_listed": True,
        "position": 1,
        "position_is_exact": True,
        "is_tied": False,
        "last_xp_event_at": UserXp.objects.of(alice).last_xp_event_at.isoformat().replace("+00:00", "Z"),
        "streak": {"current": 0, "longest": 0, "last_day": None, "freezes_left": 0},
        "boosts": [],
    }


def test_a_member_without_xp_is_at_level_one_and_has_no_position(client, alice):
    me = client.get("/api/xp/me").json()
    assert (me["xp"], me["level"], me["to_go"], me["position"], me["last_xp_event_at"]) == (0, 1, 50, None, None)


def test_at_the_last_level_nothing_is_to_go(client):
    sign_in(client, member_with(1_000_000, "alice"))
    me = client.get("/api/xp/me").json()
    end = {name: me[name] for name in ("level", "next_level", "to_go", "level_span", "percent", "is_max")}
    assert end == {"level": 100, "next_level": None, "to_go": 0, "level_span": 0, "percent": 100, "is_max": True}


def test_a_hidden_member_sees_the_position_they_would_have(client, alice):
    reply(alice, 1)
    member_with(900, "bob")
    User.objects.filter(pk=alice.pk).update(hides_from_boards=True)
    me = client.get("/api/xp/me").json()
    assert (me["is_listed"], me["position"]) == (False, 2)


# ── my log ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_log_says_of_each_award_what_why_and_by_which_rules(client, alice):
    reply(alice, 7)
    row = XpLog.objects.of(alice).get()
    (entry,) = client.get("/api/xp/me/log").json()["results"]
    created_at = parse_datetime(entry.pop("created_at"))
    assert (created_at, entry) == (
        row.created_at,
        {
            "id": row.pk,
            "kind": "award",
            "action": "special_event",
            "label": "Special event",
            "points": 100,
            "cause": {"type": "event", "id": "7"},
            "rule_set": 1,
            "why": {"scale": None, "base": 100, "multipliers": [], "limit": None, "result": 100},
            "reason": "",
            "reverses": None,
            "award": None,
            "is_reversed": False,
        },
    )


def test_the_log_is_complete_in_pages_newest_first_while_it_grows(client, alice):
    for number in range(120):
        reply(alice, number)
    all_ids = list(XpLog.objects.of(alice).newest().values_list("id", flat=True))
    seen, link = [], "/api/xp/me/log"
    while link:
        page = client.get(link).json()
        seen.append([entry["id"] for entry in page["results"]])
        link = page["next"]
        reply(alice, f"late-{len(seen)}")
    assert seen == [all_ids[:50], all_ids[50:100], all_ids[100:]]


def test_the_log_shows_nobody_elses_awards(client, alice):
    reply(make.user("mallory"), 1)
    assert client.get("/api/xp/me/log").json() == {"results": [], "next": None, "previous": None}


# ── the leaderboard ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_visitors_read_the_leaderboard(client):
    bob, alice = member_with(60, "bob"), member_with(600, "alice")
    row = {"rank_name": "Shrimp", "tier": "shrimp", "position_is_exact": True, "is_tied": False}
    assert client.get("/api/xp/leaderboard").json() == {
        "results": [
            {"position": 1, "user_id": alice.pk, "username": "alice", "xp": 600, "level": 5, **row},
            {"position": 2, "user_id": bob.pk, "username": "bob", "xp": 60, "level": 2}
            | row
            | {"rank_name": "Lurker", "tier": "lurker"},
        ],
        "next": None,
        "previous": None,
        "period": {"name": "all", "starts_at": None, "ends_at": None},
        "me": None,
    }


def test_the_leaderboard_goes_on_where_the_page_ended(client):
    for number in range(51):
        member_with(100 + number, f"member_{number}")
    first = client.get("/api/xp/leaderboard").json()
    second = client.get(first["next"]).json()
    assert ([row["xp"] for row in second["results"]], second["results"][0]["position"], second["next"]) == (
        [100],
        51,
        None,
    )
    assert client.get(second["previous"]).json()["results"] == first["results"]


def test_the_leaderboard_carries_the_callers_own_place(client, alice):
    member_with(900, "bob")
    reply(alice, 1)
    page = client.get("/api/xp/leaderboard").json()
    assert page["me"] == page["results"][1] | {"behind": 800, "is_listed": True}


def test_the_callers_place_is_told_with_the_period_they_ask_for(client, alice):
    with clock.at(timezone.now() - timedelta(days=40)):
        member_with(900, "bob")
        reply(alice, 1)
    member_with(30, "carol")
    told = {period: client.get("/api/xp/leaderboard", {"period": period}).json()["me"] for period in SPANS}
    assert {period: (me["xp"], me["position"], me["behind"]) for period, me in told.items()} == {
        "all": (100, 2, 800),
        "month": (0, None, 30),
        "week": (0, None, 30),
        "day": (0, None, 30),
    }


def test_a_token_that_may_not_read_xp_sees_the_board_as_a_visitor_does(client):
    alice = member_with(100, "alice")
    page = client.get("/api/xp/leaderboard", headers=bearer(alice, "wallet:read")).json()
    assert (page["results"][0]["username"], page["me"]) == ("alice", None)


def test_a_hidden_member_is_on_nobodys_leaderboard(client, alice):
    reply(alice, 1)
    User.objects.filter(pk=alice.pk).update(hides_from_boards=True)
    page = client.get("/api/xp/leaderboard").json()
    assert (page["results"], page["me"]["position"], page["me"]["is_listed"]) == ([], 1, False)


# ── rules everybody may read ────────────────────────────────────────────────────────────────────────────────────────


def test_levels_are_the_whole_curve_with_rewards(client):
    levels = client.get("/api/xp/levels").json()["results"]
    assert [level["level"] for level in levels] == list(range(1, 101))
    assert levels[4] == {
        "level": 5,
        "xp_required": 500,
        "rank_name": "Shrimp",
        "tier": "shrimp",
        "color": "#dd7f86",
        "description": "",
        "dgt_reward": 250,
    }


def test_a_level_without_a_reward_says_null(client):
    assert client.get("/api/xp/levels").json()["results"][0]["dgt_reward"] is None


def test_actions_say_what_they_pay(client):
    actions = {action["name"]: action for action in client.get("/api/xp/actions").json()["results"]}
    assert sorted(actions) == sorted(XpAction.objects.values_list("name", flat=True))
    assert actions["post_created"] == {
        "name": "post_created",
        "label": "Reply written",
        "description": "Replying in a thread.",
        "xp": 10,
        "is_enabled": True,
        "is_self_triggered": False,
        "cooldown_seconds": 15,
        "daily_cap_xp": 1_000,
        "weekly_cap_xp": 4_000,
        "pair_daily_cap_xp": None,
        "min_account_age_hours": 0,
        "needs_verified_email": False,
        "amount_step": None,
        "half_after": None,
    }


def test_actions_say_what_the_rules_know(client):
    """Every column of an action that staff can tune is told, under its name or a better one."""
    told = set(client.get("/api/xp/actions").json()["results"][0]) | {"default_value"}
    assert {field.name for field in XpAction._meta.get_fields() if field.name != "id"} - told == set()


# ── who may, and what is refused ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", PRIVATE)
def test_visitors_are_asked_to_sign_in(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (401, PROBLEM, "not-authenticated")
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", PRIVATE)
def test_a_token_with_the_scope_may_read(client, path):
    assert client.get(path, headers=bearer(make.user("alice"), "xp:read")).status_code == 200


@pytest.mark.parametrize("path", PRIVATE)
def test_a_token_without_the_scope_is_told_which_one_is_missing(client, path):
    answer = client.get(path, headers=bearer(make.user("alice"), "wallet:read"))
    assert (answer.status_code, answer["Content-Type"]) == (403, PROBLEM)
    assert "xp:read" in answer.json()["detail"]


def test_a_suspended_members_token_is_refused(client):
    headers = bearer(make.user("mallory", is_active=False), "xp:read")
    assert client.get("/api/xp/me", headers=headers).status_code == 401


def test_what_a_token_reads_is_kept_in_no_cache(client):
    answer = client.get("/api/xp/me", headers=bearer(make.user("alice"), "xp:read"))
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", [*PRIVATE, *PUBLIC])
def test_a_query_parameter_that_does_not_exist_is_refused_by_name(client, alice, path):
    answer = client.get(path, {"perid": "week"})
    assert (answer.status_code, answer["Content-Type"], list(answer.json()["errors"])) == (400, PROBLEM, ["perid"])


@pytest.mark.parametrize("path", ["/api/xp/me/log", "/api/xp/leaderboard"])
@pytest.mark.parametrize("cursor", ["nonsense", "1.2", "\x00", "é" * 5_000])
def test_a_malformed_cursor_is_refused(client, alice, path, cursor):
    answer = client.get(path, {"cursor": cursor})
    assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (400, PROBLEM, "invalid-cursor")


def test_a_cursor_of_another_list_is_refused(client, alice):
    for number in range(51):
        reply(alice, number)
    link = client.get("/api/xp/me/log").json()["next"]
    assert client.get(link.replace("/me/log", "/leaderboard")).json()["code"] == "invalid-cursor"


@pytest.mark.parametrize("path", [*PRIVATE, *PUBLIC])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written_here(client, alice, path, method):
    answer = getattr(client, method)(path, {"xp": 1_000_000}, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (405, PROBLEM)


# ── queries ─────────────────────────────────────────────────────────────────────────────────────────────────────────

SESSION = 2  # the session, then the member


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/api/xp/me", SESSION + 3 + 3 + 1),  # the place, the streak, boosts
        ("/api/xp/me/log", SESSION + 1),
        ("/api/xp/leaderboard", SESSION + 1 + 3),
        ("/api/xp/leaderboard?period=week", SESSION + 1 + 1 + 4),
        ("/api/xp/leaderboard?period=week&around=me", SESSION + 1 + 1 + 4 + 1),
        ("/api/xp/levels", SESSION + 1),
        ("/api/xp/actions", SESSION + 1),
    ],
)
def test_queries_do_not_grow_with_rows(client, alice, django_assert_num_queries, path, queries):
    reply(alice, 1)
    with django_assert_num_queries(queries):
        client.get(path)
    for number in range(2, 12):
        reply(alice, number)
        member_with(100 + number, f"member_{number}")
    with django_assert_num_queries(queries):
        client.get(path)
