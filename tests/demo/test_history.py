"""What the demo wrote is what the site itself would have written: all sums hold."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection, transaction
from django.db.models import F, Sum
from django.utils import timezone

from degentalk.demo.accounts import ACCOUNTS, PASSWORD


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker) -> Iterator[None]:
    """A small demo for all tests here, which only look at it; rolled back at the end."""
    from degentalk.demo import seeding

    with django_db_blocker.unblock(), transaction.atomic():
        assert seeding.fill(members=20, history_days=40, seed=1) is not None
        yield
        transaction.set_rollback(True)


def test_xp_is_the_sum_of_the_log(filled):
    from xp.models import UserXp, XpLog

    summed = XpLog.objects.values("user_id").annotate(xp=Sum("xp_awarded")).values_list("user_id", "xp")
    assert dict(summed) == dict(UserXp.objects.filter(xp__gt=0).values_list("user_id", "xp"))


def test_every_trace_recomputes_to_what_was_awarded(filled):
    from xp.models import XpLog

    for row in XpLog.objects.all():
        assert row.why.recomputed() == row.why.result == row.xp_awarded


def test_wallets_are_the_sums_of_their_entries(filled):
    from wallet.models import DgtTransaction, UserWallet

    entries = DgtTransaction.objects.filter(account__kind="member").values("user_id")
    summed = entries.annotate(dgt=Sum("amount")).values_list("user_id", "dgt")
    assert dict(summed) == dict(UserWallet.objects.filter(dgt_balance__gt=0).values_list("user_id", "dgt_balance"))


def test_the_ledger_sums_to_zero(filled):
    from wallet.models import DgtTransaction

    assert DgtTransaction.objects.aggregate(dgt=Sum("amount"))["dgt"] == 0


def test_every_reached_level_has_paid_once(filled):
    from xp.models import LevelDgtRewardLog, UserXp

    reached = sum(UserXp.objects.values_list("level", flat=True)) - UserXp.objects.count()
    assert LevelDgtRewardLog.objects.filter(state="paid").count() == reached


def test_history_lies_between_joining_and_now(filled):
    from xp.models import XpLog

    assert not XpLog.objects.filter(created_at__lt=F("user__date_joined")).exists()
    assert not XpLog.objects.filter(created_at__gt=timezone.now()).exists()


def test_a_member_s_log_is_in_the_order_of_time(filled):
    from xp.models import XpLog

    rows = list(XpLog.objects.order_by("user_id", "id").values_list("user_id", "created_at"))
    assert rows == sorted(rows)


def test_nobody_is_paid_twice_for_a_day(filled):
    from xp.models import XpLog

    days = list(XpLog.objects.filter(action__name="daily_login").values_list("user_id", "cause_id"))
    assert len(days) == len(set(days))


def test_old_notifications_have_been_read(filled):
    from degentalk.accounts.models import Notification

    week_ago = timezone.now() - timedelta(days=7)
    assert not Notification.objects.filter(created_at__lt=week_ago, read_at=None).exists()


def test_whoever_one_signs_in_as_has_unread_notifications(filled):
    from degentalk.accounts.models import Notification

    assert Notification.objects.filter(user__username="vera_onchain", read_at=None).exists()


def test_the_clock_is_as_before(filled):
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('degentalk.now', true)")
        assert cursor.fetchone()[0] == ""


def test_a_level_up_is_told_as_the_product_tells_it(filled):
    """The demo posts awards in sets, and so must tell of levels itself; the words are those of `xp.award`."""
    from degentalk.accounts.models import Notification, User
    from xp import services as xp

    with transaction.atomic():
        bob = User.objects.create_user("bob_the_newcomer", "bob@example.net")
        xp.award(user=bob, action="special_event", key="event:test:bob", cause=("event", "test"))
        told = Notification.objects.get(user=bob, key="level:2")
        transaction.set_rollback(True)
    same = Notification.objects.filter(key="level:2", text=told.text, kind=told.kind)
    assert same.exists()


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.role)
def test_each_demo_account_has_its_password_and_role(filled, account):
    from degentalk.accounts.models import User

    user = User.objects.get(username=account.username)
    groups = {"moderator": ["moderator"], "economist": ["economist"]}.get(account.role, [])
    assert check_password(PASSWORD, user.password)
    assert list(user.groups.values_list("name", flat=True)) == groups
    assert (user.is_staff, user.is_superuser) == (account.role != "member", account.role == "admin")


def test_nobody_else_can_sign_in(filled):
    from degentalk.accounts.models import User

    names = [account.username for account in ACCOUNTS]
    others = User.objects.exclude(username__in=names)
    assert [user.username for user in others if user.has_usable_password()] == []
