"""What came in, chain by chain, is what was credited and what is on the list (U25)."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from payments import services as payments
from payments.models import Order, Review, UsdtTransfer
from payments.states import State
from tests import make
from tests.payments.buying import wallet
from tests.payments.usdt.buying import again, opened, ordered, pay, settled, where

pytestmark = pytest.mark.django_db


def inflow(chain) -> int:
    """Of the sandbox's own books: all that ever came to an address of ours."""
    return sum(chain.balances(deposit)["tokens"] for deposit in {where(order).address for order in Order.objects.all()})


def test_u25_what_came_in_is_credited_or_listed(usdt, alice):
    opened()
    exact, short, over, unpaid = (ordered(alice) for _ in range(4))
    pay(usdt, exact)
    pay(usdt, short, mode="short")
    pay(usdt, over, mode="over")
    settled(usdt, exact)
    assert payments.sweep("usdt") == []
    rows = UsdtTransfer.objects.filter(state="final")
    assert sum(row.value for row in rows) == inflow(usdt)
    credited = sum(again(order).paid for order in (exact, over))
    listed = again(short).paid + again(over).surplus
    assert credited + listed == inflow(usdt)
    assert again(unpaid).state == State.PENDING


def test_u25_a_difference_is_named_with_its_order(usdt, alice):
    opened()
    order = ordered(alice)
    pay(usdt, order)
    settled(usdt, order)
    Order.objects.filter(pk=order.pk).update(paid=order.price - 1)
    [found, *_] = list(payments.reconcile("usdt"))
    assert (found.order, found.what) == (
        order,
        f"{order.price} micro-USDT are final on Sandbox, {order.price - 1} in the order",
    )
    assert again(order).paid == order.price
    assert payments.sweep("usdt") == []


def test_u25_a_chain_that_does_not_answer_is_named(usdt, alice):
    opened()
    settled(usdt, ordered(alice))
    for name in ("main", "second"):
        usdt.set_faults(name, mode="500")
    found = payments.reconcile("usdt")
    assert [one.what for one in found] == ["Sandbox cannot be read now: no provider of Sandbox answers"]


def test_u25_the_command_names_what_differs(usdt, alice, capsys):
    opened()
    order = ordered(alice)
    usdt.set_faults("main", nothing=["logs"])
    tx = pay(usdt, order)
    settled(usdt, order)
    call_command("reconcile", provider="usdt")
    assert tx in capsys.readouterr().out
    assert again(order).state == State.CREDITED


def test_surplus_that_staff_credit_is_issued_once_and_in_the_books(usdt, alice):
    opened()
    order = ordered(alice)
    pay(usdt, order, mode="over")
    settled(usdt, order)
    eve = make.user("eve", is_staff=True)
    eve.groups.add(Group.objects.get(name="economist"))
    [review] = Review.objects.open()
    assert payments.may_credit(review)
    payments.decide_or_ask(review=review, decision=Review.Decision.CREDIT, actor=eve, note="They asked", key="k")
    more = order.total_dgt * (order.price // 10) // order.price
    assert wallet(alice)[0] == order.total_dgt + more
    payments.look(again(order), because="again")
    assert wallet(alice)[0] == order.total_dgt + more
    assert payments.sweep("usdt") == []
    assert not payments.may_credit(Review.objects.get())
