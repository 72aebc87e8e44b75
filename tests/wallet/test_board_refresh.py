"""The DGT boards follow the ledger: every closed journal once, also one that commits late."""

import os
import time

import psycopg
import pytest
from django.db import connection, transaction

from tests import databases, make
from tests.processes import wait_until
from tests.threads import together
from tests.wallet.test_ledger import give
from wallet import services as wallet
from wallet.models import DgtBoardRefresh, DgtBoardRow, DgtJournal, UserWallet
from wallet.services import boards
from wallet.tasks import refresh_board

POST = """
select dgt_post('credit', %s, array [null, %s]::bigint[], array ['rewards', 'member'], array [-100, 100]::bigint[], '')
"""


def members(*names):
    return [make.verified(make.user(name)) for name in names]


def on_board():
    return dict(DgtBoardRow.objects.values_list("user__username", "balance"))


OPEN_ELSEWHERE = """
select backend_xid::text from pg_stat_activity where datname <> current_database() and backend_xid is not null
"""


def elsewhere():
    """Transactions that other databases of the server have open. A refresh reads again what is younger than these."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_stat_clear_snapshot()")
        cursor.execute(OPEN_ELSEWHERE)
        return {row[0] for row in cursor.fetchall()}


@pytest.fixture(autouse=True)
def _alone(monkeypatch):
    """How much a refresh reads is counted here: before each, what other tests of this run have open is waited for."""
    monkeypatch.setattr(wallet, "refresh_board", lambda: wait_for_others() or boards.refresh_board())


def wait_for_others():
    older = elsewhere()
    wait_until(lambda: not older & elsewhere(), seconds=60)


def refreshed(journals):
    """One call of the function, as the verb makes it in a loop: members read, and whether more wait."""
    wait_for_others()
    with connection.cursor() as cursor:
        cursor.execute("select * from dgt_refresh_board(%s)", [journals])
        return cursor.fetchone()


def test_the_first_refresh_reads_every_wallet(committed_db):
    alice, bob = members("alice", "bob")
    give(alice, 100, key="gift:1")
    wallet.transfer(sender=alice, receiver=bob, amount=30, key="transfer:1")
    wallet.debit(user=bob, amount=10, to="shop", key="purchase:1", description="A frame")
    assert (DgtBoardRefresh.objects.moment(), wallet.refresh_board()) == (None, 2)
    assert list(DgtBoardRow.objects.order_by("user_id").values_list("balance", "earned", "spent", "is_listed")) == [
        (70, 100, 0, True),
        (20, 0, 10, True),
    ]


def test_later_ones_read_whom_a_journal_touched_once_for_each_refresh(committed_db):
    alice, bob, mallory = members("alice", "bob", "mallory")
    for number, member in enumerate((alice, bob, mallory)):
        give(member, 100, key=f"gift:{number}")
    assert wallet.refresh_board() == 3
    for number in range(4):
        wallet.transfer(sender=alice, receiver=bob, amount=10, key=f"transfer:{number}")
    assert (wallet.refresh_board(), wallet.refresh_board()) == (2, 0)
    assert on_board() == {"alice": 60, "bob": 140, "mallory": 100}


def test_a_journal_that_commits_late_is_not_lost(committed_db, owner):
    """Its id and its transaction are older than those of others that the boards have met by then."""
    alice, bob, carol = members("alice", "bob", "carol")
    give(carol, 1, key="gift:first")
    wallet.refresh_board()
    with owner.transaction():
        owner.execute(POST, ["gift:late", alice.pk])
        give(bob, 70, key="gift:early")
        assert DgtJournal.objects.filter(key="gift:late").count() == 0
        wallet.refresh_board()
        wallet.refresh_board()
    assert DgtJournal.objects.get(key="gift:late").pk < DgtJournal.objects.get(key="gift:early").pk
    assert (wallet.refresh_board(), wallet.refresh_board()) == (2, 0)
    assert on_board() == {"alice": 100, "bob": 70, "carol": 1}


def test_nobody_waits_for_transactions_of_other_databases(committed_db):
    """They number in the same row on one server, and write no journal here."""
    (alice,) = members("alice")
    boards.refresh_board()
    with psycopg.connect(os.environ[databases.MAINTENANCE_URL]) as elsewhere:
        elsewhere.execute("select pg_current_xact_id()")
        give(alice, 100)
        # One of another test may look open for a moment: the one above stays open all the while.
        refreshed = next((rows for _ in range(100) if (rows := boards.refresh_board()) or time.sleep(0.05)), 0)
        assert (refreshed, on_board()) == (1, {"alice": 100})


def test_what_the_callers_own_transaction_writes_later_is_not_lost(committed_db):
    alice, bob = members("alice", "bob")
    wallet.refresh_board()
    with transaction.atomic():
        give(alice, 100, key="gift:1")
        wallet.refresh_board()
        give(bob, 70, key="gift:2")
    assert (wallet.refresh_board(), on_board()) == (2, {"alice": 100, "bob": 70})


def test_what_was_rolled_back_is_on_no_board(committed_db, owner):
    (alice,) = members("alice")
    wallet.refresh_board()
    with owner.transaction(force_rollback=True):
        owner.execute(POST, ["gift:1", alice.pk])
    assert (wallet.refresh_board(), on_board()) == (0, {})


def test_a_backlog_is_followed_in_parts(committed_db):
    people = members("alice", "bob", "carol", "dave", "erin")
    wallet.refresh_board()
    for number, member in enumerate(people):
        give(member, 10 + number, key=f"gift:{number}")
    parts = [refreshed(2) for _ in range(3)]
    assert parts == [(2, True), (2, True), (1, False)]
    assert on_board() == {"alice": 10, "bob": 11, "carol": 12, "dave": 13, "erin": 14}


def test_the_journals_of_one_transaction_are_not_parted(committed_db, owner):
    people = members("alice", "bob", "carol")
    wallet.refresh_board()
    with owner.transaction():
        for member in people:
            owner.execute(POST, [f"gift:{member.pk}", member.pk])
    assert [refreshed(1), refreshed(1)] == [(3, True), (0, False)]


def test_the_verb_goes_on_until_nothing_waits(committed_db, monkeypatch):
    people = members("alice", "bob", "carol")
    wallet.refresh_board()
    for number, member in enumerate(people):
        give(member, 10, key=f"gift:{number}")
    monkeypatch.setattr("wallet.services.boards.REFRESH_MOST", 1)
    assert (wallet.refresh_board(), len(on_board())) == (3, 3)


def test_many_at_once_are_one(committed_db):
    for number, member in enumerate(members("alice", "bob", "carol")):
        give(member, 10, key=f"gift:{number}")
    assert sum(together([refresh_board] * 8)) == 3


def test_whatever_moves_meanwhile_the_boards_agree_in_the_end(committed_db):
    people = members("alice", "bob", "carol", "dave")
    for number, member in enumerate(people):
        give(member, 1_000, key=f"gift:{number}")

    def send(number):
        sender, receiver = people[number % 4], people[(number + 1 + number // 4 % 3) % 4]
        for part in range(8):
            wallet.transfer(sender=sender, receiver=receiver, amount=1 + number, key=f"transfer:{number}:{part}")

    def follow():
        for _ in range(12):
            wallet.refresh_board()

    together([*(lambda number=number: send(number) for number in range(12)), follow, follow])
    wallet.refresh_board()
    wallets = UserWallet.objects.values_list("user_id", "dgt_balance", "lifetime_earned", "lifetime_spent")
    assert set(DgtBoardRow.objects.values_list("user_id", "balance", "earned", "spent")) == set(wallets)
    assert wallet.refresh_board() == 0


def test_after_a_restore_old_journals_count_as_closed(committed_db, owner):
    alice, bob, carol = members("alice", "bob", "carol")
    give(carol, 1, key="gift:1")
    wallet.refresh_board()
    give(alice, 100, key="gift:2")
    owner.execute("update database_mark set epoch = 2")
    give(bob, 70, key="gift:3")
    assert (wallet.refresh_board(), wallet.refresh_board()) == (2, 0)
    assert on_board() == {"alice": 100, "bob": 70, "carol": 1}


@pytest.mark.parametrize("lost", ["epoch = 0", "xid = 9000000000000000000"])
def test_boards_that_lost_the_thread_read_every_wallet_again(committed_db, owner, lost):
    """In epoch 0 they were never built; a bound of the future is one of another server."""
    for number, member in enumerate(members("alice", "bob")):
        give(member, 100, key=f"gift:{number}")
    wallet.refresh_board()
    owner.execute("update dgt_board set balance = 0")
    owner.execute(f"update dgt_board_refresh set {lost}")
    assert (wallet.refresh_board(), on_board()) == (2, {"alice": 100, "bob": 100})


def test_all_wallets_are_read_in_parts_and_what_moves_meanwhile_is_followed(committed_db):
    people = members("alice", "bob", "carol", "dave", "erin")
    for number, member in enumerate(people):
        give(member, 100 + number, key=f"gift:{number}")
    assert refreshed(2) == (2, True)
    assert (on_board(), DgtBoardRefresh.objects.moment()) == ({"alice": 100, "bob": 101}, None)
    wallet.transfer(sender=people[4], receiver=people[0], amount=50, key="transfer:1")
    assert [refreshed(2), refreshed(2)] == [(2, True), (1, True)]
    assert on_board() == {"alice": 100, "bob": 101, "carol": 102, "dave": 103, "erin": 54}
    assert (DgtBoardRefresh.objects.moment() is None, wallet.refresh_board(), on_board()["alice"]) == (False, 2, 150)


def test_figures_that_did_not_change_are_not_written_again(committed_db, owner):
    alice, bob = members("alice", "bob")
    give(alice, 100)
    wallet.refresh_board()
    wallet.transfer(sender=alice, receiver=bob, amount=10, key="transfer:1")
    wallet.transfer(sender=bob, receiver=alice, amount=10, key="transfer:2")
    before = owner.execute("select xmin::text from dgt_board where user_id = %s", [alice.pk]).fetchone()
    assert wallet.refresh_board() == 2
    assert owner.execute("select xmin::text from dgt_board where user_id = %s", [alice.pk]).fetchone() == before


# ── what it costs those who pay each other ──────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_no_index_of_the_wallets_holds_what_a_movement_changes():
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid"
            " and a.attnum = any (i.indkey) where i.indrelid = 'user_wallet'::regclass"
        )
        assert cursor.fetchall() == [("user_id",)]


def test_transfers_update_wallets_in_place(committed_db):
    """Heap-only: no index is touched, and old versions are cleared away without a vacuum."""
    alice, bob = members("alice", "bob")
    give(alice, 1_000)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_stat_user_tables where relname = 'user_wallet' and vacuum_count > 0")
        assert cursor.fetchone() == (0,)
        for number in range(150):
            wallet.transfer(sender=alice, receiver=bob, amount=1, key=f"transfer:{number}")
            if number % 10 == 0:
                wallet.refresh_board()
        cursor.execute("select pg_stat_force_next_flush()")
        cursor.execute("select n_tup_upd, n_tup_hot_upd from pg_stat_user_tables where relname = 'user_wallet'")
        updates, in_place = cursor.fetchone()
    assert updates >= 300
    assert in_place >= 0.95 * updates
