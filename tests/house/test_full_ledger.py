"""Migrations over a ledger that is in use: every sum and every guard is there afterwards."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from degentalk.core.owner import as_owner
from tests.extent import in_proof_only
from tests.house.test_schema import TRIGGERS, guards, rows

RELEASED = [
    ("accounts", "0003_guards"),
    ("core", "0003_refuse_change"),
    ("rulebook", "0002_guards"),
    ("wallet", "0003_system_accounts"),
    ("xp", "0011_grant_freeze"),
    ("forum", "0003_guards"),
]
"""The first release that had a ledger."""

FIGURES = [
    "select account_id, count(*), sum(amount), max(balance_after) from dgt_transactions group by 1 order by 1",
    "select user_id, dgt_balance, held_dgt, debt_dgt, lifetime_earned, lifetime_spent from user_wallet order by 1",
    "select encode(sha256(string_agg(canonical, ''::bytea order by id)), 'hex') from dgt_transactions",
    "select id, public_id, kind, key, request_hash, reverses_id, posted_at from dgt_journal order by id",
    "select user_id, level, dgt_reward, state, journal_id from level_dgt_rewards_log order by id",
]


MEMBERS = ("alice", "bob", "mallory")
MOVEMENTS = [
    ("credit", "rewards", "alice", 500),
    ("credit", "rewards", "bob", 300),
    ("credit", "adjustments", "mallory", 70),
    ("transfer", "alice", "bob", 120),
    ("debit", "bob", "adjustments", 20),
    ("transfer", "bob", "alice", 30),
]
POST = "select journal_id from dgt_post(%s, %s, %s::bigint[], %s, %s::bigint[], 'as sent')"


@pytest.fixture
def before(empty_db):
    """A database as the first release left it, with movements of every kind that it knew. Its figures."""
    with as_owner():
        released = MigrationExecutor(connection).migrate(RELEASED).apps
        users = released.get_model("accounts", "User").objects
        people = {name: users.create(username=name, email=f"{name}@example.com").pk for name in MEMBERS}
        users.filter(username="mallory").update(is_active=False)
        (*_others, last) = [post(people, key, *movement) for key, movement in enumerate(MOVEMENTS)]
        rows(f"select dgt_reverse({last}, 'reversal', '', null, 'Sent by mistake')")
        for name in ("alice", "mallory"):  # the reward of who is suspended waits
            released.get_model("xp", "UserXp").objects.create(user_id=people[name], xp=300)
        return figures()


def post(people, key, kind, giver, receiver, amount):
    users = [people.get(giver), people.get(receiver)]
    accounts = ["member" if name in people else name for name in (giver, receiver)]
    with connection.cursor() as cursor:
        cursor.execute(POST, [kind, f"{kind}:{key}", users, accounts, [-amount, amount]])
        return cursor.fetchone()[0]


def figures():
    return [rows(query) for query in FIGURES]


@in_proof_only
def test_l30_migrations_over_a_full_ledger_keep_every_sum_and_every_guard(before):
    assert all(before)
    call_command("migrate", verbosity=0)
    assert figures() == before
    assert guards() == TRIGGERS
    call_command("ledger_audit")  # ends with 1 if it finds anything
