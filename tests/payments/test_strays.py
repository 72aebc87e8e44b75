"""Money that comes beside an order's own payment: a person decides about it, once, and it pays for nothing else."""

import pytest

from payments import services as payments
from payments.models import Order, Review, StripeDgtSession
from payments.states import State
from tests.payments.buying import TRADER, again, ordered, paid, session, told, wallet
from tests.wallet.test_staff import economist


def test_what_was_decided_about_stray_money_is_not_asked_again_every_night(card, alice):
    order = paid(card, alice)
    card.foreign_session(reference=str(order.public_id))
    told(card)
    payments.decide(review=Review.objects.open().get(), decision="dismiss", actor=economist(), note="Refunded there")
    payments.sweep("stripe")
    assert (Review.objects.count(), Review.objects.open().count()) == (1, 0)


def test_s12_what_was_bought_by_a_payment_link_of_the_account_is_no_orders_session(card, alice):
    """Stripe lets the buyer choose the client_reference_id of a payment link: what they bought there is not this."""
    order = payments.place(user=alice, package_id=TRADER[0], provider="stripe")
    elsewhere = card.foreign_session(cents=TRADER[1], reference=str(order.public_id))
    told(card)
    payments.sweep("stripe")
    order = Order.objects.get(pk=order.pk)
    assert (order.state, wallet(alice), StripeDgtSession.objects.count()) == (State.CREATED, (0, 0, 0), 0)
    review = Review.objects.open().get()
    assert (review.order, review.reference, payments.may_credit(review)) == (order, elsewhere["id"], False)
    assert payments.pay(order).startswith(card.url)
    card.pay(session(again(order)))
    told(card)
    assert (again(order).state, wallet(alice)) == (State.CREDITED, (TRADER[2], 0, 0))


@pytest.mark.parametrize("named", ["", "another"])
def test_s12_an_unpaid_session_of_others_does_not_become_an_orders_own(card, alice, named):
    order = payments.place(user=alice, package_id=TRADER[0], provider="stripe")
    foreign = session(ordered(alice)) if named else card.foreign_session()["id"]
    card.alter(foreign, client_reference_id=str(order.public_id), payment_status="unpaid", status="open")
    payments.sweep("stripe")
    assert not StripeDgtSession.objects.filter(order=order).exists()
    assert not Review.objects.exists()
