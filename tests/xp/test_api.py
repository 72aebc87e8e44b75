"""XP over the API: one's own figures by session or token, and what everybody may read."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from degentalk.accounts.models import User
from degentalk.core import clock
from degentalk.rulebook import services as rulebook
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
        ("/api/xp/me", SESSION + 2 + 3 + 1),  # the place, the streak, boosts
        ("/api/xp/me/log", SESSION + 1),
        ("/api/xp/leaderboard", SESSION + 1 + 2),
        ("/api/xp/leaderboard?period=week", SESSION + 1 + 1 + 3),
        ("/api/xp/leaderboard?period=week&around=me", SESSION + 1 + 1 + 3 + 1),
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


# ── streak and boosts ───────────────────────────────────────────────────────────────────────────────────────────────


def test_me_tells_the_streak_and_that_it_broke(client):
    alice = make.user("alice")
    headers = bearer(alice, "xp:read")
    noon = timezone.now().replace(hour=12)
    for days in (2, 1):
        with clock.at(noon - timedelta(days=days)):
            xp.visit(user=alice)
    yesterday = (noon - timedelta(days=1)).date().isoformat()
    with clock.at(noon):
        kept = client.get("/api/xp/me", headers=headers).json()["streak"]
    with clock.at(noon + timedelta(days=2)):
        broken = client.get("/api/xp/me", headers=headers).json()["streak"]
    streak = {"longest": 2, "last_day": yesterday, "freezes_left": 0}
    assert (kept, broken) == ({"current": 2, **streak}, {"current": 0, **streak})


def test_a_script_with_a_token_visits_nothing(client):
    alice = make.user("alice")
    client.get("/api/xp/me", headers=bearer(alice, "xp:read"))
    assert XpLog.objects.of(alice).count() == 0


def test_me_tells_the_boosts_in_force_the_strongest_first(client, alice):
    now = timezone.now()
    hour = timedelta(hours=1)
    for source, bps, starts, ends in (
        ("purchase:1", 12_500, -hour, hour),
        ("purchase:2", 20_000, -hour, hour),
        ("purchase:3", 30_000, hour, 2 * hour),
        ("purchase:4", 40_000, -2 * hour, -hour),
    ):
        xp.grant_boost(user=alice, multiplier_bps=bps, starts_at=now + starts, ends_at=now + ends, source=source)
    boosts = client.get("/api/xp/me").json()["boosts"]
    assert [(boost["source"], boost["basis_points"]) for boost in boosts] == [
        ("purchase:2", 20_000),
        ("purchase:1", 12_500),
    ]


# ── the log: what is taken back, adjusted, cut ──────────────────────────────────────────────────────────────────────


def log(client):
    return client.get("/api/xp/me/log").json()["results"]


def test_the_log_tells_what_was_taken_back_and_granted_again(client, alice):
    award = reply(alice, 7)
    assert award.points == 100
    xp.reverse(because="post_hidden:7", causes=[("event", 7)], reason="Spam")
    xp.restore(because="post_hidden:7")
    restoration, reversal, first = log(client)
    assert [entry["kind"] for entry in (first, reversal, restoration)] == ["award", "reversal", "restoration"]
    assert [entry["points"] for entry in (first, reversal, restoration)] == [100, -100, 100]
    assert [entry["is_reversed"] for entry in (first, reversal, restoration)] == [True, True, False]
    assert (reversal["reverses"], restoration["reverses"]) == (first["id"], reversal["id"])
    assert {reversal["award"], restoration["award"]} == {first["id"]}
    assert (reversal["reason"], first["reason"]) == ("Spam", "")


def test_the_log_tells_an_adjustment_with_its_reason_and_not_by_whom(client, alice):
    xp.adjust(user=alice, points=50, reason="For the logo", actor=make.user("secret_staff"), key="adjustment:1")
    (entry,) = log(client)
    told = {name: entry[name] for name in ("kind", "action", "label", "points", "reason")}
    assert told == {
        "kind": "adjustment",
        "action": None,
        "label": "Adjustment by staff",
        "points": 50,
        "reason": "For the logo",
    }
    assert "secret_staff" not in str(entry)


def test_the_log_tells_what_a_cap_left(client, alice):
    XpAction.objects.filter(name="special_event").update(daily_cap_xp=130)
    rulebook.publish(actor=None, reason="test")
    for number in range(2):
        reply(alice, number)
    assert log(client)[0]["why"] == {
        "scale": None,
        "base": 100,
        "multipliers": [],
        "limit": {"name": "daily-cap", "left": 30},
        "result": 30,
    }


def test_the_log_does_not_tell_who_liked(client, alice):
    """The site shows how many, not who: so does the log, also when a like is taken back."""
    bob = make.verified(make.user("bob", pk=48_213_579))
    xp.award(user=alice, action="like_received", key=f"like:1:{bob.pk}", cause=("post", 1), giver=bob)
    xp.reverse(because=f"unlike:1:{bob.pk}", keys=[f"like:1:{bob.pk}"])
    assert ("48213579" in str(log(client)), len(log(client))) == (False, 2)


# ── a member, for everybody ─────────────────────────────────────────────────────────────────────────────────────────


def profile(client, user, **options):
    return client.get(f"/api/xp/users/{user.pk}", **options)


def test_everybody_may_see_what_a_profile_shows(client):
    bob = member_with(560, "bob")
    told = profile(client, bob).json()
    facts = {name: told[name] for name in ("username", "xp", "level", "to_go", "position", "is_tied", "is_listed")}
    assert facts == {
        "username": "bob",
        "xp": 560,
        "level": 5,
        "to_go": 190,
        "position": 1,
        "is_tied": False,
        "is_listed": True,
    }
    assert told["dgt"] == {"balance": 340, "lifetime_earned": 340, "lifetime_spent": 0, "rewards": 340}


def test_a_member_without_xp_has_a_standing_too(client):
    told = profile(client, make.user("bob")).json()
    assert (told["xp"], told["level"], told["position"], told["dgt"]["balance"]) == (0, 1, None, 0)


def test_what_a_member_hides_others_do_not_see(client, alice):
    bob = member_with(560, "bob", hides_from_boards=True, hides_balance=True)
    told = profile(client, bob).json()
    assert (told["is_listed"], told["position"], told["is_tied"], told["dgt"]) == (False, None, False, None)


def test_what_a_member_hides_they_see_themselves(client):
    bob = sign_in(client, member_with(560, "bob", hides_from_boards=True, hides_balance=True))
    told = profile(client, bob).json()
    assert (told["is_listed"], told["position"], told["dgt"]["balance"]) == (False, 1, 340)


@pytest.mark.parametrize(
    ("scopes", "shown"),
    [
        ([], (None, False)),
        (["xp:read"], (1, False)),
        (["wallet:read"], (None, True)),
        (["xp:read", "wallet:read"], (1, True)),
    ],
)
def test_a_token_sees_of_its_owners_secrets_what_its_scopes_allow(client, scopes, shown):
    bob = member_with(560, "bob", hides_from_boards=True, hides_balance=True)
    told = profile(client, bob, headers=bearer(bob, *scopes)).json()
    assert (told["position"], told["dgt"] is not None) == shown


def test_missing_and_suspended_members_get_the_same_answer(client, alice):
    bob = make.user("bob", is_active=False)
    answers = [client.get(f"/api/xp/users/{number}") for number in (bob.pk, 999_999, 2**63, 10**30)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize("address", ["/api/xp/users/alice", "/api/xp/users/-1", "/api/xp/users/1.0", "/api/xp/users/"])
def test_an_id_that_is_none_is_not_found(client, address):
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (404, PROBLEM)


def test_a_members_standing_costs_as_much_for_everybody(client, alice, django_assert_num_queries):
    bob = member_with(560, "bob")
    with django_assert_num_queries(SESSION + 2):
        profile(client, bob)


# ── periods and the page around me ──────────────────────────────────────────────────────────────────────────────────


def test_a_board_states_the_boundaries_of_its_period(client):
    with clock.at(datetime(2026, 11, 18, 15, tzinfo=UTC)):
        periods = {name: client.get("/api/xp/leaderboard", {"period": name}).json()["period"] for name in SPANS}
    assert periods == {
        "all": {"name": "all", "starts_at": None, "ends_at": None},
        "month": {"name": "month", "starts_at": "2026-11-01T00:00:00Z", "ends_at": "2026-12-01T00:00:00Z"},
        "week": {"name": "week", "starts_at": "2026-11-16T00:00:00Z", "ends_at": "2026-11-23T00:00:00Z"},
        "day": {"name": "day", "starts_at": "2026-11-18T00:00:00Z", "ends_at": "2026-11-19T00:00:00Z"},
    }


@pytest.mark.parametrize("period", ["year", "WEEK", "weeks", "\x00"])
def test_a_period_that_does_not_exist_is_refused(client, period):
    answer = client.get("/api/xp/leaderboard", {"period": period})
    assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (400, PROBLEM, "unknown-period")


def test_a_link_keeps_its_period_and_is_refused_by_every_other(client):
    for number in range(51):
        member_with(100 + number, f"member_{number}")
    link = client.get("/api/xp/leaderboard", {"period": "week"}).json()["next"]
    assert client.get(link).json()["period"]["name"] == "week"
    for other in ("all", "month", "day"):
        answer = client.get(link.replace("period=week", f"period={other}"))
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid-cursor")


def test_a_link_of_a_week_that_is_over_does_not_go_on_in_the_next(client):
    sunday = datetime(2026, 11, 22, 23, 59, tzinfo=UTC)
    with clock.at(sunday):
        for number in range(51):
            member_with(100 + number, f"member_{number}")
        link = client.get("/api/xp/leaderboard", {"period": "week"}).json()["next"]
    with clock.at(sunday + timedelta(minutes=1)):
        assert client.get(link).json()["code"] == "invalid-cursor"


def test_around_me_is_a_page_with_me_in_its_middle(client):
    for number in range(120):
        member_with(1_000 + number, f"member_{number}")
    sign_in(client, User.objects.get(username="member_60"))
    page = client.get("/api/xp/leaderboard", {"around": "me", "period": "week"}).json()
    assert (len(page["results"]), page["results"][25]["username"]) == (50, "member_60")
    assert [row["position"] for row in page["results"]] == list(range(35, 85))
    assert client.get(page["next"]).json()["results"][0]["position"] == 85
    assert client.get(page["previous"]).json()["results"][-1]["position"] == 34


def test_ties_are_stated_also_where_a_page_cuts_them(client):
    for number in range(52):
        member_with(1_000 if number in (1, 2) else 2_000 + number if number > 2 else 900, f"member_{number}")
    first = client.get("/api/xp/leaderboard").json()
    second = client.get(first["next"]).json()
    told = [(row["position"], row["is_tied"]) for row in (*first["results"][-2:], *second["results"])]
    assert told == [(49, False), (50, True), (50, True), (52, False)]
    back = client.get(second["previous"]).json()["results"][-1]
    assert (back["position"], back["is_tied"]) == (50, True)


def test_around_me_needs_to_know_who_asks(client):
    answer = client.get("/api/xp/leaderboard", {"around": "me"})
    assert (answer.status_code, answer["Content-Type"]) == (401, PROBLEM)
    answer = client.get("/api/xp/leaderboard", {"around": "me"}, headers=bearer(make.user("bob"), "wallet:read"))
    assert (answer.status_code, "xp:read" in answer.json()["detail"]) == (403, True)


def test_around_somebody_else_is_refused(client, alice):
    answer = client.get("/api/xp/leaderboard", {"around": "bob"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["around"])


@pytest.mark.parametrize(
    ("points", "hides", "sentence"),
    [
        (0, False, "You have no XP on this board yet, so there is no page around you."),
        (100, True, "Your settings leave you out of leaderboards, so there is no page around you."),
    ],
)
def test_who_is_not_on_the_board_is_told_why_there_is_no_page(client, points, hides, sentence):
    if points:
        sign_in(client, member_with(points, "alice", hides_from_boards=hides))
    else:
        sign_in(client, make.user("alice"))
    answer = client.get("/api/xp/leaderboard", {"around": "me"})
    assert (answer.status_code, answer["Content-Type"], answer.json()["detail"]) == (422, PROBLEM, sentence)
