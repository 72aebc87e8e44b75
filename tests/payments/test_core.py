"""One order from being placed to whatever becomes of it, through the real library and over HTTP."""

from payments import services as payments
from payments.states import State
from tests.payments.buying import TRADER, again, ordered, session, told, wallet
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
