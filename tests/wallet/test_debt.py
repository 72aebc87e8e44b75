"""A member's debt blocks spending, and is repaid first by whatever comes in."""

import pytest

from tests import make
from tests.wallet.test_ledger import drift, give
from wallet import services as wallet
from wallet.errors import NotEnoughDGT
from wallet.models import DgtTransaction, UserWallet


@pytest.fixture
def alice(db):
    return make.verified(make.user("alice"))


@pytest.fixture
def bob(db):
    return make.verified(make.user("bob"))


def figures(user):
    row = UserWallet.objects.of(user)
    return row.dgt_balance, row.debt_dgt


def in_debt(user, dgt=100):
    """Bought, spent, and taken back."""
    bought = wallet.purchase(user=user, amount=dgt, source="stripe", key="order:1", description="DGT")
    wallet.debit(user=user, amount=dgt, to="shop", key="buy:1", description="A frame")
    wallet.reverse(journal_id=bought.id, key="refund:1", reason="Refunded", actor=None, into_debt=True)


def test_what_is_taken_comes_from_the_balance_first(alice):
    give(alice, 30)
    wallet.claw_back(user=alice, amount=100, to="stripe", key="claw:1", description="A lost dispute")
    assert (figures(alice), drift()) == ((0, 70), [])


def test_a_reversal_into_debt_takes_what_is_there_and_writes_down_the_rest(alice):
    bought = wallet.purchase(user=alice, amount=100, source="stripe", key="order:1", description="DGT")
    wallet.debit(user=alice, amount=60, to="shop", key="buy:1", description="A frame")
    wallet.reverse(journal_id=bought.id, key="refund:1", reason="Refunded", actor=None, into_debt=True)
    assert (figures(alice), drift()) == ((0, 60), [])


def test_a_reversal_that_is_not_into_debt_is_refused(alice):
    bought = wallet.purchase(user=alice, amount=100, source="stripe", key="order:1", description="DGT")
    wallet.debit(user=alice, amount=60, to="shop", key="buy:1", description="A frame")
    with pytest.raises(NotEnoughDGT):
        wallet.reverse(journal_id=bought.id, key="refund:1", reason="Refunded", actor=None)
    assert figures(alice) == (40, 0)


def test_a_credit_repays_first(alice):
    in_debt(alice)
    give(alice, 30)
    assert (figures(alice), drift()) == ((0, 70), [])
    give(alice, 100, key="gift:2")
    assert (figures(alice), drift()) == ((30, 0), [])


def test_a_credit_that_repays_counts_as_earned_in_full(alice):
    in_debt(alice)
    give(alice, 130)
    assert UserWallet.objects.of(alice).lifetime_earned == 130


def test_a_transfer_received_repays_first(alice, bob):
    in_debt(alice)
    give(bob, 150, key="gift:2")
    wallet.transfer(sender=bob, receiver=alice, amount=120, key="transfer:1")
    assert (figures(alice), figures(bob), drift()) == ((20, 0), (30, 0), [])


def test_a_release_repays_first(alice):
    give(alice, 40)
    held = wallet.hold(user=alice, amount=40, key="hold:1", description="Set aside")
    wallet.claw_back(user=alice, amount=25, to="stripe", key="claw:1", description="A lost dispute")
    wallet.release(hold_id=held.id, key="release:1")
    assert (figures(alice), drift()) == ((15, 0), [])


def test_a_debtor_spends_nothing_and_is_told_why(alice, bob):
    in_debt(alice)
    with pytest.raises(NotEnoughDGT, match="You owe 100 DGT, which the next DGT you get repays"):
        wallet.debit(user=alice, amount=1, to="shop", key="buy:2", description="A frame")
    with pytest.raises(NotEnoughDGT, match="You owe 100 DGT"):
        wallet.transfer(sender=alice, receiver=bob, amount=1, key="transfer:1")


def test_the_journal_of_a_repayment_shows_both_parts(alice):
    in_debt(alice)
    journal = give(alice, 130)
    entries = DgtTransaction.objects.filter(journal_id=journal.id, user=alice).order_by("line")
    assert list(entries.values_list("account__kind", "amount", "balance_after")) == [
        ("debt", 100, 0),
        ("member", 30, 30),
    ]


def test_reversing_a_clawback_forgives_the_debt_again(alice):
    give(alice, 30)
    clawed = wallet.claw_back(user=alice, amount=100, to="stripe", key="claw:1", description="A lost dispute")
    wallet.reverse(journal_id=clawed.id, key="won:1", reason="Reinstated", actor=None)
    assert (figures(alice), drift()) == ((30, 0), [])


def test_reversing_a_clawback_that_was_repaid_gives_the_dgt_back(alice):
    give(alice, 30)
    clawed = wallet.claw_back(user=alice, amount=100, to="stripe", key="claw:1", description="A lost dispute")
    give(alice, 70, key="gift:2")
    wallet.reverse(journal_id=clawed.id, key="won:1", reason="Reinstated", actor=None)
    assert (figures(alice), drift()) == ((100, 0), [])


def test_a_clawback_is_not_spent(alice):
    wallet.claw_back(user=alice, amount=100, to="stripe", key="claw:1", description="A lost dispute")
    assert UserWallet.objects.of(alice).lifetime_spent == 0


def test_the_database_refuses_a_debt_beside_a_balance(committed_db, owner):
    alice = make.user("alice")
    give(alice, 30)
    with pytest.raises(Exception, match="user_wallet_debt_before_balance"):
        owner.execute("update user_wallet set debt_dgt = 1 where user_id = %s", [alice.pk])
