"""The plan's view `user_xp_summary`: the same figures as the services, for every member."""

import pytest
from django.db import connection

from degentalk.rulebook import services as rulebook
from tests import make
from wallet import services as wallet
from wallet.models import UserWallet
from xp import services as xp
from xp.models import UserXp, UserXpSummary, XpAction

pytestmark = pytest.mark.django_db


def test_the_summary_says_what_the_services_say():
    alice = make.user("alice")
    XpAction.objects.filter(name="post_created").update(default_value=160)
    rulebook.publish(actor=None, reason="generous")
    gain = xp.award(user=alice, action="post_created", key="post:1", cause=("post", 1))
    wallet.debit(user=alice, amount=5, to="shop", key="debit:1", description="")
    summary, standing, mine = (
        UserXpSummary.objects.get(pk=alice.pk),
        xp.standing_of(alice),
        UserWallet.objects.of(alice),
    )
    assert (summary.xp, summary.level, summary.rank_name, summary.tier) == (160, 3, standing.rank_name, standing.tier)
    assert (summary.xp - summary.level_starts_at, summary.next_level_at) == (standing.level_xp, 160 + standing.to_go)
    assert (summary.dgt_balance, summary.lifetime_earned, summary.lifetime_spent) == (
        mine.dgt_balance,
        mine.lifetime_earned,
        mine.lifetime_spent,
    )
    assert (summary.rewards_dgt, summary.last_xp_event_at) == (gain.dgt, UserXp.objects.of(alice).last_xp_event_at)


def test_a_member_without_xp_or_wallet_has_a_summary_of_zeros():
    bob = make.user("bob", hides_from_boards=True)
    summary = UserXpSummary.objects.get(pk=bob.pk)
    assert (summary.username, summary.xp, summary.level, summary.dgt_balance, summary.rewards_dgt) == (
        "bob",
        0,
        1,
        0,
        0,
    )
    assert (summary.is_listed, summary.last_xp_event_at, summary.next_level_at) == (False, None, 50)


def test_at_the_last_level_there_is_no_next():
    alice, staff, second = make.user("alice"), make.user("moderator"), make.user("root")
    xp.adjust(user=alice, points=10**6, reason="Test", actor=staff, approver=second, key="adjustment:1")
    summary = UserXpSummary.objects.get(pk=alice.pk)
    assert (summary.level, summary.next_level_at) == (100, None)


def test_a_sum_below_zero_reads_as_zero():
    alice, staff = make.user("alice"), make.user("moderator")
    xp.award(user=alice, action="post_created", key="post:1", cause=("post", 1))
    xp.adjust(user=alice, points=-10, reason="Test", actor=staff, key="adjustment:1")
    xp.reverse(because="post_hidden:1", keys=["post:1"])
    assert UserXpSummary.objects.get(pk=alice.pk).xp == 0


def test_the_views_of_the_plan_are_there_by_name():
    with connection.cursor() as cursor:
        cursor.execute("select viewname from pg_views where schemaname = 'public'")
        assert {"xp_leaderboard", "user_xp_summary"} <= {name for (name,) in cursor.fetchall()}
