"""Where Stripe sends the buyer back to: what the address says proves nothing, and waiting costs little."""

import re

import pytest

from payments import providers
from payments.providers import stripe
from payments.states import State
from payments.views.landing import POLLS
from tests import make
from tests.html import html_of, main_of
from tests.payments.buying import again, ordered, session, told, wallet

pytestmark = pytest.mark.usefixtures("card")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def page(window, alice):
    """Alice's browser."""
    return window(alice)


@pytest.fixture
def order(card, alice):
    return ordered(alice)


def land(client, order, of=None):
    return client.get(f"/buy/orders/{order.public_id}/paid?session={of or session(order)}")


def poll(client, order, left=POLLS):
    return client.get(f"/buy/orders/{order.public_id}/progress?left={left}", headers=HTMX)


@pytest.fixture
def asked(monkeypatch):
    """How often Stripe was asked about an order so far."""
    orders = []

    class Counting:
        """The way to pay, with a counter at its look."""

        def look(self, order):
            orders.append(order)
            return stripe.look(order)

        def __getattr__(self, name):
            return getattr(stripe, name)

    monkeypatch.setattr(providers, "way", lambda _name: Counting())
    return lambda: len(orders)


def test_s11_landing_asks_stripe_and_credits_what_was_paid(page, card, alice, order):
    card.pay(session(order))
    shown = main_of(land(page, order))
    assert "1,300 DGT are yours" in shown
    assert "hx-get" not in shown
    assert (again(order).state, wallet(alice)) == (State.CREDITED, (1_300, 0, 0))
    told(card)
    assert wallet(alice) == (1_300, 0, 0)


def test_s11_landing_without_having_paid_credits_nothing(page, alice, order):
    shown = main_of(land(page, order))
    assert "Your payment is being confirmed" in shown
    assert (again(order).state, wallet(alice)) == (State.PENDING, (0, 0, 0))


def test_s11_a_session_of_another_order_changes_nothing(page, card, alice, order, asked):
    other = ordered(alice)
    card.pay(session(other))
    for of in (session(other), "cs_test_nothing", "{CHECKOUT_SESSION_ID}"):
        land(page, order, of=of)
    assert (again(order).state, again(other).state) == (State.PENDING, State.PENDING)
    assert (asked(), wallet(alice)) == (0, (0, 0, 0))


def test_s11_only_the_owner_of_the_order_lands(window, card, alice, order):
    card.pay(session(order))
    mallory = window(make.user("mallory"))
    assert (land(mallory, order).status_code, poll(mallory, order).status_code) == (404, 404)
    assert (again(order).state, wallet(alice)) == (State.PENDING, (0, 0, 0))


def test_a_page_that_waits_asks_us_and_stops_when_it_is_credited(page, card, order):
    assert f'hx-get="/buy/orders/{order.public_id}/progress?left={POLLS}"' in main_of(land(page, order))
    assert f"left={POLLS - 1}" in html_of(poll(page, order))
    card.pay(session(order))
    told(card)
    shown = html_of(poll(page, order))
    assert ("1,300 DGT are yours" in shown, "hx-get" in shown) == (True, False)
    assert '<span class="num" hx-swap-oob="outerHTML:.chip-balance .num">1,300</span>' in shown


@pytest.mark.parametrize(("left", "again_at"), [("2", "left=1"), ("9999", f"left={POLLS - 1}")])
def test_it_counts_down(page, order, left, again_at):
    assert again_at in html_of(poll(page, order, left=left))


@pytest.mark.parametrize("left", ["1", "0", "-1", "many", ""])
def test_it_does_not_wait_for_ever(page, order, left):
    shown = html_of(poll(page, order, left=left))
    assert ("hx-get" in shown, "It takes longer than usual." in shown, "Look again" in shown) == (False, True, True)


def test_however_often_it_asks_stripe_is_asked_once_in_ten_seconds(page, order, asked):
    land(page, order)
    for _ in range(5):
        poll(page, order)
    assert asked() == 1


def test_what_is_settled_is_not_asked_for_again(page, card, order, asked):
    card.pay(session(order))
    told(card)
    before = asked()
    poll(page, order)
    assert asked() == before


def test_without_a_script_a_link_looks_again(page, card, order):
    link = re.search(r'href="([^"]*/paid\?session=[^"]*)"', main_of(land(page, order)))[1]
    card.pay(session(order))
    told(card)
    assert "1,300 DGT are yours" in main_of(page.get(link))


def test_a_debit_that_takes_days_is_said_and_not_waited_for(page, card, order):
    card.pay_later(session(order))
    shown = main_of(land(page, order))
    assert ("That takes up to some days" in shown, "hx-get" in shown) == (True, False)


def test_while_stripe_is_down_the_page_waits(page, card, alice, order):
    card.pay(session(order))
    card.fail_next("500", times=3)
    answer = land(page, order)
    assert (answer.status_code, "Your payment is being confirmed" in main_of(answer)) == (200, True)
    told(card)
    assert wallet(alice) == (1_300, 0, 0)


def test_cancelled_nothing_was_charged_and_it_can_be_paid(page, order):
    shown = main_of(page.get(f"/buy/orders/{order.public_id}/cancelled"))
    for words in ("You came back without paying. Nothing was charged.", "Pay $17.99 by card", "Choose another package"):
        assert words in shown


def test_cancelled_is_not_said_of_what_was_paid(page, card, order):
    card.pay(session(order))
    told(card)
    assert "without paying" not in main_of(page.get(f"/buy/orders/{order.public_id}/cancelled"))


def test_waiting_costs_as_many_queries_as_it_did(page, order, django_assert_num_queries):
    land(page, order)
    with django_assert_num_queries(5):
        poll(page, order)
    with django_assert_num_queries(6):
        land(page, order)
