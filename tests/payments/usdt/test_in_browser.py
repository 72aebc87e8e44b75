"""Paying with USDT in a real Chromium: all that happens shows without a reload; without a script it works too."""

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from playwright.sync_api import Page, expect

from payments.models import Order
from tests import browsing, make
from tests.browsing import barriers
from tests.extent import in_proof_only
from tests.payments.buying import wallet
from tests.payments.usdt.buying import FINAL, opened, pay, watched, where
from tests.payments.usdt.entries import entry_of
from tests.payments.usdt.test_treasury import TREASURY, key

pytestmark = browsing.MARKS


@pytest.fixture
def buyer(live, usdt, settings):
    settings.SITE_URL = live
    usdt.mine(9)
    opened()
    return make.verified(make.user("alice"))


@pytest.fixture
def page(windows, buyer) -> Page:
    return windows.open(buyer)


def order_of(page: Page) -> Order:
    page.goto("/buy")
    page.click("#usdt-trader-31337")
    page.wait_for_url("**/buy/orders/*")
    return Order.objects.get()


def test_a_payment_is_followed_from_nothing_to_the_wallet_without_a_reload(page, usdt, buyer):
    order = order_of(page)
    page.evaluate("window.sameDocument = true")
    expect(page.get_by_text("Nothing has come yet")).to_be_visible()
    page.get_by_label("Transaction hash").fill("0x12")
    pay(usdt, order)
    watched()
    expect(page.get_by_text("Being confirmed").first).to_be_visible()
    expect(page.get_by_text("1 confirmation", exact=True)).to_be_visible()
    assert page.get_by_label("Transaction hash").input_value() == "0x12"  # what one types stays
    usdt.mine(2)
    watched()
    expect(page.get_by_text("3 confirmations")).to_be_visible()
    usdt.mine(FINAL)
    watched()
    expect(page.get_by_role("heading", name="Receipt")).to_be_visible()
    expect(page.locator(".steps")).to_contain_text("Payment final")
    expect(page.get_by_text("Its DGT are in your wallet")).to_be_visible()
    expect(page.locator(".chip-balance")).to_contain_text(f"{wallet(buyer)[0]:,}")
    assert page.evaluate("window.sameDocument")
    assert page.evaluate("violations") == []


def test_too_little_says_what_is_missing_and_can_be_copied(page, usdt, buyer):
    order = order_of(page)
    pay(usdt, order, mode="short")
    usdt.mine(FINAL)
    watched()
    expect(page.get_by_text("Still to be paid")).to_be_visible()
    assert page.get_by_label("Missing USDT").input_value() == "1.799"


def test_the_whole_address_is_copied(windows, buyer, usdt):
    page = windows.open(buyer, permissions=["clipboard-read", "clipboard-write"])
    address = where(order_of(page)).address
    page.locator(".copy", has=page.get_by_label("Address", exact=True)).get_by_role("button").click()
    assert page.evaluate("navigator.clipboard.readText()") == address


def test_without_a_script_one_pays_too(windows, usdt, buyer):
    page = windows.open(buyer, java_script_enabled=False)
    order = order_of(page)
    tx = pay(usdt, order)
    page.get_by_label("Transaction hash").fill(tx)
    page.get_by_role("button", name="Look for it").click()
    expect(page.get_by_text("If it pays this order")).to_be_visible()
    usdt.mine(FINAL)
    watched()
    page.reload()
    expect(page.get_by_role("heading", name="Receipt")).to_be_visible()


def test_u18_the_wallet_in_the_browser_signs(windows, usdt, buyer, settings):
    settings.USDT_CHAINS = [entry_of(usdt, xpub="", treasury=TREASURY)]
    opened()
    page, account = windows.open(buyer), key(usdt)
    page.expose_function("signs", lambda text: sign(account, text))
    page.add_init_script(
        "window.ethereum = {request: ({method, params}) => method === 'personal_sign' ? window.signs(params[0]) : []}"
    )
    order = order_of(page)
    page.get_by_label("Your wallet's address").fill(account.address)
    page.get_by_role("button", name="Show what to sign").click()
    expect(page.get_by_label("Sign this text with that wallet")).to_be_visible()
    assert barriers(page) == []
    page.get_by_role("button", name="Sign with the wallet in this browser").click()
    expect(page.get_by_label("Signature")).not_to_have_value("")
    page.get_by_role("button", name="This is my wallet").click()
    expect(page.locator("#usdt-address")).to_have_text(TREASURY)
    assert where(order).payer == account.address


def sign(account, text: str) -> str:
    return Account.sign_message(encode_defunct(hexstr=text), account.key).signature.to_0x_hex()


@in_proof_only
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_there_are_no_barriers(windows, usdt, buyer, settings, theme, width):
    settings.USDT_SANDBOX_URL = usdt.home
    page = windows.open(buyer, color_scheme=theme, viewport={"width": width, "height": 900})
    order = order_of(page)
    pay(usdt, order, mode="short")
    watched()
    page.reload()
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.goto("/buy")
    assert barriers(page) == []
