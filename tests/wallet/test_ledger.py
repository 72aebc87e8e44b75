"""The ledger's promises at the level of the database: MONEY.md L1–L8, L16, L28."""

import hashlib
import struct

import psycopg
import pytest
from django.db import Error, connection, transaction
from django.db.models import ProtectedError

from tests import make
from tests.threads import together
from wallet import services as wallet
from wallet.accounts import SYSTEM_ACCOUNTS
from wallet.errors import AlreadyReversed, NotEnoughDGT, NotSoMuchHeld
from wallet.models import DgtAccount, DgtJournal, DgtTransaction, UserWallet

LEDGER = ["dgt_journal", "dgt_transactions", "dgt_accounts", "user_wallet"]


@pytest.fixture
def alice(db):
    return make.verified(make.user("alice"))


@pytest.fixture
def bob(db):
    return make.verified(make.user("bob"))


def give(user, amount=100, key="gift:1"):
    return wallet.credit(user=user, amount=amount, source="rewards", key=key, description="Welcome")


def post(kind, users, accounts, amounts, key="raw:1"):
    with connection.cursor() as cursor:
        cursor.execute(
            "select journal_id from dgt_post(%s, %s, %s::bigint[], %s::text[], %s::bigint[], 'test')",
            [kind, key, users, accounts, amounts],
        )
        return cursor.fetchone()[0]


def raw_journal(owner, key="raw:1"):
    return owner.execute(
        "insert into dgt_journal (public_id, kind, key, request_hash, reason, created_at)"
        " values (uuid7(), 'credit', %s, '', '', clock()) returning id",
        [key],
    ).fetchone()[0]


def raw_entry(owner, journal, account, amount, line=1):
    owner.execute(
        "insert into dgt_transactions (journal_id, line, account_id, amount, transaction_type, reference_type,"
        " description, created_at, metadata, canonical) values (%s, %s, %s, %s, 'credit', '', '', clock(), '{}', '')",
        [journal, line, account, amount],
    )


def accounts_of(owner):
    return [row[0] for row in owner.execute("select id from dgt_accounts where kind = 'system' order by id limit 2")]


@pytest.mark.parametrize("amounts", [(), (5,), (5, -4)], ids=["empty", "one-legged", "unbalanced"])
def test_l1_a_journal_that_does_not_balance_fails_at_commit(committed_db, owner, amounts):
    with pytest.raises(psycopg.errors.CheckViolation, match="sum to"), owner.transaction():
        journal = raw_journal(owner)
        for line, (account, amount) in enumerate(zip(accounts_of(owner), amounts, strict=False), start=1):
            raw_entry(owner, journal, account, amount, line)
    assert owner.execute("select count(*) from dgt_journal").fetchone() == (0,)


def test_l1_an_entry_after_the_check_was_used_up_fails_at_commit(committed_db, owner):
    one, other = accounts_of(owner)
    give(make.user("alice"))
    third = owner.execute("select id from dgt_accounts where kind = 'member'").fetchone()[0]
    with pytest.raises(psycopg.errors.CheckViolation, match="do not sum to 0"), owner.transaction():
        journal = raw_journal(owner)
        raw_entry(owner, journal, one, 5, line=1)
        raw_entry(owner, journal, other, -5, line=2)
        owner.execute("set constraints all immediate")
        owner.execute("set constraints all deferred")
        raw_entry(owner, journal, third, 100, line=3)


def test_l1_every_journal_sums_to_zero(alice, bob):
    give(alice)
    wallet.transfer(sender=alice, receiver=bob, amount=30, key="transfer:1")
    connection.check_constraints()
    for journal in DgtJournal.objects.all():
        amounts = list(journal.entries.values_list("amount", flat=True))
        assert (len(amounts), sum(amounts)) == (2, 0)


@pytest.mark.parametrize("table", LEDGER[:3])
@pytest.mark.parametrize("statement", ["update {} set id = id", "delete from {}", "truncate {} cascade"])
def test_l2_the_owner_cannot_rewrite_the_ledger(committed_db, owner, table, statement):
    give(make.user("alice"))
    with pytest.raises(psycopg.errors.RestrictViolation):
        owner.execute(statement.format(table))


@pytest.mark.parametrize("table", LEDGER)
@pytest.mark.parametrize(
    "statement",
    ["update {} set {column} = {column}", "delete from {}", "truncate {}", "insert into {} default values"],
)
def test_l2_the_application_role_cannot_write_the_ledger(db, table, statement):
    column = "user_id"
    if table == "dgt_journal":
        column = "key"
    with pytest.raises(Error, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table, column=column))


def test_l3_a_balanced_pair_cannot_join_a_journal_of_an_earlier_transaction(committed_db, owner):
    journal = give(make.user("alice")).id
    one, other = accounts_of(owner)
    with pytest.raises(psycopg.errors.RestrictViolation, match="is closed"), owner.transaction():
        raw_entry(owner, journal, one, 5, line=3)
        raw_entry(owner, journal, other, -5, line=4)


