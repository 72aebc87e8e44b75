"""POST /api/xp/award: a member's own triggers, a connected forum's awards, and what the rules refuse."""

import pytest

from degentalk.accounts.models import User
from paths.models import XpPath
from tests import make
from tests.signing_in import sign_in
from tests.xp.asking import PATH, PROBLEM, Caller, bearer, may_award, points, publish, written
from xp import services as xp
from xp.models import XpAction, XpLog, XpRefusal


@pytest.fixture
def alice(committed_db):
    return make.user("alice")


@pytest.fixture
def bob(committed_db):
    return make.verified(make.user("bob"))


@pytest.fixture
def forum(client, committed_db):
    """A connected forum: a service member's token that may award."""
    return Caller(client, bearer(may_award(make.user("outside_forum")), "xp:award"))


@pytest.fixture
def quiz(committed_db):
    """An action that members may trigger."""
    publish("special_event", is_self_triggered=True, default_value=5, daily_cap_xp=20, weekly_cap_xp=100)


@pytest.fixture
def own(client, alice, quiz):
    """alice's own token, which may trigger for her."""
    return Caller(client, bearer(alice, "xp:trigger"))


# ── a connected forum ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_connected_forum_awards_a_member(forum, alice):
    answer = forum.ask(action="post_created", user_id=alice.pk, cause={"type": "post", "id": "91"})
    assert (answer.status_code, answer.json()) == (
        201,
        {
            "granted": True,
            "points": 10,
            "levels": [],
            "dgt": 0,
            "why": {"scale": None, "base": 10, "multipliers": [], "limit": None, "result": 10},
            "refused": None,
            "again_at": None,
            "replayed": False,
            "user_id": alice.pk,
            "xp": 10,
            "level": 1,
        },
    )
    assert points(alice) == 10


def test_the_answer_tells_levels_and_what_they_paid(forum, alice):
    answer = forum.ask(action="special_event", user_id=alice.pk).json()
    assert (answer["levels"], answer["dgt"], answer["level"], answer["xp"]) == ([2], 20, 2, 100)


def test_a_cause_pays_once_for_life_whatever_the_key(forum, alice):
    award = {"action": "special_event", "user_id": alice.pk, "cause": {"type": "post", "id": "91"}}
    first, second = forum.ask(key="one", **award), forum.ask(key="two", **award)
    assert (first.status_code, second.status_code, points(alice)) == (201, 200, 100)
    assert second.json() == first.json() | {"replayed": True}


def test_a_cause_by_number_is_the_cause_by_its_text(forum, alice):
    for number in (91, "91"):
        forum.ask(action="special_event", user_id=alice.pk, cause={"type": "post", "id": number})
    assert points(alice) == 100


def test_another_cause_or_action_is_another_award(forum, alice):
    for cause in ({"type": "post", "id": "91"}, {"type": "post", "id": "92"}, {"type": "answer", "id": "91"}):
        forum.ask(action="special_event", user_id=alice.pk, cause=cause)
    forum.ask(action="post_created", user_id=alice.pk, cause={"type": "post", "id": "91"})
    assert points(alice) == 310


def test_long_causes_are_told_apart(forum, alice):
    for end in "ab":
        for _ in range(2):
            forum.ask(action="special_event", user_id=alice.pk, cause={"type": "x" * 40, "id": "y" * 99 + end})
    XpPath.objects.filter(pk="explorer").update(xp_multipliers={})  # it multiplies the action that goes
    XpAction.objects.filter(name="special_event").update(name="x" * 100)
    publish("x" * 100)
    for end in "ab":
        forum.ask(action="x" * 100, user_id=alice.pk, cause={"type": "x" * 40, "id": "y" * 99 + end})
    assert (points(alice), all(len(row.key) <= 200 for row in XpLog.objects.all())) == (400, True)


def test_without_a_cause_every_key_pays(forum, alice):
    for key in ("one", "two", "two", "k" * 200):
        forum.ask(key=key, action="special_event", user_id=alice.pk)
    assert points(alice) == 300


