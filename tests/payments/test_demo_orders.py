"""The demo's orders are real ones: paid at the sandbox, so that both sides' books agree."""

import pytest

from degentalk.demo import orders
from degentalk.demo.conversations import VERA
from payments import services as payments
from payments.models import Order
from tests import make
from tests.payments.buying import told


@pytest.fixture
def members(card):
    return [make.verified(make.user(name)) for name in (VERA, "bob", "carol", "dave")]


def test_orders_of_the_demo_are_as_the_sandbox_says(card, members):
    assert orders.play() == 5
    found = Order.objects.order_by("id").values_list("username", "package_id", "state")
    wanted = [(VERA, *order) for order in orders.VERAS]
    wanted += [(name, *order) for name, order in zip(("bob", "carol"), orders.OTHERS, strict=True)]
    assert list(found) == wanted
    told(card)
    assert payments.sweep("stripe") == []


@pytest.mark.parametrize("changed", [{"IS_SANDBOX": False}, {"STRIPE_SECRET_KEY": ""}])
def test_without_a_sandbox_nobody_buys_in_the_demo(card, members, settings, changed):
    for name, value in changed.items():
        setattr(settings, name, value)
    assert (orders.play(), Order.objects.count()) == (0, 0)
