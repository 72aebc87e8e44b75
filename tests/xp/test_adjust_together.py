"""XP above a limit takes a second member of staff, however it is split or sent (A16, W10)."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import Error, transaction
from django.urls import reverse

from degentalk.accounts.models import Notification
from degentalk.approvals import services as approvals
from degentalk.approvals.errors import AlreadyDecided, ApprovalNeeded
from degentalk.approvals.models import Approval
from degentalk.core import clock
from degentalk.core.clock import database_time
from degentalk.core.errors import KeyReused, Refused
from degentalk.rulebook import services as rulebook
from degentalk.rulebook.models import RuleSet
from tests import make
from tests.threads import together
from xp import services as xp
from xp.models import LevelDgtRewardLog, UserXp, XpLog, XpPolicy

LIMIT = 10_000


def economist(username, **fields):
    member = make.user(username, is_staff=True, **fields)
    member.groups.add(Group.objects.get(name="economist"))
    return member


@pytest.fixture
def econ(client, db):
    econ = economist("econ")
    client.force_login(econ)
    return econ


@pytest.fixture
def otto(db):
    return economist("otto")


@pytest.fixture
def alice(db):
    return make.user("alice")


def adjust(user, points, actor, *, key="adjustment:1", **given):
    return xp.adjust(user=user, points=points, reason="Moved the archive", actor=actor, key=key, **given)


def points_of(user):
    return UserXp.objects.of(user).xp


# ── the limit ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a16_the_limit_itself_is_adjusted_alone_and_one_more_is_not(econ, alice):
    with pytest.raises(ApprovalNeeded) as refusal:
        adjust(alice, LIMIT + 1, econ)
    assert str(refusal.value) == (
        "A second member of staff must agree: one person adjusts 10,000 XP within 24 hours alone, no more."
    )
    assert (refusal.value.code, points_of(alice), XpLog.objects.count()) == ("approval-needed", 0, 0)
    assert adjust(alice, LIMIT, econ).points == LIMIT


def test_a16_parts_count_together_whoever_gets_them_and_whichever_way(econ, alice):
    bob = make.user("bob")
    adjust(alice, 4_000, econ)
    adjust(bob, 3_000, econ, key="adjustment:2")
    adjust(bob, -2_000, econ, key="adjustment:3")
    with pytest.raises(ApprovalNeeded):
        adjust(alice, 1_001, econ, key="adjustment:4")
    with pytest.raises(ApprovalNeeded):
        adjust(alice, -1_001, econ, key="adjustment:5")
    assert adjust(alice, 1_000, econ, key="adjustment:6").points == 1_000


def test_each_member_of_staff_has_a_limit_of_their_own(econ, otto, alice):
    adjust(alice, LIMIT, econ)
    assert adjust(alice, LIMIT, otto, key="adjustment:2").points == LIMIT


def test_a16_a_second_account_brings_no_second_limit(econ, alice):
    double = economist("double", same_person_as=econ)
    adjust(alice, 6_000, econ)
    for actor in (econ, double):
        with pytest.raises(ApprovalNeeded):
            adjust(alice, 5_000, actor, key="adjustment:2")
    assert adjust(alice, 4_000, double, key="adjustment:3").points == 4_000


def test_what_was_adjusted_counts_for_24_hours(econ, alice):
    adjust(alice, LIMIT, econ)
    with clock.at(database_time() + timedelta(hours=24)), pytest.raises(ApprovalNeeded):
        adjust(alice, 1, econ, key="adjustment:2")
    with clock.at(database_time() + timedelta(hours=24, seconds=1)):
        assert adjust(alice, LIMIT, econ, key="adjustment:3").points == LIMIT


def test_what_was_approved_does_not_count(econ, otto, alice):
    adjust(alice, 50_000, econ, approver=otto)
    assert adjust(alice, LIMIT, econ, key="adjustment:2").points == LIMIT


def test_what_others_earned_and_lost_does_not_count(econ, alice):
    for number in range(3):
        xp.award(user=alice, action="special_event", key=f"event:{number}", cause=("event", number), base=9_000)
    xp.reverse(because="post_hidden:1", keys=["event:1"], actor=econ, reason="Hidden")
    assert adjust(alice, LIMIT, econ).points == LIMIT


def test_a_key_that_was_used_answers_as_before_above_the_limit_too(econ, alice):
    first = adjust(alice, LIMIT, econ)
    again = adjust(alice, LIMIT, econ)
    assert (again.replayed, again.points, points_of(alice)) == (True, first.points, LIMIT)
    with pytest.raises(KeyReused):
        adjust(alice, 5, econ)


def test_a16_parallel_adjustments_pass_as_many_as_the_limit_lets(committed_db):
    econ = economist("econ")
    members = [make.user(f"alice_{number}") for number in range(8)]
    answers = together(
        [lambda n=n, who=who: adjust(who, 3_000, econ, key=f"adjustment:{n}") for n, who in enumerate(members)],
        refusals=ApprovalNeeded,
    )
    assert sum(isinstance(answer, ApprovalNeeded) for answer in answers) == 5
    assert sum(points_of(member) for member in members) == 9_000


def test_two_accounts_of_one_person_pass_the_limit_once_in_parallel(committed_db):
    econ, alice = economist("econ"), make.user("alice")
    double = economist("double", same_person_as=econ)
    answers = together(
        [lambda n=n: adjust(alice, LIMIT, (econ, double)[n % 2], key=f"adjustment:{n}") for n in range(6)],
        refusals=ApprovalNeeded,
    )
    assert sum(isinstance(answer, ApprovalNeeded) for answer in answers) == 5
    assert points_of(alice) == LIMIT


# ── the approver ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_agreed_is_kept_with_the_row_and_in_the_staffs_log(client, econ, otto, alice):
    adjust(alice, 20_000, econ, approver=otto)
    row = XpLog.objects.of(alice).get()
    assert (row.actor, row.approver_id, row.metadata) == (econ, otto.pk, {"approver": otto.pk})
    assert LogEntry.objects.get().get_change_message() == (
        "Adjusted by +20,000 XP, approved by otto. Reason: Moved the archive"
    )
    page = client.get(reverse("admin:xp_xplog_change", args=[row.pk])).text
    assert f'<a href="{reverse("admin:accounts_user_change", args=[otto.pk])}">otto</a>' in page


def test_who_adjusted_alone_has_no_approver(econ, alice):
    adjust(alice, 5, econ)
    assert (XpLog.objects.get().approver_id, XpLog.objects.get().metadata) == (None, {})


@pytest.mark.parametrize("points", [5, 20_000])
@pytest.mark.parametrize("who", ["actor", "member", "double of the actor", "double of the member"])
def test_a16_the_approver_is_a_third_person(econ, alice, points, who):
    approver = {
        "actor": lambda: econ,
        "member": lambda: alice,
        "double of the actor": lambda: economist("double", same_person_as=econ),
        "double of the member": lambda: economist("double", same_person_as=alice),
    }[who]()
    with pytest.raises(Refused, match="another person"):
        adjust(alice, points, econ, approver=approver)
    assert XpLog.objects.count() == 0


# ── the queue ───────────────────────────────────────────────────────────────────────────────────────────────────────


def page_of(user):
    return reverse("admin:xp_userxp_adjust", args=[user.pk])


def send(client, user, fields=None, **changes):
    key = client.get(page_of(user)).context["adminform"].form["key"].value()
    fields = fields or {"direction": "1", "points": "20000", "reason": "Found the bug", "key": str(key)} | changes
    return fields, client.post(page_of(user), fields, follow=True)


@pytest.fixture
def bob(econ):
    bob = make.user("bob")
    xp.award(user=bob, action="post_created", key="post:1", cause=("post", 1))
    return bob


def decide(client, row, act, who, **fields):
    client.force_login(who)
    return client.post(reverse(f"admin:approvals_approval_{act}", args=[row.pk]), fields, follow=True)


def test_w10_what_is_too_much_for_one_goes_to_the_queue_and_a_second_does_it(client, econ, otto, bob):
    _fields, page = send(client, bob)
    row = Approval.objects.get()
    assert "Nothing has changed yet. A second member of staff must agree" in page.text
    link = reverse("admin:approvals_approval_change", args=[row.pk])
    assert f'It is in the queue: <a href="{link}">Add 20,000 XP to bob.</a>' in page.text
    assert (row.asked_by, row.about, row.request, row.reason, points_of(bob)) == (
        econ, bob, {"points": 20_000}, "Found the bug", 10,
    )  # fmt: skip
    page = decide(client, row, "approve", otto)
    assert "Approved. Adjusted by +20,000 XP: bob has 20,010 XP now." in page.text
    done = XpLog.objects.of(bob).newest().first()
    assert (points_of(bob), done.actor, done.approver_id, done.reason) == (20_010, econ, otto.pk, "Found the bug")
    assert Notification.objects.get(user=bob, kind="adjustment").text == "Staff added 20,000 XP: Found the bug"


def test_a_double_click_asks_once_and_is_adjusted_once(client, econ, otto, bob):
    fields, _page = send(client, bob)
    _fields, page = send(client, bob, fields)
    assert "It is in the queue" in page.text
    row = Approval.objects.get()
    decide(client, row, "approve", otto)
    decide(client, row, "approve", otto)
    client.force_login(econ)
    _fields, page = send(client, bob, fields)
    assert "bob has 20,010 XP now." in page.text
    assert (points_of(bob), Approval.objects.count(), XpLog.objects.filter(action=None).count()) == (20_010, 1, 1)


def test_an_adjustment_that_is_refused_when_it_is_approved_waits_on(client, econ, otto, bob):
    adjust(bob, 30_000, econ, approver=otto)
    send(client, bob, direction="-1")
    adjust(bob, -30_000, econ, approver=otto, key="adjustment:2")
    page = decide(client, Approval.objects.get(), "approve", otto)
    assert "They do not have that much XP: an adjustment leaves no less than 0." in page.text
    assert (Approval.objects.get().state, points_of(bob)) == ("pending", 10)


def test_what_could_not_be_done_by_two_either_is_not_asked_for(client, econ, bob):
    _fields, page = send(client, bob, direction="-1")
    assert "They do not have that much XP: an adjustment leaves no less than 0." in page.text
    assert not Approval.objects.exists()


def test_what_is_refused_leaves_nothing_behind(econ, alice):
    with pytest.raises(ApprovalNeeded):
        adjust(alice, 100_000, econ)
    assert (points_of(alice), UserXp.objects.of(alice).level) == (0, 1)
    assert not XpLog.objects.exists()
    assert not LevelDgtRewardLog.objects.exists()
    assert not Notification.objects.exists()


def test_what_is_rejected_moves_nothing(client, econ, otto, bob):
    send(client, bob)
    decide(client, Approval.objects.get(), "reject", otto, reason="Too much")
    assert (Approval.objects.get().state, points_of(bob)) == ("rejected", 10)


def test_a16_staff_ask_for_nothing_of_their_own(client, econ):
    xp.award(user=econ, action="post_created", key="post:2", cause=("post", 2))
    _fields, page = send(client, econ)
    assert "Nobody adjusts their own XP." in page.text
    assert not Approval.objects.exists()


def test_below_the_limit_no_second_person_is_asked(client, econ, bob):
    _fields, page = send(client, bob, points="10000")
    assert "Adjusted by +10,000 XP: bob has 10,010 XP now." in page.text
    assert not Approval.objects.exists()


def test_the_form_says_how_much_one_may_do_alone(client, econ, bob):
    assert "Above 10,000 XP within 24 hours" in " ".join(client.get(page_of(bob)).text.split())


def test_approvals_at_once_adjust_once(committed_db):
    econ, bob = economist("econ"), make.user("bob")
    staff = [economist(f"staff_{number}") for number in range(4)]
    row = xp.ask_to_adjust(user=bob, points=20_000, reason="Found the bug", actor=econ, key="adjustment:1")
    answers = together(
        [lambda who=who: approvals.approve(approval=row, actor=who) for who in staff], refusals=AlreadyDecided
    )
    assert sum(isinstance(answer, AlreadyDecided) for answer in answers) == 3
    assert (points_of(bob), XpLog.objects.count()) == (20_000, 1)


# ── the policy is a rule ────────────────────────────────────────────────────────────────────────────────────────────

POLICY = reverse("admin:xp_xppolicy_change", args=[1])


@pytest.fixture
def root(client, db):
    root = make.user("root", is_staff=True, is_superuser=True)
    client.force_login(root)
    return root


def save_policy(client, limit, reason="Farmed"):
    return client.post(POLICY, {"approval_above_xp": limit, "reason": reason}, follow=True)


def test_a_new_site_lets_one_person_adjust_ten_thousand(db):
    assert XpPolicy.objects.current().approval_above_xp == LIMIT
    assert rulebook.current().rules["xp"]["policy"] == {"approval_above_xp": LIMIT}


def test_the_limit_is_a_rule_that_an_admin_tunes_with_a_reason(client, otto, alice, root):
    assert "Rule set 2 is in force." in save_policy(client, "50").text
    newest = RuleSet.objects.newest().first()
    assert (newest.created_by, newest.reason, newest.rules["xp"]["policy"]) == (
        root, "Farmed", {"approval_above_xp": 50},
    )  # fmt: skip
    with pytest.raises(ApprovalNeeded):
        adjust(alice, 51, otto)
    assert adjust(alice, 50, otto).points == 50


def test_w10_whom_the_limit_binds_reads_it_and_does_not_change_it(client, econ):
    assert client.get(POLICY).status_code == 200
    assert save_policy(client, "1000000").status_code == 403
    assert XpPolicy.objects.current().approval_above_xp == LIMIT


def test_a_limit_of_0_takes_two_people_each_time(client, econ, otto, alice, root):
    save_policy(client, "0")
    with pytest.raises(ApprovalNeeded):
        adjust(alice, 1, econ)
    assert adjust(alice, 1, econ, approver=otto).points == 1


@pytest.mark.parametrize("limit", ["-1", "1e3", "٣", "", "9" * 20])
def test_a_limit_that_is_no_whole_number_changes_nothing(client, root, limit):
    page = save_policy(client, limit)
    assert list(page.context["adminform"].form.errors) == ["approval_above_xp"]
    assert (XpPolicy.objects.current().approval_above_xp, RuleSet.objects.count()) == (LIMIT, 1)


def test_the_policy_is_one_row_for_good(client, root):
    url = reverse("admin:xp_xppolicy_delete", args=[1])
    assert client.post(url, {"post": "yes"}).status_code == 403
    assert client.post(reverse("admin:xp_xppolicy_add"), {"approval_above_xp": "1", "reason": "x"}).status_code == 403
    with pytest.raises(Error, match="permission denied"), transaction.atomic():
        XpPolicy.objects.create(id=2)


OTHERS = """
insert into xp_log (
    user_id, action_id, xp_awarded, created_at, metadata, key, rule_set_id, trace, cause_type, cause_id, actor_id,
    reason, xp_after, level_before, level_after
)
select %(alice)s, null, 1, clock(), '{}', 'adjustment:' || n, 1, '{}', 'adjustment', n, %(otto)s, 'x', 0, 1, 1
from generate_series(1, 20000) as n
"""


def test_what_one_person_adjusted_is_found_among_the_adjustments_of_all(committed_db, owner):
    econ, otto, alice = economist("econ"), economist("otto"), make.user("alice")
    owner.execute(OTHERS, {"alice": alice.pk, "otto": otto.pk})
    owner.execute("analyze xp_log")
    mine = XpLog.objects.adjusted_alone_by([econ.pk]).since(database_time() - timedelta(hours=24))
    assert '"Index Name": "xp_log_adjustments"' in mine.explain(format="json")