def test_a_cause_belongs_to_one_member(forum, alice, bob):
    cause = {"type": "post", "id": "91"}
    forum.ask(action="special_event", user_id=alice.pk, cause=cause)
    answer = forum.ask(action="special_event", user_id=bob.pk, cause=cause)
    assert (answer.status_code, answer.json()["code"], points(bob)) == (422, "cause-taken", 0)


def test_likes_there_pay_once_for_each_giver(forum, alice, bob):
    carol = make.verified(make.user("carol"))
    like = {"action": "like_received", "user_id": alice.pk, "cause": {"type": "post", "id": "91"}}
    for giver in (bob, carol, bob):
        forum.ask(**like, giver_id=giver.pk)
    assert points(alice) == 8
    assert set(XpLog.objects.values_list("counterparty", flat=True)) == {bob.pk, carol.pk}


def test_a_giver_is_never_taken_for_a_part_of_the_cause(forum, alice, bob):
    make.verified(alice)
    like = {"action": "like_received", "user_id": alice.pk}
    forum.ask(**like, giver_id=bob.pk, cause={"type": "post", "id": "91"})
    forum.ask(**like, cause={"type": "post", "id": f"91:{bob.pk}"})
    forum.ask(**like, cause={"type": "post", "id": f"{bob.pk}:post:91"})
    assert points(alice) == 12


def test_a_like_of_ones_own_post_there_earns_nothing(forum, bob):
    answer = forum.ask(action="like_received", user_id=bob.pk, giver_id=bob.pk, cause={"type": "post", "id": "1"})
    assert (answer.status_code, answer.json()["granted"], answer.json()["refused"]) == (200, False, "self")


def test_tips_there_pay_by_amount(forum, alice, bob):
    answer = forum.ask(action="tip_received", user_id=alice.pk, giver_id=bob.pk, amount=25)
    assert (answer.json()["points"], answer.json()["why"]["scale"]) == (
        5, {"per_step": 1, "step": 5, "half_after": 50, "before": 0, "amount": 25},
    )  # fmt: skip


def test_what_another_member_was_tipped_counts_for_the_pair(forum, alice, bob):
    for _ in range(2):
        answer = forum.ask(action="tip_given", user_id=alice.pk, receiver_id=bob.pk, amount=100)
    assert (answer.json()["points"], points(alice)) == (10, 25)


def test_a_refusal_by_the_rules_is_an_answer_and_is_kept(forum, alice):
    forum.ask(action="post_created", user_id=alice.pk)
    answer = forum.ask(action="post_created", user_id=alice.pk)
    told = answer.json()
    assert (answer.status_code, told["granted"], told["points"], told["refused"]) == (200, False, 0, "cooldown")
    assert told["again_at"] is not None
    assert XpRefusal.objects.of(alice).get().reason == "cooldown"


def test_a_refused_cause_may_earn_later(forum, alice):
    """It has earned nothing yet: another attempt is judged anew."""
    publish("post_created", cooldown_seconds=0, daily_cap_xp=10)
    cause = {"type": "post", "id": "2"}
    forum.ask(action="post_created", user_id=alice.pk, cause={"type": "post", "id": "1"})
    assert forum.ask(action="post_created", user_id=alice.pk, cause=cause).json()["refused"] == "daily-cap"
    publish("post_created", daily_cap_xp=100)
    assert forum.ask(action="post_created", user_id=alice.pk, cause=cause).json()["granted"] is True


def test_the_log_names_a_cause_of_theirs_as_theirs(forum, client, alice):
    """Hiding our own post 91 must not take back what their post 91 earned."""
    forum.ask(action="special_event", user_id=alice.pk, cause={"type": "post", "id": "91"})
    xp.reverse(because="post_hidden:91", causes=[("post", 91)])
    (entry,) = client.get("/api/xp/me/log", headers=bearer(alice, "xp:read")).json()["results"]
    assert (entry["cause"], points(alice)) == ({"type": "api:post", "id": "91"}, 100)


