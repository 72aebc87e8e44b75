"""Staff adjust XP: with a reason, never their own, never below 0, once per key (A16)."""

import json
from itertools import repeat

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import Error, connection, transaction
from django.urls import reverse

from degentalk.accounts.models import Notification
from degentalk.core.errors import KeyReused, Refused
from tests import make
from tests.threads import together
from wallet.models import UserWallet
from xp import services as xp
from xp import signals
from xp.models import Period, UserXp, XpLog, XpPeriodTotal


@pytest.fixture
def staff(db):
    return make.user("root", is_staff=True, is_superuser=True)


@pytest.fixture
def alice(db):
    return make.user("alice")


def adjust(user, points, actor, *, reason="Helped to move the archive", key="adjustment:1"):
    return xp.adjust(user=user, points=points, reason=reason, actor=actor, key=key)


def points_of(user):
    return UserXp.objects.of(user).xp


# ── the verb ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_adjustment_is_a_row_with_who_and_why(staff, alice):
    gain = adjust(alice, 60, staff)
    row = XpLog.objects.of(alice).get()
    assert (gain.points, gain.levels, gain.dgt, points_of(alice)) == (60, (2,), 20, 60)
    assert (row.action, row.actor, row.reason, row.xp_awarded, row.rule_set_id) == (
        None, staff, "Helped to move the archive", 60, 1,
    )  # fmt: skip
    assert row.why.recomputed() == 60


def test_levels_rewards_and_boards_follow_both_ways(staff, alice):
    adjust(alice, 160, staff)
    adjust(alice, -100, staff, key="adjustment:2")
    row = UserXp.objects.of(alice)
    assert (row.xp, row.level, UserWallet.objects.of(alice).dgt_balance) == (60, 2, 50)
    totals = XpPeriodTotal.objects.filter(user=alice).values_list("period", "xp")
    assert dict(totals) == dict(zip(Period.values, repeat(60), strict=False))


def test_a16_nobody_adjusts_their_own_xp(staff):
    with pytest.raises(Refused, match="Nobody adjusts their own XP."):
        adjust(staff, 10, staff)
    assert XpLog.objects.count() == 0