def test_l4_a_wallet_does_not_go_below_zero(alice, bob):
    give(alice, 100)
    with pytest.raises(NotEnoughDGT, match="You have 100 DGT; this needs 101."):
        wallet.transfer(sender=alice, receiver=bob, amount=101, key="transfer:1")
    assert UserWallet.objects.of(alice).dgt_balance == 100


def test_l4_held_dgt_does_not_go_below_zero(alice):
    give(alice, 100)
    held = wallet.hold(user=alice, amount=40, key="hold:1", description="Set aside")
    with pytest.raises(NotSoMuchHeld):
        wallet.release(hold_id=held.id, amount=41, key="release:1")
    row = UserWallet.objects.of(alice)
    assert (row.dgt_balance, row.held_dgt, row.lifetime_spent) == (60, 40, 0)


@pytest.mark.parametrize("column", ["dgt_balance", "held_dgt", "debt_dgt"])
def test_l4_the_database_itself_refuses_a_negative_balance(committed_db, owner, column):
    alice = make.user("alice")
    give(alice)
    with pytest.raises(psycopg.errors.CheckViolation):
        owner.execute(f"update user_wallet set {column} = -1 where user_id = %s", [alice.pk])


def test_l5_balances_are_the_sums_of_their_entries(alice, bob):
    give(alice, 500)
    wallet.transfer(sender=alice, receiver=bob, amount=120, key="transfer:1")
    wallet.debit(user=bob, amount=20, to="shop", key="debit:1", description="Correction")
    wallet.hold(user=alice, amount=50, key="hold:1", description="Set aside")
    assert drift() == []
    assert [UserWallet.objects.of(user).dgt_balance for user in (alice, bob)] == [330, 100]


def test_l6_all_accounts_sum_to_zero(alice, bob):
    give(alice, 500)
    wallet.transfer(sender=alice, receiver=bob, amount=120, key="transfer:1")
    with connection.cursor() as cursor:
        cursor.execute(
            "select a.kind, sum(e.amount) from dgt_transactions e join dgt_accounts a on a.id = e.account_id"
            " group by a.kind order by a.kind"
        )
        assert cursor.fetchall() == [("member", 500), ("system", -500)]


def test_l7_the_kind_of_an_account_never_changes(committed_db, owner):
    give(make.user("alice"))
    with pytest.raises(psycopg.errors.RestrictViolation):
        owner.execute("update dgt_accounts set kind = 'system', name = 'mine', user_id = null where kind = 'member'")


@pytest.mark.parametrize("amounts", [(0, 0), (10**12 + 1, -(10**12) - 1), (5, -4), (5, None), (5,)])
def test_l8_the_door_refuses_amounts_out_of_range(alice, amounts):
    with pytest.raises(Error, match="(?i)whole amounts"), transaction.atomic():
        post("credit", [alice.pk, None][: len(amounts)], ["member", "rewards"][: len(amounts)], list(amounts))
    assert DgtJournal.objects.count() == 0


def test_l8_the_door_takes_the_largest_amount(alice):
    give(alice, 10**12)
    assert UserWallet.objects.of(alice).dgt_balance == 10**12


def test_l8_the_door_refuses_a_movement_of_nothing(alice):
    with pytest.raises(Error, match="does not move DGT"), transaction.atomic():
        post("credit", None, None, None)


@pytest.mark.parametrize(
    ("kind", "accounts"),
    [
        ("level_reward", ("rewards", "member")),
        ("reversal", ("rewards", "member")),
        ("credit", ("member", "member")),
        ("debit", ("rewards", "member")),
        ("transfer", ("rewards", "member")),
        ("credit", ("adjustments", "member")),
        ("credit", ("stripe", "member")),
        ("debit", ("member", "adjustments")),
        ("purchase", ("rewards", "member")),
        ("transfer", ("member", "member")),
        ("tip", ("member", "member")),
        ("hold", ("member", "held")),
        ("release", ("held", "member")),
        ("adjustment", ("adjustments", "member")),
        ("credit", ("rewards", "held")),
        ("gift", ("member", "member")),
    ],
)
def test_the_door_knows_between_which_accounts_a_kind_moves(alice, bob, kind, accounts):
    give(alice)
    wallet.hold(user=alice, amount=40, key="hold:1", description="Set aside")
    payer, payee = (None if name in SYSTEM_ACCOUNTS else alice.pk for name in accounts)
    users = [payer, bob.pk if accounts == ("member", "member") else payee]
    with pytest.raises(Error, match="does not move DGT"), transaction.atomic():
        post(kind, users, list(accounts), [-5, 5])