def test_a16_nobody_awards_to_themselves(client, committed_db):
    staff = may_award(make.user("staff"))
    answer = Caller(client, bearer(staff, "xp:award")).ask(action="special_event", user_id=staff.pk)
    assert (answer.status_code, answer["Content-Type"], points(staff), written()) == (403, PROBLEM, 0, [0, 0, 0])


def test_a16_nor_to_another_account_of_their_own(client, committed_db):
    staff = may_award(make.user("staff"))
    second = make.user("second", same_person_as=staff)
    answer = Caller(client, bearer(staff, "xp:award")).ask(action="special_event", user_id=second.pk)
    assert (answer.status_code, points(second), written()) == (403, 0, [0, 0, 0])


def test_the_permission_is_asked_for_at_every_request(client, alice):
    staff = may_award(make.user("staff"))
    caller = Caller(client, bearer(staff, "xp:award"))
    staff.user_permissions.clear()
    answer = caller.ask(action="special_event", user_id=alice.pk)
    assert (answer.status_code, "xp.award_any" in answer.json()["detail"], written()) == (403, True, [0, 0, 0])


def test_a_permission_without_the_scope_awards_nobody(client, alice):
    staff = may_award(make.user("staff"))
    for headers in (bearer(staff, "xp:read"), bearer(staff, "xp:trigger")):
        answer = Caller(client, headers).ask(action="special_event", user_id=alice.pk)
        assert (answer.status_code, written()) == (403, [0, 0, 0])


# ── a member ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_member_triggers_for_themselves_with_a_token(own, alice):
    answer = own.ask(action="special_event")
    assert (answer.status_code, answer.json()["user_id"], points(alice)) == (201, alice.pk, 5)


def test_a_member_triggers_for_themselves_in_a_session(client, alice, quiz):
    sign_in(client, alice)
    answer = Caller(client, {}).ask(action="special_event", user_id=alice.pk, cause={"type": "quiz", "id": "7"})
    assert (answer.status_code, points(alice)) == (201, 5)
    assert XpLog.objects.get().cause_type == "self:quiz"


def test_a_session_needs_the_csrf_token(alice, quiz):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    sign_in(client, alice)
    answer = Caller(client, {}).ask(action="special_event")
    assert (answer.status_code, answer["Content-Type"], written()) == (403, PROBLEM, [0, 0, 0])


def test_a_members_cause_pays_once(own, alice):
    for _ in range(3):
        own.ask(action="special_event", cause={"type": "quiz", "id": "7"})
    assert points(alice) == 5


def test_two_members_causes_never_collide(own, client, alice, bob):
    cause = {"type": "quiz", "id": "7"}
    own.ask(action="special_event", cause=cause)
    Caller(client, bearer(bob, "xp:trigger")).ask(action="special_event", cause=cause)
    assert (points(alice), points(bob)) == (5, 5)


def test_caps_hold_for_what_members_trigger(own, alice):
    answers = [own.ask(action="special_event").json() for _ in range(6)]
    assert ([answer["points"] for answer in answers], points(alice)) == ([5, 5, 5, 5, 0, 0], 20)
    assert answers[-1]["refused"] == "daily-cap"


def test_an_action_that_is_not_flagged_is_not_for_members(own):
    answer = own.ask(action="post_created")
    assert (answer.status_code, answer["Content-Type"], written()) == (403, PROBLEM, [0, 0, 0])


def test_no_default_action_is_for_members():
    from xp import defaults

    assert [name for name, limits in defaults.LIMITS.items() if limits.get("is_self_triggered")] == []


@pytest.mark.parametrize("other", ["bob", "nobody"])
def test_members_award_nobody_else_and_do_not_learn_who_exists(own, bob, other):
    user_id = bob.pk if other == "bob" else 999_999
    answer = own.ask(action="special_event", user_id=user_id)
    assert (answer.status_code, points(bob), written()) == (403, 0, [0, 0, 0])


