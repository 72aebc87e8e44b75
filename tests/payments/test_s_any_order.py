"""S6: in whatever order, however often and whether at all things are told, the end is the same.

`make test` tries one schedule of each life, `make proof` many; the seed of one that fails is printed.
"""

import random

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from payments import services as payments
from payments.states import State
from tests import make
from tests.extent import extent
from tests.payments.buying import TRADER, again, ordered, session, wallet, worked
from tests.wallet.test_ledger import drift

DGT = TRADER[2]
SETTINGS = settings(max_examples=extent(1, 60), phases=[Phase.generate], suppress_health_check=list(HealthCheck))


class Life:
    """What happens at Stripe to one payment, step by step."""

    def __init__(self, card, order):
        self.card, self.session = card, session(order)

    def pays(self):
        self.card.pay(self.session)

    def pays_later(self):
        self.card.pay_later(self.session)

    def arrives(self):
        self.card.settle(self.session)

    def is_returned(self):
        self.card.settle(self.session, ok=False)

    def expires(self):
        self.card.expire(self.session)

    def refund(self):
        self.refunded = self.card.refund(self.session, 500)["id"]

    def refund_fails(self):
        self.card.fail_refund(self.refunded)

    def refund_of_the_rest(self):
        self.card.refund(self.session)

    def dispute(self):
        self.disputed = self.card.dispute(self.session)["id"]

    def won(self):
        self.card.close_dispute(self.disputed, "won")

    def lost(self):
        self.card.close_dispute(self.disputed, "lost")

    def reinstated(self):
        self.card.reinstate(self.disputed)


LIVES = [
    ("pays", State.CREDITED, (DGT, 0, 0)),
    ("pays_later arrives", State.CREDITED, (DGT, 0, 0)),
    ("pays_later is_returned", State.FAILED, (0, 0, 0)),
    ("expires", State.EXPIRED, (0, 0, 0)),
    ("pays refund dispute", State.DISPUTED, (0, 938, 0)),
    ("pays refund dispute won", State.PARTLY_REFUNDED, (938, 0, 0)),
    ("pays refund dispute lost reinstated", State.PARTLY_REFUNDED, (938, 0, 0)),
    ("pays refund refund_fails dispute lost", State.LOST, (0, 0, 0)),
    ("pays_later arrives refund refund_of_the_rest", State.REFUNDED, (0, 0, 0)),
    ("pays dispute won refund_of_the_rest", State.REFUNDED, (0, 0, 0)),
]


@pytest.mark.proof
@pytest.mark.parametrize(("life", "state", "figures"), LIVES, ids=[life for life, *_rest in LIVES])
def test_s6_whatever_is_told_when_and_how_often_the_end_is_the_same(card, life, state, figures):
    @SETTINGS
    @given(seed=st.integers(0, 2**32))
    def ends_the_same(seed):
        dice = random.Random(f"{life} {seed}")
        buyer = make.verified(make.user(f"buyer{make.serial()}"))
        order = ordered(buyer)
        happens, untold = Life(card, order), []
        before = {event["id"] for event in card.events()}
        for step in life.split():
            getattr(happens, step)()
            untold = [event["id"] for event in card.events() if event["id"] not in before]
            tells(card, dice, untold)
        tells(card, dice, untold)
        payments.sweep("stripe")
        worked()
        assert (again(order).state, wallet(buyer), drift()) == (state, figures, [])

    ends_the_same()


def tells(card, dice, events: list[str]) -> None:
    """Some of the events, old ones too, in any order; some twice; a worker may be slow."""
    for event in dice.sample(events, dice.randint(0, min(3, len(events)))):
        card.deliver(event, times=dice.randint(1, 2))
    if dice.random() < 0.7:
        worked()


@pytest.mark.parametrize("first", ["charge.dispute.created", "refund.created", "checkout.session.completed"])
def test_s6_whichever_event_comes_first_alone_is_enough(card, alice, first):
    order = ordered(alice)
    card.pay(session(order))
    card.refund(session(order), 500)
    card.dispute(session(order))
    (event,) = card.events(first)
    card.deliver(event["id"])
    worked()
    assert (again(order).state, wallet(alice)) == (State.DISPUTED, (0, 938, 0))


@pytest.mark.parametrize("call", [1, 2, 3])
def test_s6_an_answer_that_is_late_does_not_overwrite_a_newer_one(card, alice, line, call):
    """While an answer is on its way, the money goes back and somebody else looks."""
    order = ordered(alice)
    card.pay(session(order))
    last = len(line.asked) + call

    def overtake():
        if len(line.asked) == last:
            line.afterwards = lambda: None
            card.refund(session(order), 500)
            payments.look(order, because="overtaken")
            connection.close()

    line.afterwards = overtake
    payments.look(order, because="late")
    assert (again(order).state, again(order).refunded, wallet(alice)) == (State.PARTLY_REFUNDED, 500, (938, 0, 0))
    assert [row.dgt for row in order.movements.all()] == [DGT, -362]
