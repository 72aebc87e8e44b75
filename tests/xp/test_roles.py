"""The application role writes XP, ledger, balances and logs only through the doors."""

import pytest
from django.conf import settings
from django.db import Error, connection, transaction

from tests import make
from xp import services as xp
from xp.models import UserXp

pytestmark = pytest.mark.django_db

GUARDED = {
    "user_xp": "xp",
    "xp_log": "xp_awarded",
    "level_dgt_rewards_log": "dgt_reward",
    "user_wallet": "dgt_balance",
    "dgt_journal": "kind",
    "dgt_transactions": "amount",
    "dgt_accounts": "kind",
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
        "select xp_lock('{1}')",
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