def test_a_session_of_staff_awards_nobody_else(client, bob, quiz):
    """What a stolen page of staff could do stays small: a token is made on purpose."""
    sign_in(client, may_award(make.user("staff", is_superuser=True)))
    answer = Caller(client, {}).ask(action="special_event", user_id=bob.pk)
    assert (answer.status_code, points(bob), written()) == (403, 0, [0, 0, 0])


@pytest.mark.parametrize("field", ["giver_id", "receiver_id", "amount"])
def test_members_say_nothing_of_others_or_of_amounts(own, bob, field):
    answer = own.ask(action="special_event", **{field: bob.pk})
    assert (answer.status_code, list(answer.json()["errors"]), written()) == (400, [field], [0, 0, 0])


def test_visitors_are_asked_to_sign_in(client, alice):
    answer = Caller(client, {}).ask(action="post_created", user_id=alice.pk)
    assert (answer.status_code, written()) == (401, [0, 0, 0])


# ── what cannot be right ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("key", ["", "with space", "k" * 201, "ключ"])
def test_l11_without_a_usable_key_nothing_is_done(client, alice, key):
    headers = bearer(may_award(make.user("outside_forum")), "xp:award") | {"Idempotency-Key": key}
    body = {"action": "special_event", "user_id": alice.pk}
    answer = client.post(PATH, body, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["code"], written()) == (400, "key-missing", [0, 0, 0])


@pytest.mark.parametrize("role", ["user_id", "giver_id"])
@pytest.mark.parametrize("state", ["missing", "suspended"])
def test_missing_and_suspended_members_are_equally_not_found(forum, alice, bob, role, state):
    User.objects.filter(pk=bob.pk).update(is_active=False)
    wanted = {"action": "like_received", "user_id": alice.pk} | {role: bob.pk if state == "suspended" else 999_999}
    answer = forum.ask(**wanted)
    assert (answer.status_code, answer["Content-Type"], written()) == (404, PROBLEM, [0, 0, 0])
    assert answer.json()["detail"] == f"There is no member with the id {wanted[role]}."


def test_an_action_that_is_switched_off_is_refused_and_the_key_stays_free(forum, alice):
    publish("special_event", is_enabled=False)
    answer = forum.ask(key="later", action="special_event", user_id=alice.pk)
    assert (answer.status_code, answer.json()["errors"], written()) == (
        400, {"action": ["“special_event” is switched off."]}, [0, 0, 0],
    )  # fmt: skip
    publish("special_event", is_enabled=True)
    assert forum.ask(key="later", action="special_event", user_id=alice.pk).status_code == 201


@pytest.mark.parametrize(("action", "amount"), [("special_event", 5), ("tip_received", None)])
def test_an_amount_is_for_actions_that_pay_by_amount_and_for_no_others(forum, alice, action, amount):
    extra = {} if amount is None else {"amount": amount}
    answer = forum.ask(action=action, user_id=alice.pk, **extra)
    assert (answer.status_code, list(answer.json()["errors"]), written()) == (400, ["amount"], [0, 0, 0])


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_only_post_is_answered(client, alice, method):
    answer = getattr(client, method)(PATH, headers=bearer(alice, "xp:trigger"))
    assert (answer.status_code, answer["Content-Type"]) == (405, PROBLEM)


# ── once ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_l9_the_same_key_gets_the_same_answer(forum, alice):
    award = {"action": "special_event", "user_id": alice.pk}
    first = forum.ask(key="one", **award)
    publish("special_event", is_enabled=False)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    again = forum.ask(key="one", **award)
    assert ((again.status_code, again.json()), points(alice)) == ((first.status_code, first.json()), 100)


def test_l10_the_same_key_with_another_body_is_refused(forum, alice, bob):
    forum.ask(key="one", action="special_event", user_id=alice.pk)
    answer = forum.ask(key="one", action="special_event", user_id=bob.pk)
    assert (answer.status_code, answer.json()["code"], points(bob)) == (422, "key-reused", 0)
