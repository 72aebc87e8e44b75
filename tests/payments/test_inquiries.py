"""S19: a bank that only asks takes nothing, so nothing is held and nothing is reinstated, however the question ends."""

import pytest

from payments.states import State
from tests.payments.buying import again, paid, session, told, wallet


@pytest.mark.parametrize("result", ["warning_closed", "prevented"])
def test_s19_an_inquiry_that_ends_leaves_the_order_credited(card, alice, result):
    order = paid(card, alice)
    inquiry = card.dispute(session(order), kind="inquiry")
    card.close_dispute(inquiry["id"], result)
    told(card)
    assert (again(order).state, again(order).had_dispute, wallet(alice)) == (State.CREDITED, False, (1_300, 0, 0))


def test_s19_a_dispute_that_was_prevented_gives_back_what_it_held(card, alice):
    order = paid(card, alice)
    dispute = card.dispute(session(order))
    told(card)
    card.close_dispute(dispute["id"], "prevented")
    told(card)
    assert (again(order).state, again(order).had_dispute, wallet(alice)) == (State.REINSTATED, True, (1_300, 0, 0))
