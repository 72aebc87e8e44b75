"""Packages on their page, ordering one, and the way to the page where it is paid."""

import re

import pytest

from degentalk.core import switches
from payments.models import DgtPackage, Order
from tests import make
from tests.html import html_of, main_of
from tests.payments.buying import TRADER, again, paid, session

pytestmark = pytest.mark.usefixtures("card")


@pytest.fixture
def page(window, alice):
    """Alice's browser."""
    return window(alice)


def send(client, package=TRADER[0], price=TRADER[1], dgt=TRADER[2], key=""):
    fields = {"package": package, "price": price, "dgt": dgt, "key": key or f"form-{make.serial()}"}
    return client.post("/buy", fields)


def field_in(shown, name, package=TRADER[0]):
    form = next(part for part in shown.split("<form") if f'value="{package}"' in part)
    return re.search(rf'name="{name}" value="([^"]*)"', form)[1]


# ── Packages ──


def test_packages_are_shown_with_bonus_price_and_what_a_dgt_costs(page):
    shown = main_of(page.get("/buy"))
    card = next(part for part in shown.split("<li") if "Trader" in part)
    for words in ("1,300", "1,200 and 100 as a bonus", "$17.99", "$1.38", "30 % less per DGT", "Buy for $17.99"):
        assert words in card


def test_visitors_see_packages_and_are_asked_to_sign_in(client):
    shown = main_of(client.get("/buy"))
    assert ("<form" in shown, shown.count("/account/login/?next=/buy")) == (False, 5)


def test_a_package_that_is_not_on_sale_is_not_shown(page):
    DgtPackage.objects.filter(pk="trader").update(is_active=False)
    assert "Trader" not in main_of(page.get("/buy"))


def test_without_any_package_the_page_says_so(page):
    DgtPackage.objects.update(is_active=False)
    assert "Nothing is sold at the moment" in main_of(page.get("/buy"))


@pytest.mark.parametrize(
    ("need", "enough"), [("1301", "whale"), ("1300", "trader"), ("1", "starter"), ("9601", None), ("many", None)]
)
def test_the_smallest_package_that_is_enough_stands_out(page, need, enough):
    shown = main_of(page.get(f"/buy?need={need}"))
    assert re.findall(r'<button class="btn primary block" id="buy-(\w+)"', shown) == ([enough] if enough else [])


def test_without_keys_of_stripe_there_is_no_button_and_no_way_here(page, settings):
    settings.STRIPE_SECRET_KEY = ""
    shown = main_of(page.get("/buy"))
    assert ("<form" in shown, "This way to pay is not set up here." in shown) == (False, True)
    assert 'href="/buy"' not in html_of(page.get("/wallet"))


def test_a17_while_cards_are_switched_off_the_page_says_so(page):
    switches.set_switch(name="stripe", is_on=False, actor=make.moderator(), reason="a drill")
    shown = main_of(page.get("/buy"))
    assert ("<form" in shown, "Switched off for the moment: Buying DGT by card." in shown) == (False, True)
    assert (send(page).status_code, Order.objects.count()) == (422, 0)


@pytest.mark.parametrize("is_sandbox", [True, False])
def test_the_sandbox_says_that_no_money_moves(page, settings, is_sandbox):
    settings.IS_SANDBOX = is_sandbox
    assert ("SANDBOX: no money moves." in main_of(page.get("/buy"))) is is_sandbox


def test_w3_only_these_pages_may_lead_to_the_checkout(page, settings):
    settings.STRIPE_CHECKOUT_ORIGIN = "https://checkout.stripe.com"
    policies = [page.get(path)["Content-Security-Policy"] for path in ("/buy", "/wallet", "/buy/orders")]
    targets = [re.search(r"form-action ([^;]*)", policy)[1] for policy in policies]
    assert targets == ["'self' https://checkout.stripe.com", "'self'", "'self'"]


@pytest.mark.parametrize("path", ["/wallet", "/shop"])
def test_ways_lead_here(page, path):
    assert 'href="/buy"' in main_of(page.get(path))


def test_w16_the_page_is_kept_in_no_cache(page):
    assert page.get("/buy")["Cache-Control"] == "no-store"


def test_the_page_costs_as_many_queries_as_it_did(page, client, django_assert_num_queries):
    page.get("/buy")
    with django_assert_num_queries(7):
        page.get("/buy")
    with django_assert_num_queries(3):
        client.get("/buy")


# ── Ordering ──


