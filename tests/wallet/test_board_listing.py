"""Who hides, hides the balance or is suspended leaves the DGT boards at once, whichever commits first."""

import threading

import pytest
from django.db import connection, transaction

from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from tests import make
from tests.wallet.test_ledger import give
from tests.xp.test_listing import wait_for_lock
from wallet import services as wallet
from wallet.boards import KINDS, DgtBoard
from wallet.models import DgtBoardRow


def in_a_thread(verb):
    def run():
        try:
            verb()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def hide(user, **how):
    """As the settings page saves it: all columns of the member."""
    person = User.objects.get(pk=user.pk)
    for name, value in (how or {"hides_balance": True}).items():
        setattr(person, name, value)
    person.save()


def on_boards():
    """The names on each board."""
    return {name: [row.username for row in DgtBoard(kind).page().items] for name, kind in KINDS.items()}


NOBODY = {"balance": [], "earned": [], "spent": []}
ALICE = {"balance": ["alice"], "earned": ["alice"], "spent": ["alice"]}


def spender(name):
    member = make.user(name)
    give(member, 100, key=f"gift:{name}")
    wallet.debit(user=member, amount=10, to="shop", key=f"purchase:{name}", description="A frame")
    return member


@pytest.mark.django_db
@pytest.mark.parametrize("how", [{"hides_from_boards": True}, {"hides_balance": True}, {"is_active": False}])
def test_who_hides_leaves_every_board_at_once_and_comes_back_at_once(how):
    alice = spender("alice")
    wallet.refresh_board()
    assert on_boards() == ALICE
    User.objects.filter(pk=alice.pk).update(**how)
    assert on_boards() == NOBODY
    User.objects.filter(pk=alice.pk).update(**{name: not value for name, value in how.items()})
    assert on_boards() == ALICE


@pytest.mark.django_db
def test_one_reason_to_be_off_is_enough():
    alice = spender("alice")
    wallet.refresh_board()
    User.objects.filter(pk=alice.pk).update(hides_from_boards=True, hides_balance=True)
    User.objects.filter(pk=alice.pk).update(hides_balance=False)
    assert on_boards() == NOBODY


@pytest.mark.django_db
def test_a_suspension_takes_a_member_off_and_its_end_brings_them_back():
    alice, moderator = spender("alice"), make.moderator()
    wallet.refresh_board()
    accounts.suspend(member=alice, actor=moderator, reason="Spam")
    assert on_boards() == NOBODY
    accounts.reinstate(member=alice, actor=moderator, reason="A mistake")
    assert on_boards() == ALICE


@pytest.mark.django_db
@pytest.mark.parametrize("how", [{"hides_from_boards": True}, {"hides_balance": True}, {"is_active": False}])
def test_who_was_off_before_the_first_refresh_is_not_on(how):
    User.objects.filter(pk=spender("alice").pk).update(**how)
    wallet.refresh_board()
    assert on_boards() == NOBODY


@pytest.mark.django_db
def test_a_save_that_changes_nothing_of_it_does_not_touch_the_row():
    alice = spender("alice")
    wallet.refresh_board()
    where = "select ctid::text from dgt_board"
    with connection.cursor() as cursor:
        before = cursor.execute(where).fetchone()
        hide(alice, about="wagmi")
        assert cursor.execute(where).fetchone() == before
        hide(alice, hides_balance=True)
        assert cursor.execute(where).fetchone() != before


# ── at the same moment ──────────────────────────────────────────────────────────────────────────────────────────────


def test_who_hides_during_the_first_refresh_is_not_listed(committed_db, owner):
    alice = make.user("alice")
    give(alice)
    with transaction.atomic():
        assert wallet.refresh_board() >= 1  # more while another database has something open
        other = in_a_thread(lambda: hide(alice))
        wait_for_lock(owner)
    other.join()
    assert DgtBoardRow.objects.get().is_listed is False


def test_the_first_refresh_of_who_is_just_hiding_does_not_list_them(committed_db, owner):
    alice = make.user("alice")
    give(alice)
    with transaction.atomic():
        hide(alice)
        other = in_a_thread(wallet.refresh_board)
        wait_for_lock(owner)
    other.join()
    assert (DgtBoardRow.objects.get().is_listed, DgtBoardRow.objects.get().balance) == (False, 100)


def test_who_hides_while_their_figures_are_read_anew_is_not_listed(committed_db, owner):
    alice = make.user("alice")
    give(alice, key="gift:1")
    wallet.refresh_board()
    give(alice, key="gift:2")
    with transaction.atomic():
        assert wallet.refresh_board() == 1
        other = in_a_thread(lambda: hide(alice))
        wait_for_lock(owner)
    other.join()
    assert (DgtBoardRow.objects.get().is_listed, DgtBoardRow.objects.get().balance) == (False, 200)


def test_figures_that_are_read_anew_while_somebody_hides_do_not_bring_them_back(committed_db, owner):
    alice = make.user("alice")
    give(alice, key="gift:1")
    wallet.refresh_board()
    give(alice, key="gift:2")
    with transaction.atomic():
        hide(alice)
        other = in_a_thread(wallet.refresh_board)
        wait_for_lock(owner)
    other.join()
    assert (DgtBoardRow.objects.get().is_listed, DgtBoardRow.objects.get().balance) == (False, 200)


def test_who_changes_the_address_and_hides_in_one_save_does_not_deadlock_with_the_refresh(committed_db, owner):
    """The save takes the member's row for itself, and the refresh needs it for its foreign key."""
    alice = make.user("alice")
    give(alice)
    with transaction.atomic():
        assert wallet.refresh_board() == 1
        other = in_a_thread(lambda: hide(alice, email="other@example.com", hides_balance=True))
        wait_for_lock(owner)
    other.join()
    assert (DgtBoardRow.objects.get().is_listed, User.objects.get(pk=alice.pk).email) == (False, "other@example.com")
