"""Looking: answers that overtake each other, and money that came beside an order's own payment."""

from payments import providers
from payments import services as payments
from payments.models import OrderMovement, Review
from payments.services import looking
from payments.states import Facts, State
from tests.payments.buying import TRADER, again, ordered, session, told, wallet

PRICE, DGT = TRADER[1:]


def test_an_answer_that_is_late_does_not_overwrite_a_newer_one(card, alice):
    order = ordered(alice)
    early = Facts(reference=session(order))
    tickets = [looking._take_ticket(order) for _ in range(3)]
    card.pay(session(order))
    now = providers.way("stripe").look(order)
    assert looking.record(order, now, ticket=tickets[1], because="the second who asked")
    assert not looking.record(order, Facts(reference="", closed="failed"), ticket=tickets[0], because="the first")
    assert again(order).state == State.CONFIRMED
    assert looking.record(order, early, ticket=tickets[2], because="the third")
    assert again(order).state == State.CONFIRMED  # what is paid is never unpaid


def test_s13_a_second_session_that_was_paid_for_one_order_goes_to_review(card, alice):
    order = ordered(alice)
    card.pay(session(order))
    second = card.foreign_session(cents=PRICE, reference=str(order.public_id))
    told(card)
    assert (wallet(alice), OrderMovement.objects.filter(order=order).count()) == ((DGT, 0, 0), 1)
    assert list(Review.objects.open().values_list("order_id", "reference", "reason")) == [
        (order.pk, second["id"], Review.Reason.UNKNOWN_ORDER)
    ]
    payments.sweep("stripe")
    assert (wallet(alice), Review.objects.open().count()) == ((DGT, 0, 0), 1)
