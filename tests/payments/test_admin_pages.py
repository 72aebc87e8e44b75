"""What staff see of payments: sums in dollars, no way that leads nowhere, and as many queries as before."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from payments.models import DgtPackage, Order, ProviderEvent, Review, StripeDgtSession
from tests import make
from tests.payments.buying import again, ordered, paid, session, told


@pytest.fixture
def page(window, card):
    """The admin's browser."""
    return window(make.user("root", is_staff=True, is_superuser=True))


def url_of(row):
    return reverse(f"admin:payments_{row._meta.model_name}_change", args=[row.pk])


def queries(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_an_order_leads_to_no_page_that_only_its_buyer_has(page, card, alice):
    order = paid(card, alice)
    assert "View on site" not in page.get(url_of(order)).text


def test_a_review_says_in_dollars_what_was_paid_and_what_was_ordered(page, card, alice):
    order = ordered(alice)
    card.pay(session(order))
    card.alter(session(order), amount_total=1_000)
    told(card)
    assert "10.00 USD paid, 17.99 USD ordered" in page.get(url_of(Review.objects.get())).text


def test_a_review_of_money_for_no_order_has_no_sums(page, card):
    review = Review.objects.create(provider="stripe", reference="cs_test_1", reason="unknown_order")
    assert "USD ordered" not in page.get(url_of(review)).text


def test_an_order_costs_as_many_queries_however_much_happened_to_it(page, card, alice):
    order = paid(card, alice)
    before = queries(page, url_of(order))
    for cents in (100, 200, 300):
        card.refund(session(order), cents)
        told(card)
    assert (again(order).movements.count(), queries(page, url_of(order))) == (4, before)


@pytest.mark.parametrize(
    ("model", "cost"), [(DgtPackage, 3), (ProviderEvent, 4), (Review, 4), (StripeDgtSession, 4), (Order, 8)]
)
def test_a_page_costs_as_many_queries_as_it_did(page, card, alice, model, cost):
    order = paid(card, alice)
    Review.objects.create(provider="stripe", order=order, reason="wrong_amount", reference="pi_1")
    row = model.objects.order_by("pk").last()
    assert queries(page, url_of(row)) == cost


def test_the_list_of_packages_costs_the_same_however_long_it_is(page, card):
    url = reverse("admin:payments_dgtpackage_changelist")
    before = queries(page, url)
    for number in range(3):
        DgtPackage.objects.create(
            id=f"new-{number}", name="New", dgt_amount=10, price_cents=100, price_usdt="1.00", position=200 + number
        )
    assert queries(page, url) == before
