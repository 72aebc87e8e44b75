"""Disputes while something else happens: spending, freezing, deciding; and where Stripe pays out no dollars."""

import pytest
from django.db import transaction

from payments import services as payments
from payments.models import Review
from payments.services import settling
from payments.states import State
from tests import make
from tests.payments.buying import again, ordered, paid, session, told, wallet
from tests.threads import beside, until_somebody_waits
from tests.wallet.test_ledger import drift
from wallet import services as wallets
from wallet.models import UserWallet


def test_s19_what_is_spent_while_a_dispute_arrives_is_not_held(card, alice):
    order = paid(card, alice)
    card.dispute(session(order))
    with transaction.atomic():
        wallets.debit(user=alice, amount=300, to="shop", key="buy:1", description="A frame")
        looked = beside(lambda: payments.look(order, because="told"))
        until_somebody_waits()
    assert looked().state == State.DISPUTED
    assert (wallet(alice), drift()) == ((0, 1_000, 0), [])


def test_s19_a_dispute_of_a_frozen_wallet_stops_sending_before_it_moves_again(card, alice):
    order, moderator = paid(card, alice), make.moderator()
    wallets.freeze(user=alice, actor=moderator, reason="A drill")
    dispute = card.dispute(session(order))
    told(card)
    wallets.unfreeze(user=alice, actor=moderator, reason="Over")
    assert (wallet(alice), UserWallet.objects.of(alice).sending_is_stopped) == ((1_300, 0, 0), True)
    assert payments.settle_waiting() == 1
    assert (again(order).state, wallet(alice)) == (State.DISPUTED, (0, 1_300, 0))
    card.close_dispute(dispute["id"], "won")
    told(card)
    assert (wallet(alice), UserWallet.objects.of(alice).sending_is_stopped) == ((1_300, 0, 0), False)


def test_an_order_that_was_dismissed_while_its_wallet_was_frozen_waits_for_nothing(card, alice, monkeypatch):
    order, moderator = ordered(alice), make.moderator()
    wallets.freeze(user=alice, actor=moderator, reason="A drill")
    card.pay(session(order))
    told(card)
    review = Review.objects.get()

    def just_then(order_id, reason):
        payments.decide(review=review, decision="dismiss", actor=moderator, note="It went back")
        return real(order_id, reason)

    real = settling._wait
    monkeypatch.setattr(settling, "_wait", just_then)
    payments.settle_waiting()
    assert (again(order).state, again(order).waits_for) == (State.DISMISSED, "")
    assert not Review.objects.open().exists()


@pytest.mark.parametrize("rate", [0.851, 1.207, 149.3])
def test_s19_a_lost_dispute_burns_all_whatever_currency_the_account_is_paid_in(card, alice, rate):
    order = paid(card, alice)
    dispute = card.dispute(session(order))["id"]
    card.close_dispute(dispute, "lost")
    _in_another_currency(card, dispute, rate)
    told(card)
    assert (again(order).state, again(order).lost, wallet(alice)) == (State.LOST, 1_799, (0, 0, 0))
    card.reinstate(dispute)
    told(card)
    assert (again(order).state, again(order).lost, wallet(alice)) == (State.REINSTATED, 0, (1_300, 0, 0))


def test_s19_what_is_reinstated_in_part_gives_back_its_share(card, alice):
    order = paid(card, alice)
    dispute = card.dispute(session(order))["id"]
    card.close_dispute(dispute, "lost")
    entry = card.get(dispute)["balance_transactions"][0]
    card.alter(dispute, balance_transactions=[entry, entry | {"amount": 900}])
    told(card)
    assert (again(order).lost, wallet(alice)) == (899, (650, 0, 0))


def _in_another_currency(card, dispute, rate):
    entries = card.get(dispute)["balance_transactions"]
    other = [entry | {"currency": "eur", "amount": round(entry["amount"] * rate)} for entry in entries]
    card.alter(dispute, balance_transactions=other)
