"""Orders that are paid on a chain: found, confirmed, credited once."""

import pytest

from payments.states import State
from tests.payments.buying import wallet
from tests.payments.usdt.buying import again, opened, ordered, pay, settled, watched, where

pytestmark = pytest.mark.django_db


def test_u5_u11_a_payment_is_found_by_itself_and_credited_when_it_is_final(usdt, alice):
    opened()
    order = ordered(alice)
    assert order.state == State.PENDING
    pay(usdt, order)
    watched()
    assert again(order).state == State.PROCESSING
    usdt.mine(3)
    watched()
    assert again(order).state == State.PROCESSING
    usdt.mine()
    watched()
    assert again(order).state == State.CREDITED
    assert wallet(alice) == (order.total_dgt, 0, 0)
    watched()
    assert wallet(alice) == (order.total_dgt, 0, 0)
