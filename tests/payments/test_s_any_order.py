"""S6: whatever is told in whichever order ends in the same ledger; answers of Stripe that overtake each other."""

import itertools
import random

import pytest

from payments import providers
from payments import services as payments
from payments.models import OrderMovement, Review
from payments.services import looking
from payments.states import Facts, State
from tests.extent import extent
from tests.payments.buying import TRADER, again, ordered, session, told, wallet, worked
from tests.wallet.test_ledger import drift

PRICE, DGT = TRADER[1:]


LIFE = ["checkout.session.completed", "checkout.session.async_payment_succeeded", "refund.created"]
LIFE += ["charge.dispute.created", "charge.dispute.closed"]
ORDERS = list(itertools.permutations(LIFE))
SHUFFLED = extent(random.Random(6).sample(ORDERS, 6), ORDERS)


def _lived(card, order):
    """Paid by bank debit, a fifth refunded, a dispute opened and lost: cents 1,799, of which 359 went back first."""
    card.pay_later(session(order))
    card.settle(session(order))
    card.refund(session(order), 359)
    dispute = card.dispute(session(order), amount=500)
    card.close_dispute(dispute["id"], "lost")


def _facts(order):
    row = again(order)
    return (row.state, row.paid, row.refunded, row.disputed, row.lost, row.credited_dgt, row.taken_dgt, row.held_dgt)


@pytest.mark.proof
def test_s6_the_events_of_a_life_in_any_order_lead_to_the_same_end(card, alice):
    orders = {}
    for shuffled in SHUFFLED:
        order = ordered(alice)
        _lived(card, order)
        about = {event["type"]: event for event in card.events() if _is_about(card, event, order)}
        assert set(LIFE) <= set(about)
        for name in shuffled:
            card.deliver(about[name]["id"])
            worked()
        orders[shuffled] = order
    taken = -(-DGT * (359 + 500) // PRICE)
    assert {_facts(order) for order in orders.values()} == {(State.LOST, PRICE, 359, 0, 500, DGT, taken, 0)}
    assert wallet(alice) == (len(orders) * (DGT - taken), 0, 0)
    assert drift() == []


def _is_about(card, event, order) -> bool:
    about = event["data"]["object"]
    intent = card.get(session(order))["payment_intent"]
    return about["id"] == session(order) or about.get("payment_intent") == intent


@pytest.mark.parametrize("told_of", range(len(LIFE)))
def test_s6_one_event_alone_is_enough_for_the_same_end(card, alice, told_of):
    order = ordered(alice)
    _lived(card, order)
    one = next(event for event in card.events(LIFE[told_of]) if _is_about(card, event, order))
    card.deliver(one["id"])
    worked()
    assert _facts(order)[:5] == (State.LOST, PRICE, 359, 0, 500)


def test_s6_paid_and_expired_told_in_either_order_is_paid(card, alice):
    orders = [ordered(alice), ordered(alice)]
    for order, names in zip(orders, itertools.permutations(("completed", "expired")), strict=True):
        card.pay(session(order))
        for name in names:
            event = card.announce(f"checkout.session.{name}", session(order))
            card.deliver(event["id"])
            worked()
    assert [again(order).state for order in orders] == [State.CREDITED] * 2
    assert wallet(alice) == (2 * DGT, 0, 0)


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