def test_the_door_does_not_take_the_keys_of_rewards(alice):
    with pytest.raises(Error, match="not for you"), transaction.atomic():
        post("credit", [None, alice.pk], ["rewards", "member"], [-5, 5], key=f"level_reward:{alice.pk}:2")


def test_l15_the_door_refuses_a_member_who_does_not_exist(alice):
    give(alice)
    with pytest.raises(Error, match="no such member"), transaction.atomic():
        post("credit", [None, 10**9], ["rewards", "member"], [-5, 5])


def test_an_account_has_one_leg_in_a_journal(alice):
    with pytest.raises(Error, match="dgt_transactions_account_unique"), transaction.atomic():
        post("credit", [None, alice.pk, alice.pk], ["rewards", "member", "member"], [-10, 5, 5])


def test_l16_a_reversal_mirrors_its_journal(alice, bob):
    give(alice, 100)
    original = wallet.transfer(sender=alice, receiver=bob, amount=60, key="transfer:1")
    reversal = wallet.reverse(journal_id=original.id, key="reverse:1", reason="Sent by mistake", actor=None)
    stored = DgtJournal.objects.get(id=reversal.id)
    assert (stored.reverses_id, stored.reason) == (original.id, "Sent by mistake")
    assert [UserWallet.objects.of(user).dgt_balance for user in (alice, bob)] == [100, 0]


def test_l16_a_journal_is_reversed_at_most_once(alice):
    original = give(alice)
    give(alice, key="gift:2")
    wallet.reverse(journal_id=original.id, key="reverse:1", reason="First", actor=None)
    with pytest.raises(AlreadyReversed):
        wallet.reverse(journal_id=original.id, key="reverse:2", reason="Second", actor=None)
    assert UserWallet.objects.of(alice).dgt_balance == 100


def test_l16_a_reversal_cannot_be_reversed(alice):
    reversal = wallet.reverse(journal_id=give(alice).id, key="reverse:1", reason="First", actor=None)
    with pytest.raises(AlreadyReversed, match="cannot be reversed"):
        wallet.reverse(journal_id=reversal.id, key="reverse:2", reason="Second", actor=None)


def test_l16_a_reversal_takes_back_what_counted_as_earned(alice):
    wallet.reverse(journal_id=give(alice).id, key="reverse:1", reason="First", actor=None)
    row = UserWallet.objects.of(alice)
    assert (row.dgt_balance, row.lifetime_earned) == (0, 0)


def test_l27_a_member_with_entries_cannot_be_deleted(alice):
    give(alice)
    with pytest.raises(ProtectedError):
        alice.delete()
    assert DgtTransaction.objects.of(alice).count() == 1


def test_l28_parallel_rewards_wait_for_no_row_of_the_system_account(committed_db, owner):
    members = [make.user(f"member{n}") for n in range(16)]
    with owner.transaction():  # a reward that takes its time holds whatever locks a reward holds
        owner.execute(
            "select dgt_write('level_reward', 'slow', %s::bigint[], '{rewards,member}', '{-5,5}', 'x')",
            [[None, make.user("slow").pk]],
        )

        def reward(member):
            with connection.cursor() as cursor:
                cursor.execute("set lock_timeout = '1ms'")
            return wallet.credit(user=member, amount=5, source="rewards", key=f"r:{member.pk}", description="Level")

        posted = together([lambda member=member: reward(member) for member in members])
    assert len({journal.id for journal in posted}) == 16


def test_a_wallet_is_made_once_by_parallel_first_movements(committed_db):
    alice = make.user("alice")
    together([lambda n=n: give(alice, 1, key=f"gift:{n}") for n in range(12)])
    assert UserWallet.objects.of(alice).dgt_balance == 12
    assert DgtAccount.objects.filter(user=alice).count() == 1


def test_the_canonical_bytes_follow_their_description(alice):
    give(alice, 7)
    entry = DgtTransaction.objects.of(alice).select_related("journal").get()
    microseconds = int(entry.created_at.timestamp()) * 10**6 + entry.created_at.microsecond
    fields = [entry.journal.public_id, "gift:1", "credit", entry.line, entry.account_id, 7, 7, microseconds]
    expected = b"\x01" + b"".join(
        struct.pack(">I", len(field)) + field for field in (str(field).encode() for field in fields)
    )
    assert hashlib.sha256(bytes(entry.canonical)).digest() == hashlib.sha256(expected).digest()


def drift():
    """Wallet columns that differ from the sum of their account's entries."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select w.user_id, a.kind from user_wallet w"
            " cross join lateral"
            " (values ('member', dgt_balance), ('held', held_dgt), ('debt', -debt_dgt)) a (kind, stored)"
            " left join dgt_accounts d on d.user_id = w.user_id and d.kind = a.kind"
            " left join lateral (select sum(amount) as total from dgt_transactions where account_id = d.id) e on true"
            " where a.stored <> coalesce(e.total, 0)"
        )
        return cursor.fetchall()