def test_ordering_leads_to_the_page_to_pay(page, card):
    answer = send(page)
    order = again(Order.objects.get())
    assert (answer.status_code, answer["Location"]) == (303, order.stripe_session.url)
    assert (order.price, order.total_dgt, order.state) == (1_799, 1_300, "pending")
    assert card.get(session(order))["amount_total"] == 1_799


def test_l9_a_form_sent_twice_is_one_order_and_one_session(page, card):
    first, second = (send(page, key="form-1") for _ in range(2))
    assert (second.status_code, second["Location"]) == (303, first["Location"])
    assert (Order.objects.count(), len(card.world.store.oldest("session", lambda _one: True))) == (1, 1)


def test_l10_a_key_with_another_package_orders_nothing(page):
    send(page, key="form-1")
    answer = send(page, "starter", 199, 100, key="form-1")
    assert (answer.status_code, Order.objects.count()) == (422, 1)
    assert field_in(main_of(answer), "key", "starter") != "form-1"


def test_l11_without_a_key_nothing_is_ordered(page):
    answer = send(page, key="ö")
    assert (answer.status_code, Order.objects.count()) == (422, 0)


@pytest.mark.parametrize("quoted", [(1_798, 1_300), (1_799, 1_301)])
def test_another_price_than_the_one_shown_orders_nothing_and_shows_the_price_of_now(page, quoted):
    answer = send(page, "trader", *quoted, key="form-1")
    shown = main_of(answer)
    assert (answer.status_code, Order.objects.count()) == (422, 0)
    assert "This package has changed: it is 1,300 DGT for $17.99 now. Nothing was ordered." in shown
    assert (field_in(shown, "price"), field_in(shown, "dgt")) == ("1799", "1300")
    assert field_in(shown, "key") != "form-1"


@pytest.mark.parametrize("package", ["nothing", "../admin", ""])
def test_a_package_that_does_not_exist_is_refused(page, package):
    answer = send(page, package)
    assert (answer.status_code, Order.objects.count()) == (422, 0)
    assert 'role="alert"' in main_of(answer)


@pytest.mark.parametrize("price", ["-1", "17.99", "１７９９", "", "9" * 30])
def test_w6_a_price_that_is_no_whole_number_is_refused(page, price):
    assert (send(page, price=price).status_code, Order.objects.count()) == (422, 0)


def test_w5_whoever_sends_more_fields_gets_no_more(page, alice):
    fields = {"package": "trader", "price": 1_799, "dgt": 1_300, "key": "form-1", "bonus_dgt": 10**6, "user": 1}
    page.post("/buy", fields)
    order = Order.objects.get()
    assert (order.user_id, order.total_dgt) == (alice.pk, 1_300)


def test_visitors_who_send_it_are_asked_to_sign_in(client):
    answer = send(client)
    assert (answer.status_code, answer["Location"], Order.objects.count()) == (303, "/account/login/?next=/buy", 0)


def test_w2_a_post_without_the_csrf_token_is_refused(alice):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert (send(client).status_code, Order.objects.count()) == (403, 0)


# ── When Stripe does not answer ──


def test_while_stripe_is_down_the_order_waits_and_is_paid_later(page, card):
    card.fail_next("500", times=3)
    answer = send(page, key="form-1")
    order = Order.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/buy/orders/{order.public_id}")
    shown = html_of(page.get(answer["Location"]))
    assert "The card service does not answer. Nothing was charged." in shown
    assert "Pay $17.99 by card" in shown
    answer = page.post(f"/buy/orders/{order.public_id}/pay")
    assert (answer.status_code, answer["Location"]) == (303, again(order).stripe_session.url)
    assert send(page, key="form-1")["Location"] == answer["Location"]
    assert Order.objects.count() == 1


def test_an_order_that_is_paid_is_not_paid_again(page, card, alice):
    order = paid(card, alice)
    answer = page.post(f"/buy/orders/{order.public_id}/pay")
    assert (answer.status_code, answer["Location"]) == (303, order.get_absolute_url())
    assert "cannot be paid" not in html_of(page.get(answer["Location"]))


def test_w4_nobody_pays_an_order_of_somebody_else(window, alice):
    from tests.payments.buying import ordered

    order, mallory = ordered(alice), window(make.user("mallory"))
    assert mallory.post(f"/buy/orders/{order.public_id}/pay").status_code == 404


def test_w7_whoever_orders_all_the_time_has_to_wait(page, settings):
    answers = [send(page) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [303] * 20 + [422]
    assert Order.objects.count() == 20
