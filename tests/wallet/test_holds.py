"""DGT set aside, given back, or paid."""

import pytest

from degentalk.core.errors import KeyReused
from tests import make
from tests.threads import together
from tests.wallet.test_ledger import drift, give
from wallet import services as wallet
from wallet.errors import AlreadyReversed, NotEnoughDGT, NotSoMuchHeld
from wallet.models import DgtHold, DgtTransaction, UserWallet


@pytest.fixture
def alice(db):
    alice = make.verified(make.user("alice"))
    give(alice, 100)
    return alice


def figures(user):
    row = UserWallet.objects.of(user)
    return row.dgt_balance, row.held_dgt, row.lifetime_spent


def hold(user, amount=60, key="hold:1"):
    return wallet.hold(user=user, amount=amount, key=key, description="A dispute")


def test_held_dgt_is_not_part_of_the_balance(alice):
    hold(alice)
    assert (figures(alice), drift()) == ((40, 60, 0), [])


def test_more_than_the_balance_is_not_held(alice):
    with pytest.raises(NotEnoughDGT, match="You have 100 DGT; this needs 101"):
        hold(alice, 101)


def test_a_release_gives_back_all_that_is_left(alice):
    held = hold(alice)
    wallet.release(hold_id=held.id, amount=10, key="release:1")
    wallet.release(hold_id=held.id, key="release:2")
    assert (figures(alice), DgtHold.objects.open().count()) == ((100, 0, 0), 0)


def test_a_capture_is_spent(alice):
    held = hold(alice)
    wallet.capture(hold_id=held.id, to="shop", amount=25, key="capture:1")
    assert (figures(alice), DgtHold.objects.get().left, drift()) == ((40, 35, 25), 35, [])


def test_no_more_is_settled_than_was_held(alice):
    held = hold(alice)
    wallet.capture(hold_id=held.id, to="shop", amount=50, key="capture:1")
    with pytest.raises(NotSoMuchHeld, match="Only 10 DGT are still held"):
        wallet.release(hold_id=held.id, amount=11, key="release:1")
    assert figures(alice) == (40, 10, 50)


def test_what_is_settled_stays_settled(alice):
    held = hold(alice)
    wallet.release(hold_id=held.id, key="release:1")
    with pytest.raises(NotSoMuchHeld, match="Only 0 DGT"):
        wallet.release(hold_id=held.id, key="release:2")


def test_one_hold_does_not_pay_for_another(alice):
    first, second = hold(alice, 30), hold(alice, 20, "hold:2")
    with pytest.raises(NotSoMuchHeld):
        wallet.release(hold_id=second.id, amount=21, key="release:1")
    wallet.release(hold_id=first.id, key="release:2")
    assert figures(alice) == (80, 20, 0)


def test_a_used_key_settles_nothing_twice(alice):
    held = hold(alice)
    first = wallet.release(hold_id=held.id, amount=30, key="release:1")
    again = wallet.release(hold_id=held.id, amount=30, key="release:1")
    assert (again.id, again.replayed, figures(alice)) == (first.id, True, (70, 30, 0))


def test_l10_a_used_key_with_another_reason_is_refused(alice):
    held = wallet.hold(user=alice, amount=10, key="hold:1", description="A dispute", reason="One")
    with pytest.raises(KeyReused):
        wallet.hold(user=alice, amount=10, key="hold:1", description="A dispute", reason="Another")
    journal = wallet.capture(hold_id=held.id, to="shop", key="capture:1")
    wallet.reverse(journal_id=journal.id, key="reversal:1", reason="One", actor=None)
    with pytest.raises(KeyReused):
        wallet.reverse(journal_id=journal.id, key="reversal:1", reason="One", actor=None, into_debt=True)


def test_a_hold_is_released_instead_of_reversed(alice):
    held = hold(alice)
    with pytest.raises(AlreadyReversed, match="released, not reversed"):
        wallet.reverse(journal_id=held.id, key="reversal:1", reason="Mistake", actor=None)


def test_reversing_a_capture_gives_the_dgt_back_to_the_balance(alice):
    held = hold(alice)
    captured = wallet.capture(hold_id=held.id, to="shop", key="capture:1")
    wallet.reverse(journal_id=captured.id, key="reversal:1", reason="Refund", actor=None)
    assert (figures(alice), drift()) == ((100, 0, 0), [])


def test_a_capture_says_which_hold_it_paid(alice):
    held = hold(alice)
    captured = wallet.capture(hold_id=held.id, to="shop", key="capture:1")
    entry = DgtTransaction.objects.get(journal_id=captured.id, user=alice)
    assert (entry.reference_type, entry.reference_id) == ("journal", held.id)


def test_parallel_releases_and_captures_settle_exactly_what_was_held(committed_db):
    alice = make.user("alice")
    give(alice, 100)
    held = hold(alice, 100)

    def settle(n):
        if n % 2:
            return wallet.release(hold_id=held.id, amount=15, key=f"release:{n}")
        return wallet.capture(hold_id=held.id, to="shop", amount=15, key=f"capture:{n}")

    answers = together([lambda n=n: settle(n) for n in range(12)], refusals=NotSoMuchHeld)
    assert sum(isinstance(answer, wallet.Journal) for answer in answers) == 6
    row = DgtHold.objects.get()
    assert (row.left, row.released + row.captured, drift()) == (10, 90, [])
