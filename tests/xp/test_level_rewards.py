"""However XP changes, level and reward follow, and a level pays once in a lifetime (L19)."""

import pytest
from django.db import connection

from degentalk.accounts.models import Notification
from tests import make
from tests.threads import together
from wallet.models import DgtTransaction, UserWallet
from xp import services as xp
from xp import tasks
from xp.models import LevelDgtReward, LevelDgtRewardLog, UserXp


def set_xp(owner, user, points):
    owner.execute(
        "insert into user_xp (user_id, xp) values (%(user)s, %(xp)s)"
        " on conflict (user_id) do update set xp = excluded.xp",
        {"user": user.pk, "xp": points},
    )


def rewards_of(user):
    return list(DgtTransaction.objects.of(user).order_by("id").values_list("reference_id", "amount"))


@pytest.fixture
def alice(committed_db):
    return make.user("alice")


def test_l19_a_raw_update_moves_the_level_and_pays_once(alice, owner):
    set_xp(owner, alice, 0)
    set_xp(owner, alice, 150)
    assert (UserXp.objects.of(alice).level, rewards_of(alice)) == (3, [(2, 20), (3, 30)])


def test_l19_crossing_a_line_again_pays_nothing(alice, owner):
    for points in (150, 0, 150, 49, 50, 151):
        set_xp(owner, alice, points)
    assert (UserXp.objects.of(alice).level, rewards_of(alice)) == (3, [(2, 20), (3, 30)])


def test_a_row_that_begins_above_level_one_is_paid_too(alice, owner):
    set_xp(owner, alice, 60)
    assert (UserXp.objects.of(alice).level, rewards_of(alice)) == (2, [(2, 20)])


def test_a_level_that_is_written_by_hand_is_put_right(alice, owner):
    set_xp(owner, alice, 60)
    owner.execute("update user_xp set level = 99 where user_id = %s", [alice.pk])
    assert UserXp.objects.of(alice).level == 2


def test_a_negative_sum_is_level_one(alice, owner):
    set_xp(owner, alice, 60)
    set_xp(owner, alice, -10)
    row = UserXp.objects.of(alice)
    assert (row.xp, row.level, xp.standing_of(alice).xp) == (-10, 1, 0)


def test_levels_without_a_reward_are_remembered_so_that_a_later_reward_does_not_pay(alice, owner):
    owner.execute("delete from level_dgt_rewards where level = 2")
    set_xp(owner, alice, 60)
    owner.execute("insert into level_dgt_rewards (level, dgt_reward, description) values (2, 1000, '')")
    set_xp(owner, alice, 0)
    set_xp(owner, alice, 60)
    assert rewards_of(alice) == []
    assert LevelDgtRewardLog.objects.get(user=alice).state == "none"


def test_a_suspended_member_is_paid_when_active_again(alice, owner):
    alice.is_active = False
    alice.save()
    set_xp(owner, alice, 60)
    assert (rewards_of(alice), LevelDgtRewardLog.objects.get().state) == ([], "pending")
    assert tasks.pay_pending_rewards() == 0
    alice.is_active = True
    alice.save()
    assert [tasks.pay_pending_rewards() for _ in range(2)] == [1, 0]
    assert (rewards_of(alice), LevelDgtRewardLog.objects.get().state) == ([(2, 20)], "paid")
    assert Notification.objects.get(user=alice).text == "The 20 DGT for level 2 have been paid."


def test_l22_parallel_runs_of_the_task_pay_once(alice, owner):
    alice.is_active = False
    alice.save()
    set_xp(owner, alice, 150)
    alice.is_active = True
    alice.save()
    paid = together([tasks.pay_pending_rewards for _ in range(8)])
    assert (sum(paid), rewards_of(alice)) == (2, [(2, 20), (3, 30)])


@pytest.mark.parametrize(
    "statement",
    [
        "update level_dgt_rewards_log set dgt_reward = 5000, state = 'paid'",
        "update level_dgt_rewards_log set state = 'pending', journal_id = null",
        "delete from level_dgt_rewards_log",
        "truncate level_dgt_rewards_log",
    ],
)
def test_the_owner_cannot_make_a_level_pay_again(alice, owner, statement):
    set_xp(owner, alice, 60)
    with pytest.raises(Exception, match="refused|never changed"):
        owner.execute(statement)


def test_l19_parallel_awards_over_one_line_pay_once(alice, owner):
    set_xp(owner, alice, 49)
    gains = together(
        [lambda n=n: xp.award(user=alice, action="tip_received", key=f"tip:{n}", cause=("tip", n)) for n in range(12)]
    )
    assert sorted(gain.levels for gain in gains) == [()] * 11 + [(2,)]
    assert (sum(gain.dgt for gain in gains), UserWallet.objects.of(alice).dgt_balance) == (20, 20)


def test_sql_and_python_agree_on_every_level(committed_db, owner):
    curve = xp.curve()
    for level in curve.levels:
        for points in (level.xp_required - 1, level.xp_required, level.xp_required + 1):
            with connection.cursor() as cursor:
                cursor.execute("select calculate_user_level(%s)", [points])
                assert cursor.fetchone()[0] == curve.level_at(points).level


def test_every_level_above_the_first_has_a_reward(committed_db):
    assert list(LevelDgtReward.objects.values_list("level", flat=True)) == list(range(2, 101))


@pytest.mark.parametrize("change", ["set xp_required = 1 where level = 5", "set level = 200 where level = 100"])
def test_a_curve_that_does_not_increase_is_refused_by_the_database(committed_db, owner, change):
    with pytest.raises(Exception, match="more XP than the one before|violates foreign key"):
        owner.execute(f"update xp_levels {change}")


def test_a_reward_that_the_ledger_refuses_waits_and_holds_up_nobody(alice, owner):
    bob = make.user("bob")
    owner.execute(
        "select dgt_write('level_reward', %s, %s::bigint[], '{rewards,member}', '{-1,1}', 'not the reward')",
        [f"level_reward:{alice.pk}:2", [None, bob.pk]],
    )
    set_xp(owner, alice, 60)
    assert (UserXp.objects.of(alice).level, LevelDgtRewardLog.objects.get(user=alice).state) == (2, "pending")
    owner.execute("update users set is_active = false where user_id = %s", [bob.pk])
    set_xp(owner, bob, 60)
    owner.execute("update users set is_active = true where user_id = %s", [bob.pk])
    assert tasks.pay_pending_rewards() == 1
    assert LevelDgtRewardLog.objects.get(user=bob).state == "paid"
