"""The application role writes XP, ledger, balances and logs only through the doors."""

import pytest
from django.conf import settings
from django.db import Error, connection, transaction

from tests import make
from xp import services as xp
from xp.models import UserXp, XpLog

pytestmark = pytest.mark.django_db

GUARDED = {
    "user_xp": "xp",
    "xp_log": "xp_awarded",
    "level_dgt_rewards_log": "dgt_reward",
    "user_wallet": "dgt_balance",
    "dgt_journal": "kind",
    "dgt_transactions": "amount",
    "dgt_accounts": "kind",
    "dgt_board": "balance",
    "dgt_board_refresh": "xid",
    "sending_stops": "because",
    "database_mark": "kind",
}


def attempt(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(("table", "column"), GUARDED.items())
@pytest.mark.parametrize(
    "statement",
    [
        "insert into {table} default values",
        "update {table} set {column} = {column}",
        "delete from {table}",
        "truncate {table}",
        "alter table {table} disable trigger all",
        "drop table {table} cascade",
        "select * from {table} for update",
    ],
)
def test_the_application_role_is_refused(table, column, statement):
    with pytest.raises(Error, match="permission denied|must be owner"):
        attempt(statement.format(table=table, column=column))


@pytest.mark.parametrize(
    "statement",
    [
        "set session_replication_role = replica",
        "set role {owner}",
        "create function pg_temp.f() returns int language sql as 'select 1'; create table public.mine (id int)",
        "select dgt_lock_wallets('{1}')",
        "select dgt_account_id(1, 'member')",
        "select xp_undo('{1}', 'ban:1', null, '')",
        "select xp_settle(1, 0, 500)",
        "select xp_add_to_periods(1, 500, now(), true)",
        "select xp_remember_levels(1, 1, 100, 1, true)",
        "select dgt_write('credit', 'k', '{1,null}', '{member,rewards}', '{5,-5}', 'h')",
    ],
)
def test_the_application_role_cannot_widen_its_rights(statement):
    with pytest.raises(Error, match="permission denied"):
        attempt(statement.replace("{owner}", settings.DATABASE_OWNER["USER"]))


def test_a_level_reward_that_is_not_waiting_cannot_be_paid():
    alice = make.user("alice")
    with connection.cursor() as cursor:
        cursor.execute("select pay_level_reward(%s, 50)", [alice.pk])
        assert cursor.fetchone() == (False,)


def test_a_temporary_table_does_not_stand_in_for_a_real_one():
    alice = make.user("alice")
    with connection.cursor() as cursor:
        cursor.execute("create temporary table xp_levels (level int, xp_required bigint)")
        cursor.execute("insert into xp_levels values (99, 0)")
        xp.award(user=alice, action="post_created", key="post:1", cause=("post", 1))
        cursor.execute("drop table pg_temp.xp_levels")
    assert UserXp.objects.of(alice).level == 1


@pytest.mark.parametrize("change", [{"hides_from_boards": True}, {"is_active": False}])
def test_who_hides_or_is_suspended_leaves_the_boards(change):
    alice = make.user("alice")
    xp.award(user=alice, action="post_created", key="post:1", cause=("post", 1))
    for name, value in change.items():
        setattr(alice, name, value)
    alice.save()
    assert (UserXp.objects.listed().count(), UserXp.objects.of(alice).xp) == (0, 10)


def test_a_member_who_hid_before_the_first_award_is_not_listed():
    alice = make.user("alice", hides_from_boards=True)
    xp.award(user=alice, action="post_created", key="post:1", cause=("post", 1))
    assert UserXp.objects.of(alice).is_listed is False


@pytest.mark.parametrize(
    ("action", "points", "key", "trace"),
    [
        ("post_created", -5000, "post:1", '{"base": -5000, "multipliers": [], "result": -5000}'),
        ("post_created", 0, "post:1", '{"base": 0, "multipliers": [], "result": 0}'),
        ("post_created", 10**12 + 1, "post:1", f'{{"base": 1, "multipliers": [], "result": {10**12 + 1}}}'),
        ("post_created", 10, "post:1", '{"base": 20, "multipliers": [], "result": 20}'),
        ("post_created", 10, "post:1", '{"result": 10}'),
        ("post_created", 10, "undo:1", '{"base": 10, "multipliers": [], "result": 10}'),
        ("post_created", 10, "xp_doctor:1", '{"base": 10, "multipliers": [], "result": 10}'),
    ],
)
def test_the_door_takes_nothing_that_no_rule_grants(action, points, key, trace):
    alice = make.user("alice")
    with pytest.raises(Error, match="No rule grants"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "select xp_post(%s, %s, %s, %s, 1, %s::jsonb, 'post', '1')", [alice.pk, action, points, key, trace]
        )


@pytest.mark.parametrize("second_account", [False, True])
def test_a16_the_door_refuses_an_adjustment_of_ones_own_xp(second_account):
    moderator = make.user("moderator")
    receiver = make.user("mallory", same_person_as=moderator) if second_account else moderator
    with pytest.raises(Error, match="another person"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "select xp_post(%s, null, 5, 'adjustment:1', 1, %s::jsonb, 'adjustment', '1', p_actor => %s,"
            " p_reason => 'because')",
            [receiver.pk, '{"base": 5, "multipliers": [], "result": 5}', moderator.pk],
        )


def test_a_part_of_an_award_is_never_more_than_the_award():
    alice = make.user("alice")
    xp.award(user=alice, action="post_created", key="post:1", cause=("post", 1))
    with pytest.raises(Error, match="less than the award"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "select xp_keep_part(%s, %s::jsonb, 1, 'tip_returned:1:1')",
            [XpLog.objects.get().pk, '{"base": 11, "multipliers": [], "result": 11}'],
        )
