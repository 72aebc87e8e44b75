"""The dashboard in a real Chromium."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests import browsing
from tests.browsing import Windows, barriers
from tests.sandbox_chain.chains import NEIGHBOUR, SHOP, USDT, amounts

pytestmark = browsing.MARKS


@pytest.fixture
def windows(browser, chain) -> Iterator[Windows]:
    windows = Windows(browser, chain.home)
    yield windows
    windows.close()


@pytest.fixture
def page(windows):
    page = windows.open()
    page.goto("/")
    return page


def press(page, form: str, **fields: str) -> None:
    """Fill a form and send it."""
    for name, value in fields.items():
        field = page.locator(f"form[action='/do/{form}'] [name={name}]").first
        field.select_option(value) if field.evaluate("e => e.tagName") == "SELECT" else field.fill(value)
    page.locator(f"form[action='/do/{form}'] button").first.click()


def test_it_says_that_nothing_is_worth_anything(page, chain):
    text = page.inner_text("body")
    for said in ("SANDBOX", "Nothing here is worth anything", "Chain 31337", chain.token, "1,000,000.00 USDT"):
        assert said in text


def test_the_wallet_pays(page, chain):
    press(page, "pay", to=f" {SHOP} ", amount="9.99")
    assert amounts(chain, SHOP) == [9_990_000]
    assert "9.99 USDT" in page.inner_text("main")
    press(page, "pay", to=SHOP, amount="0.5", what="native")
    assert chain.balances(SHOP)["wei"] == 5 * 10**17
    for _ in range(2):
        press(page, "pay", to=SHOP, amount="3", what="other")
    assert amounts(chain, SHOP) == [9_990_000]
    assert "3.00 of another token" in page.inner_text("main")
    press(page, "faucet", to=NEIGHBOUR)
    assert chain.balances(NEIGHBOUR) == {"tokens": 1000 * USDT, "wei": 10**18}


def test_a_double_click_pays_once(page, chain):
    page.fill("form[action='/do/pay'] [name=to]", SHOP)
    page.fill("form[action='/do/pay'] [name=amount]", "5")
    page.dblclick("form[action='/do/pay'] button")
    page.wait_for_selector("text=5.00 USDT")
    assert amounts(chain, SHOP) == [5 * USDT]


def test_what_cannot_be_is_said(page, chain):
    press(page, "pay", to=SHOP, amount="0.0000001")
    assert page.inner_text("[role=alert]") == "0.0000001 has more than 6 places after the point"
    expect(page.locator("[role=alert]")).to_be_focused()
    press(page, "pay", to=SHOP.swapcase().replace("0X", "0x"), amount="1")
    assert "wrong checksum" in page.inner_text("[role=alert]")
    assert chain.head()["number"] == 1


def test_the_chain_is_driven(page, chain):
    hash_ = chain.pay(SHOP, 5)
    press(page, "mine", blocks="3")
    assert chain.head()["number"] == 5
    press(page, "reorg", depth="4", how="wait")
    assert chain.pending() == [hash_]
    assert hash_ in page.inner_text("main")
    press(page, "automine")
    assert not chain.world.node.automine
    press(page, "finality", depth="2")
    assert chain.head()["finalized"] == 3
    before = chain.now()
    press(page, "advance", hours="2")
    assert chain.now() == before + 7200


def test_the_token_is_switched(page, chain, token):
    press(page, "fee", points="7", most="3")
    assert token.functions.basisPointsRate().call() == 7
    press(page, "pause")
    assert token.functions.paused().call()
    page.click("text=Let it go on")
    assert not token.functions.paused().call()
    press(page, "deprecate")
    assert token.functions.deprecated().call()


def test_faults_are_switched(page, chain):
    press(page, "fail", times="2", kind="429")
    assert chain.faults()["main"]["coming"] == ["429", "429"]
    page.check("[name=failed]")
    press(page, "switch", lag="1")
    state = chain.faults()["main"]
    assert (state["lag"], state["status"], state["stuck"]) == (1, 0, False)
    assert page.is_checked("[name=failed]")
    press(page, "clear")
    assert chain.faults()["main"]["lag"] == 0


def test_the_dashboard_has_no_barriers(page, chain):
    chain.pay(SHOP, 5)
    chain.pay(SHOP, 5, mode="late", at=chain.now() + 60)
    chain.automine(False)
    chain.pay(SHOP, 6)
    chain.rpc("other")
    press(page, "mine", blocks="1")
    press(page, "pay", to=SHOP, amount="0.0000001")
    assert barriers(page, also_narrow=True) == []