def test_a16_the_database_refuses_it_too(staff):
    row = [staff.pk, None, 10, "adjustment:1", 1, json.dumps({}), "adjustment", "1"]
    door = "select xp_post(%s, %s, %s, %s, %s, %s, %s, %s, p_actor => %s, p_reason => %s)"
    bob = make.user("bob")
    for actor, reason in ((staff.pk, "Because I can"), (None, "Nobody did it"), (bob.pk, "")):
        with (
            pytest.raises(Error, match="An adjustment has a reason") as refusal,
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(door, [*row, actor, reason])
        assert refusal.value.__cause__.sqlstate == "XP004"
    assert XpLog.objects.count() == 0


def test_a16_no_row_of_the_list_can_be_changed(staff, alice):
    adjust(alice, 60, staff)
    with pytest.raises(Error, match="permission denied"), transaction.atomic():
        XpLog.objects.update(reason="Nothing happened")


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_an_adjustment_needs_a_reason(staff, alice, reason):
    with pytest.raises(Refused, match="Say why"):
        adjust(alice, 10, staff, reason=reason)
    assert XpLog.objects.count() == 0


@pytest.mark.parametrize("points", [0, 10**9 + 1, -(10**9) - 1, 10**30])
def test_it_moves_something_and_not_too_much(staff, alice, points):
    with pytest.raises(Refused, match="An adjustment moves 1 to 1,000,000,000 XP."):
        adjust(alice, points, staff)
    assert XpLog.objects.count() == 0


@pytest.mark.parametrize(("points", "left"), [(-61, None), (-60, 0), (-59, 1)])
def test_it_leaves_no_less_than_nothing(staff, alice, points, left):
    adjust(alice, 60, staff)
    if left is None:
        with pytest.raises(Refused, match="They do not have that much XP"):
            adjust(alice, points, staff, key="adjustment:2")
        left = 60
    else:
        adjust(alice, points, staff, key="adjustment:2")
    assert points_of(alice) == left


def test_a_used_key_answers_the_same_and_moves_nothing(staff, alice):
    heard = []

    def hear(**fact):
        heard.append(fact["gain"].levels)

    signals.leveled_up.connect(hear)
    try:
        first, second = adjust(alice, 60, staff), adjust(alice, 60, staff)
    finally:
        signals.leveled_up.disconnect(hear)
    assert (second.points, second.levels, second.dgt, second.replayed) == (60, (2,), 20, True)
    assert (first.replayed, points_of(alice), XpLog.objects.count(), heard) == (False, 60, 1, [(2,)])
    assert (Notification.objects.filter(kind="adjustment").count(), LogEntry.objects.count()) == (1, 1)


def test_a_key_that_moved_other_xp_is_refused(staff, alice):
    adjust(alice, 60, staff)
    for user, points in ((alice, 61), (make.user("bob"), 60)):
        with pytest.raises(KeyReused):
            adjust(user, points, staff)
    assert (points_of(alice), XpLog.objects.count()) == (60, 1)


def test_the_member_and_the_staffs_log_are_told_why(staff, alice):
    adjust(alice, 1_060, staff)
    adjust(alice, -60, staff, reason="Too much", key="adjustment:2")
    told = Notification.objects.filter(user=alice, kind="adjustment").order_by("id").values_list("text", flat=True)
    assert list(told) == ["Staff added 1,060 XP: Helped to move the archive", "Staff took 60 XP: Too much"]
    entries = LogEntry.objects.order_by("id")
    assert [(entry.user, entry.object_id, entry.get_change_message()) for entry in entries] == [
        (staff, str(alice.pk), "Adjusted by +1,060 XP. Reason: Helped to move the archive"),
        (staff, str(alice.pk), "Adjusted by -60 XP. Reason: Too much"),
    ]


def test_fifty_parallel_adjustments_with_one_key_are_one(committed_db):
    staff, alice = make.user("root", is_staff=True), make.user("alice")
    gains = together([lambda: adjust(alice, 60, staff)] * 50)
    assert {(gain.points, gain.levels) for gain in gains} == {(60, (2,))}
    assert sum(not gain.replayed for gain in gains) == 1
    assert (points_of(alice), XpLog.objects.count(), Notification.objects.filter(kind="adjustment").count()) == (
        60,
        1,
        1,
    )


def test_parallel_deductions_leave_no_less_than_nothing(committed_db):
    staff, alice = make.user("root", is_staff=True), make.user("alice")
    adjust(alice, 50, staff)
    answers = together(
        [lambda n=n: adjust(alice, -20, staff, key=f"adjustment:{n + 2}") for n in range(10)], refusals=Refused
    )
    assert (sum(isinstance(answer, Refused) for answer in answers), points_of(alice)) == (8, 10)


# ── the form ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def economist(client, db):
    economist = make.user("econ", is_staff=True)
    economist.groups.add(Group.objects.get(name="economist"))
    client.force_login(economist)
    return economist


def page_of(user):
    return reverse("admin:xp_userxp_adjust", args=[user.pk])


def send(client, user, **changes):
    key = client.get(page_of(user)).context["adminform"].form["key"].value()
    fields = {"direction": "1", "points": "50", "reason": "Helped", "key": str(key)} | changes
    return fields, client.post(page_of(user), fields, follow=True)


@pytest.fixture
def bob(economist):
    bob = make.user("bob")
    xp.award(user=bob, action="post_created", key="post:1", cause=("post", 1))
    return bob


def test_the_page_of_a_member_leads_to_the_form(client, bob):
    page = client.get(reverse("admin:xp_userxp_change", args=[bob.pk])).text
    assert f'href="{page_of(bob)}"' in page
    assert "bob has 10 XP" in " ".join(client.get(page_of(bob)).text.split())


def test_sending_the_form_adjusts_and_says_the_new_total(client, economist, bob):
    _fields, page = send(client, bob)
    assert "Adjusted by +50 XP: bob has 60 XP now." in page.text
    row = XpLog.objects.of(bob).newest().first()
    assert (row.actor, row.reason, row.xp_awarded) == (economist, "Helped", 50)


def test_xp_is_taken_by_choosing_so(client, bob):
    _fields, page = send(client, bob, direction="-1", points="10")
    assert "Adjusted by -10 XP: bob has 0 XP now." in page.text


def test_a_double_click_is_one_adjustment(client, bob):
    fields, _page = send(client, bob)
    page = client.post(page_of(bob), fields, follow=True)
    assert (points_of(bob), "Adjusted by +50 XP: bob has 60 XP now." in page.text) == (60, True)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"points": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"points": "-5"}, "Enter a whole number, digits only."),
        ({"points": "٣"}, "Enter a whole number, digits only."),
        ({"points": "1e3"}, "Enter a whole number, digits only."),
        ({"points": "9" * 40}, "Ensure this value is less than or equal to 1000000000."),
        ({"points": "1000000001"}, "Ensure this value is less than or equal to 1000000000."),
        ({"points": ""}, "This field is required."),
        ({"direction": "7"}, "Select a valid choice. 7 is not one of the available choices."),
        ({"reason": "  "}, "This field is required."),
        ({"reason": "x" * 501}, "Ensure this value has at most 500 characters (it has 501)."),
        ({"direction": "-1"}, "They do not have that much XP: an adjustment leaves no less than 0."),
        ({"key": ""}, "This field is required."),
    ],
)
def test_a_form_that_is_refused_says_why_and_is_a_new_attempt(client, bob, changes, sentence):
    fields, page = send(client, bob, **changes)
    form = page.context["adminform"].form
    assert sentence in [error for errors in form.errors.values() for error in errors]
    assert (points_of(bob), form["key"].value() != fields["key"]) == (10, True)
    assert form["reason"].value() == fields["reason"]


def test_staff_without_the_permission_cannot_adjust(client, bob):
    mod = make.user("mod", is_staff=True)
    mod.groups.add(Group.objects.get(name="moderator"))
    client.force_login(mod)
    assert [client.get(page_of(bob)).status_code, client.post(page_of(bob), {}).status_code] == [403, 403]


def test_a16_an_economist_cannot_adjust_themselves_in_the_form(client, economist):
    xp.award(user=economist, action="post_created", key="post:2", cause=("post", 2))
    _fields, page = send(client, economist)
    assert "Nobody adjusts their own XP." in page.text
    assert not XpLog.objects.of(economist).filter(action=None).exists()


def test_a_member_who_is_not_there_is_not_found(client, economist):
    assert client.get(reverse("admin:xp_userxp_adjust", args=[99_999])).status_code in (302, 404)
