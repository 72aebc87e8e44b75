"""Orders on their pages: the list, the receipt, and what can be done in every state."""

import re
from datetime import timedelta

import pytest
from django.utils.dateformat import format as date_format

from degentalk.accounts.models import Notification
from degentalk.core import clock, switches
from payments import services as payments
from payments.presentation import STANDINGS
from payments.states import State
from tests import make
from tests.html import main_of
from tests.payments.buying import again, ordered, paid, session, told
from wallet import services as wallet

pytestmark = pytest.mark.usefixtures("card")


@pytest.fixture
def page(window, alice):
    """Alice's browser."""
    return window(alice)


@pytest.fixture
def mallory(window, card):
    return window(make.user("mallory"))


def order_page(client, order):
    return main_of(client.get(order.get_absolute_url()))


# ── One order ──


def test_what_is_not_paid_can_be_paid(page, alice):
    shown = order_page(page, ordered(alice))
    assert "Nothing was charged." in shown
    assert "Pay $17.99 by card" in shown
    assert "Receipt" not in shown


def test_what_is_paid_is_a_receipt_with_its_movement(page, card, alice):
    order = paid(card, alice)
    shown = order_page(page, order)
    for words in (f"Receipt {order.short_id}", "Trader", "1,200", "$17.99", "alice", "Payment received"):
        assert words in shown
    journal = order.movements.get().journal.public_id
    assert f'href="/wallet/journal/{journal}"' in shown
    assert "+1,300 DGT" in shown
    assert "/pay" not in shown


def test_a_receipt_says_what_it_is_who_sold_it_and_when_in_which_zone(page, card, alice):
    order = paid(card, alice)
    shown = order_page(page, order)
    assert "This confirms a payment for DGT, a token of this forum" in shown
    assert f'value="{order.public_id}"' in shown
    rows = dict(re.findall(r"<dt>([^<]*)</dt><dd[^>]*>([^<]*)</dd>", shown))
    paid_at = f"{date_format(order.paid_at, 'j M Y, H:i')} UTC, Card"
    wanted = {"Seller": "Degentalk", "Buyer": "alice", "Package": "Trader", "DGT": "1,200", "Bonus": "100"}
    assert wanted | {"Paid": paid_at, "Price": "$17.99"} == {name: rows[name] for name in (*wanted, "Paid", "Price")}


def test_what_is_not_paid_is_called_no_receipt(page, alice):
    assert "This confirms a payment" not in order_page(page, ordered(alice))


def test_what_was_refunded_says_how_much_went_back(page, card, alice):
    order = paid(card, alice)
    card.refund(session(order), 900)
    told(card)
    shown = order_page(page, order)
    assert "Partly refunded" in shown
    assert re.search(r"<dt>Paid back</dt><dd class=\"num\">\$9\.00</dd>", shown)
    assert re.search(r"<dt>Taken back</dt><dd class=\"num\">651 DGT</dd>", shown)


def test_what_is_disputed_says_what_is_held_and_what_to_do(page, card, alice):
    order = paid(card, alice)
    card.dispute(session(order))
    told(card)
    shown = order_page(page, order)
    assert "If you did not dispute it, tell your bank." in shown
    assert '<dt>Held</dt><dd class="num">1,300 DGT</dd>' in shown


def test_what_expired_leads_to_the_packages(page, card, alice):
    order = ordered(alice)
    card.expire(session(order))
    told(card)
    shown = order_page(page, order)
    assert "The time to pay is over. Nothing was charged" in shown
    assert ("Order again" in shown, "/pay" in shown) == (True, False)


def test_what_is_too_late_to_pay_is_not_offered_even_before_it_is_closed(page, alice):
    order = ordered(alice)
    with clock.at(order.expires_at + timedelta(seconds=1)):
        shown = order_page(page, order)
        answer = page.post(f"{order.get_absolute_url()}/pay")
    assert ("Not paid in time" in shown, "/pay" in shown) == (True, False)
    assert answer["Location"] == order.get_absolute_url()


def test_what_stripe_would_not_take_any_more_is_not_sent_there(page, alice):
    order = payments.place(user=alice, package_id="trader", provider="stripe")
    with clock.at(order.expires_at - timedelta(minutes=29)):
        page.post(f"{order.get_absolute_url()}/pay")
        assert "This order cannot be paid any more." in page.get(order.get_absolute_url()).content.decode()
    assert not hasattr(again(order), "stripe_session")


