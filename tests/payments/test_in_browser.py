"""Buying in a real Chromium: to the page to pay and back, a double click, no script, another tab, the way back."""

import pytest
from playwright.sync_api import Page, expect

from degentalk.core import outbox
from payments.models import Order
from tests import browsing
from tests.browsing import barriers
from tests.payments.buying import again, ordered, paid, session, told, wallet

pytestmark = browsing.MARKS


@pytest.fixture
def page(windows, card, alice) -> Page:
    return windows.open(alice)


def at_checkout(page: Page) -> None:
    page.wait_for_url("**/c/pay/*")
    expect(page.locator("body")).to_contain_text("Trader")


def pays(page: Page) -> None:
    page.click('button[value="pay"]')
    page.wait_for_url("**/paid?session=*")


def test_buying_from_the_packages_to_the_wallet(page, alice):
    page.goto("/buy")
    page.click("#buy-trader")
    at_checkout(page)
    pays(page)
    expect(page.get_by_role("heading", name="1,300 DGT are yours")).to_be_visible()
    expect(page.locator(".chip-balance")).to_contain_text("1,300")
    page.get_by_role("link", name="Receipt").click()
    expect(page.get_by_role("heading", name="Receipt")).to_be_visible()
    assert (wallet(alice), page.evaluate("violations")) == ((1_300, 0, 0), [])


@pytest.mark.parametrize("scripts", [True, False])
def test_l9_a_double_click_is_one_order(windows, card, alice, scripts):
    page = windows.open(alice, java_script_enabled=scripts)
    page.goto("/buy")
    page.locator("#buy-trader").dblclick()
    at_checkout(page)
    assert Order.objects.count() == 1


def test_without_a_script_one_buys_too(windows, card, alice):
    page = windows.open(alice, java_script_enabled=False)
    page.goto("/buy")
    page.click("#buy-trader")
    at_checkout(page)
    pays(page)
    expect(page.get_by_role("heading", name="1,300 DGT are yours")).to_be_visible()


def test_who_comes_back_without_paying_can_pay_the_same_order(page, alice):
    page.goto("/buy")
    page.click("#buy-trader")
    at_checkout(page)
    page.get_by_role("link", name="Back").click()
    expect(page.locator(".alert").last).to_contain_text("Nothing was charged")
    page.click("#pay")
    at_checkout(page)
    pays(page)
    assert (Order.objects.count(), wallet(alice)) == (1, (1_300, 0, 0))


def test_the_way_back_from_the_checkout_shows_packages_with_a_new_key(page):
    page.goto("/buy")
    page.click("#buy-trader")
    at_checkout(page)
    page.go_back()
    expect(page.get_by_role("heading", name="Buy DGT")).to_be_visible()
    page.click("#buy-starter")
    page.wait_for_url("**/c/pay/*")
    assert list(Order.objects.order_by("id").values_list("package_id", flat=True)) == ["trader", "starter"]


def test_paid_in_another_tab_it_is_not_paid_again(page, card, alice):
    order = ordered(alice)
    page.goto(order.get_absolute_url())
    card.pay(session(order))
    told(card)
    page.click("#pay")
    expect(page.get_by_role("heading", name="Receipt")).to_be_visible()
    assert wallet(alice) == (1_300, 0, 0)


def test_a_page_that_waits_shows_it_by_itself_when_it_is_credited(page, card, alice):
    order = ordered(alice)
    page.goto(f"{order.get_absolute_url()}/paid?session={session(order)}")
    expect(page.get_by_role("heading", name="Your payment is being confirmed")).to_be_visible()
    page.evaluate("window.stays = true")
    card.pay(session(order))
    card.deliver_all()
    outbox.deliver_due()
    expect(page.get_by_role("heading", name="1,300 DGT are yours")).to_be_visible()
    expect(page.locator(".chip-balance")).to_contain_text("1,300")
    assert (page.evaluate("window.stays"), again(order).state) == (True, "credited")


def test_on_paper_a_receipt_is_the_receipt_alone_dark_on_light(page, card, alice):
    order = paid(card, alice)
    page.goto(order.get_absolute_url())
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_text(f"Receipt {order.short_id}")).to_be_visible()
    for hidden in (".top", ".site-foot", "#moved", "#steps", "[data-print]", ".copy .btn"):
        expect(page.locator(hidden)).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


@pytest.mark.proof
def test_the_pages_have_no_barriers(page, card, alice):
    unpaid, receipt, disputed = ordered(alice), paid(card, alice), paid(card, alice, "whale")
    card.refund(session(receipt), 900)
    card.dispute(session(disputed))
    told(card)
    paths = ["/buy?need=1200", "/buy/orders", "/buy/orders?show=closed"]
    paths += [order.get_absolute_url() for order in (unpaid, receipt, disputed)]
    paths += [f"{unpaid.get_absolute_url()}{path}" for path in ("/cancelled", f"/paid?session={session(unpaid)}")]
    paths += [f"{receipt.get_absolute_url()}/paid"]
    for path in paths:
        page.goto(path)
        assert barriers(page, also_narrow=True) == []
