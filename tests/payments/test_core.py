"""One order from being placed to whatever becomes of it, through the real library and over HTTP."""

from payments import services as payments
from payments.states import State
from tests.payments.buying import TRADER, again, ordered, paid, session, told, wallet
from tests.wallet.test_ledger import drift


def test_what_is_paid_is_credited_once(card, alice):
    order = ordered(alice)
    assert (order.state, wallet(alice)) == (State.PENDING, (0, 0, 0))
    card.pay(session(order))
    told(card)
    told(card)
    assert (again(order).state, wallet(alice)) == (State.CREDITED, (TRADER[2], 0, 0))
    assert list(again(order).changes.values_list("to_state", flat=True)) == [
        "created",
        "pending",
        "confirmed",
        "credited",
    ]
    assert list(payments.sweep("stripe")) == []
    assert drift() == []


def test_s17_refunds_take_back_their_share_and_a_full_one_all(card, alice):
    order = paid(card, alice)
    card.refund(session(order), 1)
    told(card)
    assert (again(order).state, wallet(alice)) == (State.PARTLY_REFUNDED, (1_299, 0, 0))
    card.refund(session(order))
    told(card)
    assert (again(order).state, wallet(alice)) == (State.REFUNDED, (0, 0, 0))
    assert payments.sweep("stripe") == []


def test_s19_a_dispute_holds_and_won_releases(card, alice):
    order = paid(card, alice)
    dispute = card.dispute(session(order))
    told(card)
    assert (again(order).state, wallet(alice)) == (State.DISPUTED, (0, 1_300, 0))
    card.close_dispute(dispute["id"], "won")
    told(card)
    assert (again(order).state, wallet(alice)) == (State.REINSTATED, (1_300, 0, 0))


def test_s19_lost_burns_and_reinstated_credits_again(card, alice):
    order = paid(card, alice)
    dispute = card.dispute(session(order))
    card.close_dispute(dispute["id"], "lost")
    told(card)
    assert (again(order).state, wallet(alice)) == (State.LOST, (0, 0, 0))
    card.reinstate(dispute["id"])
    told(card)
    assert (again(order).state, wallet(alice)) == (State.REINSTATED, (1_300, 0, 0))
    assert payments.sweep("stripe") == []