def test_what_waits_for_a_frozen_wallet_says_so(page, card, alice):
    order = ordered(alice)
    wallet.freeze(user=alice, actor=make.moderator(), reason="a drill")
    card.pay(session(order))
    told(card)
    assert "your wallet takes nothing now" in order_page(page, order)


def test_what_is_not_what_was_ordered_waits_for_staff(page, card, alice):
    order = ordered(alice)
    card.pay(session(order))
    card.alter(session(order), amount_total=1)
    told(card)
    assert "Staff look at it; you need not do anything." in order_page(page, order)


def test_a_frozen_wallet_or_a_switch_leaves_no_button_to_pay(page, alice):
    order = ordered(alice)
    switches.set_switch(name="stripe", is_on=False, actor=make.moderator(), reason="a drill")
    assert "/pay" not in order_page(page, order)


def test_every_state_has_words_of_its_own():
    assert set(STANDINGS) == set(State)


@pytest.mark.parametrize("path", ["", "/paid", "/progress", "/cancelled"])
def test_w4_orders_of_others_and_of_nobody_answer_alike(mallory, alice, path):
    theirs, nobodys = ordered(alice).public_id, "00000000-0000-7000-8000-000000000000"
    answers = [mallory.get(f"/buy/orders/{which}{path}") for which in (theirs, nobodys)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert main_of(answers[0]) == main_of(answers[1])


@pytest.mark.parametrize("path", ["", "/paid", "/progress", "/cancelled"])
def test_w16_an_order_is_its_owners_and_kept_in_no_cache(page, client, alice, path):
    url = f"{ordered(alice).get_absolute_url()}{path}"
    assert page.get(url)["Cache-Control"] == "no-store"
    assert client.get(url)["Location"] == f"/account/login/?next={url}"


def test_an_order_costs_as_many_queries_as_it_did(page, card, alice, django_assert_num_queries):
    orders = [ordered(alice), paid(card, alice)]
    card.refund(session(orders[1]), 900)
    told(card)
    for order in orders:
        order_page(page, order)
        with django_assert_num_queries(8):
            order_page(page, order)


# ── All of them ──


def listed(answer):
    return re.findall(r'<span class="title">(\w+): ', main_of(answer))


def test_orders_are_listed_newest_first_and_only_ones_own(page, mallory, card, alice):
    paid(card, alice)
    ordered(alice, "starter")
    assert listed(page.get("/buy/orders")) == ["Starter", "Trader"]
    assert "You have not bought any DGT yet" in main_of(mallory.get("/buy/orders"))


def test_the_address_says_which_orders(page, card, alice):
    paid(card, alice)
    ordered(alice, "starter")
    card.expire(session(ordered(alice, "whale")))
    told(card)
    shown = {show: listed(page.get(f"/buy/orders?show={show}")) for show in ("unpaid", "paid", "closed")}
    assert shown == {"unpaid": ["Starter"], "paid": ["Trader"], "closed": ["Whale"]}


def test_a_list_with_nothing_in_it_says_so(page):
    assert "You have no such orders." in main_of(page.get("/buy/orders?show=paid"))


@pytest.mark.parametrize("query", ["show=nothing", "cursor=nonsense"])
def test_an_address_that_asks_for_nonsense_is_refused(page, query):
    assert page.get(f"/buy/orders?{query}").status_code == 400


def test_long_lists_come_in_pages(page, alice):
    for _ in range(26):
        payments.place(user=alice, package_id="starter", provider="stripe")
    first = page.get("/buy/orders?show=unpaid")
    following = re.search(r'rel="next" href="([^"]*)"', main_of(first))[1].replace("&amp;", "&")
    assert "show=unpaid" in following
    assert [len(listed(first)), len(listed(page.get(f"/buy/orders{following}")))] == [25, 1]


@pytest.mark.parametrize("more", [0, 5])
def test_the_list_costs_the_same_however_long_it_is(page, card, alice, more, django_assert_num_queries):
    for _ in range(more):
        payments.place(user=alice, package_id="starter", provider="stripe")
    page.get("/buy/orders")
    with django_assert_num_queries(5):
        page.get("/buy/orders")


def test_the_notification_of_an_order_leads_to_its_receipt(page, card, alice):
    paid(card, alice)
    told_of = Notification.objects.get(user=alice, kind="order")
    assert (told_of.icon, "Receipt" in main_of(page.get(told_of.url))) == ("credit-card", True)
