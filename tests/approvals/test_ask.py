"""Asking for what takes a second person: by whom, once per key, and who is told (W10)."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from degentalk.accounts import services as accounts
from degentalk.accounts.models import Notification, User
from degentalk.approvals import services as approvals
from degentalk.approvals.errors import MayNotDecide
from degentalk.approvals.models import Approval
from degentalk.core.errors import KeyReused, Refused
from tests import make
from tests.approvals.asking import KIND, ask, economist
from tests.threads import together

pytestmark = pytest.mark.usefixtures("people")


@pytest.fixture
def people(request):
    """Most tests roll back; races have a database of their own."""
    if "committed_db" not in request.fixturenames:
        request.getfixturevalue("db")


def told(kind="approval"):
    return dict(Notification.objects.filter(kind=kind).values_list("user__username", "text"))


def test_what_is_asked_for_waits_with_who_and_why():
    econ, alice = economist("econ"), make.user("alice")
    row = ask(econ, alice)
    assert row == Approval.objects.get()
    assert (row.kind, row.about, row.asked_by, row.state, row.reason, row.request) == (
        KIND, alice, econ, "pending", "They are new", {"words": "Hello"},
    )  # fmt: skip
    assert (row.decided_at, row.decided_by, row.result) == (None, None, "")
    assert not Notification.objects.filter(user=alice).exists()


def test_whoever_can_decide_is_told_and_nobody_else():
    econ, alice = economist("econ"), make.user("alice")
    economist("otto")
    make.user("root", is_staff=True, is_superuser=True)
    make.user("retired", is_superuser=True)
    economist("suspended", is_active=False)
    make.moderator()
    economist("econ_too", same_person_as=econ)
    economist("alice_at_work", same_person_as=alice)
    row = ask(econ, alice)
    text = "econ asks for a second person: Say Hello to alice."
    assert told() == {"otto": text, "root": text}
    assert {told.url for told in Notification.objects.all()} == {
        reverse("admin:approvals_approval_change", args=[row.pk])
    }


def test_the_staffs_log_says_who_asked_and_why():
    econ = economist("econ")
    ask(econ, make.user("alice"))
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_repr, entry.get_change_message()) == (
        econ, "Say Hello to alice.", "Asked for. Reason: They are new",
    )  # fmt: skip


def test_asking_twice_with_one_key_is_asking_once():
    econ, alice = economist("econ"), make.user("alice")
    economist("otto")
    first = ask(econ, alice)
    assert ask(econ, alice) == first
    assert (Approval.objects.count(), LogEntry.objects.count(), len(told())) == (1, 1, 1)


def test_many_who_ask_at_once_with_one_key_ask_once(committed_db):
    econ, alice = economist("econ"), make.user("alice")
    economist("otto")
    rows = together([lambda: ask(econ, alice)] * 10)
    assert {row.pk for row in rows} == {Approval.objects.get().pk}
    assert (LogEntry.objects.count(), Notification.objects.count()) == (1, 1)


@pytest.mark.parametrize("changes", [{"words": "Bye"}, {"reason": "Because"}])
def test_a_key_that_asked_for_something_else_is_refused(changes):
    econ, alice = economist("econ"), make.user("alice")
    ask(econ, alice)
    with pytest.raises(KeyReused):
        ask(econ, alice, **changes)
    with pytest.raises(KeyReused):
        ask(economist("otto"), alice)
    with pytest.raises(KeyReused):
        ask(econ, make.user("bob"))
    assert Approval.objects.count() == 1


def test_what_concerns_nobody_can_be_asked_for():
    assert ask(economist("econ"), None).about is None


@pytest.mark.parametrize("reason", ["", "  ", "\x00\u202e"])
def test_asking_without_a_reason_is_refused(reason):
    with pytest.raises(Refused, match="Say why"):
        ask(economist("econ"), make.user("alice"), reason=reason)
    assert not Approval.objects.exists()


@pytest.mark.parametrize("who", ["moderator", "member", "retired", "suspended"])
def test_asking_takes_active_staff_with_the_permission(who):
    asker = {
        "moderator": lambda: make.moderator(),
        "member": lambda: make.user("mallory"),
        "retired": lambda: make.user("retired", is_superuser=True),
        "suspended": lambda: economist("suspended", is_active=False),
    }[who]()
    with pytest.raises(MayNotDecide, match="permission “xp.adjust_xp”"):
        ask(asker, make.user("alice"))
    assert not Approval.objects.exists()


def test_a16_nobody_asks_for_themselves_or_another_account_of_theirs():
    econ = economist("econ")
    double = make.user("double", same_person_as=econ)
    for about in (econ, double):
        with pytest.raises(MayNotDecide, match="about yourself"):
            ask(econ, about)
    assert not Approval.objects.exists()


@pytest.mark.parametrize("value", [1.0, 0.5, float("nan"), float("inf")])
def test_a_request_with_a_float_is_a_mistake(value):
    with pytest.raises(ValueError, match="exact|not JSON compliant"):
        ask(economist("econ"), make.user("alice"), nested=[{"deep": value}])


def test_a_kind_that_no_app_registered_is_a_mistake():
    with pytest.raises(LookupError):
        approvals.ask(
            kind="unheard", actor=economist("econ"), about=None, request={}, summary="x", reason="x", key="x:1"
        )


def test_a_member_who_was_asked_about_is_not_deleted():
    alice = make.user("alice")
    ask(economist("econ"), alice)
    with pytest.raises(Exception, match="protected"):
        User.objects.get(pk=alice.pk).delete()
    assert accounts.accounts_of_person(alice) == [alice.pk]
