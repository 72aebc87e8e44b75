"""The checkout page and the dashboard in a real Chromium, with and without script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests import browsing
from tests.browsing import Windows, barriers
from tests.sandbox import buying
from tests.sandbox.buying import buy, types

pytestmark = browsing.MARKS


@pytest.fixture
def shop() -> Iterator[str]:
    """Where buyers come back to: it answers every path."""
    with buying.receiver() as shop:
        yield shop.url


@pytest.fixture
def open_session(client, shop) -> str:
    """The id of an open session that leads back to the shop."""
    return buy(client, success_url=f"{shop}/success?session={{CHECKOUT_SESSION_ID}}", cancel_url=f"{shop}/cancel").id


@pytest.fixture
def windows(browser, sandbox) -> Iterator[Windows]:
    windows = Windows(browser, sandbox.url)
    yield windows
    windows.close()


@pytest.fixture
def page(windows, open_session):
    page = windows.open()
    page.goto(f"/c/pay/{open_session}")
    return page


def test_the_page_says_what_is_sold_for_how_much_and_that_no_money_moves(page):
    text = page.inner_text("body")
    for said in ("SANDBOX", "No money moves", "Degentalk sells", "1,000 DGT", "$9.99", "order-1"):
        assert said in text


def test_who_pays_comes_back_with_the_id_of_the_session(page, sandbox, shop, open_session):
    page.click("text=Pay with test card")
    assert page.url == f"{shop}/success?session={open_session}"
    assert sandbox.get(open_session)["payment_status"] == "paid"


def test_who_pays_later_comes_back_unpaid(page, sandbox, shop, open_session):
    page.click("text=Pay later by bank debit")
    assert page.url == f"{shop}/success?session={open_session}"
    assert sandbox.get(open_session)["payment_status"] == "unpaid"


def test_who_goes_back_has_not_paid(page, sandbox, shop, open_session):
    page.click("text=without paying")
    assert page.url == f"{shop}/cancel"
    assert sandbox.get(open_session)["status"] == "open"


def test_a_declined_card_is_said_and_another_way_is_open(page, shop):
    page.click("text=Try a card that is declined")
    alert = page.locator("[role=alert]")
    assert alert.inner_text() == "Your card was declined. Nothing was charged. Try another way."
    expect(alert).to_be_focused()
    page.click("text=Pay with test card")
    assert page.url.startswith(f"{shop}/success")


def test_a_double_click_pays_once(windows, sandbox, open_session):
    for script in (True, False):
        page = windows.open(java_script_enabled=script)
        page.goto(f"/c/pay/{open_session}")
        if page.locator("button").count():
            page.dblclick("text=Pay with test card")
    assert types(sandbox).count("charge.succeeded") == 1


def test_the_keyboard_alone_pays(page, sandbox, open_session):
    page.keyboard.press("Tab")
    expect(page.get_by_text("Pay with test card")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/success?**")
    assert sandbox.get(open_session)["payment_status"] == "paid"


@pytest.mark.parametrize(
    ("happened", "said"),
    [
        (["pay"], "This session is already paid."),
        (["pay_later"], "The bank debit is on its way."),
        (["pay_later", "fail"], "The bank returned the debit."),
        (["expire"], "This checkout session has expired."),
    ],
)
def test_what_is_over_is_said(windows, sandbox, shop, open_session, happened, said):
    for verb in happened:
        sandbox.settle(open_session, ok=False) if verb == "fail" else getattr(sandbox, verb)(open_session)
    page = windows.open()
    page.goto(f"/c/pay/{open_session}")
    assert said in page.inner_text(".note")
    assert page.locator("button").count() == 0
    page.click("text=Back to Degentalk")
    assert page.url.startswith(shop)


def test_a_session_that_is_not_there_is_said(windows):
    page = windows.open()
    assert page.goto("/c/pay/cs_test_nothing").status == 404
    assert "There is no such checkout session" in page.inner_text("h1")


def test_a_page_left_open_too_long_pays_nothing(page, sandbox, open_session):
    sandbox.advance(24 * 3600)
    page.click("text=Pay with test card")
    assert "This checkout session has expired. Nothing was charged." in page.inner_text(".note")
    assert "charge.succeeded" not in types(sandbox)


def test_the_checkout_page_has_no_barriers(page):
    page.click("text=Try a card that is declined")
    assert barriers(page, also_narrow=True) == []


@pytest.mark.proof
def test_other_states_of_the_page_have_no_barriers(windows, sandbox, client):
    paid, later, expired = [buy(client).id for _ in range(3)]
    sandbox.pay(paid)
    sandbox.pay_later(later)
    sandbox.expire(expired)
    page = windows.open()
    for session in (paid, later, expired, "cs_test_nothing"):
        page.goto(f"/c/pay/{session}")
        assert barriers(page) == []


@pytest.fixture
def dashboard(windows, sandbox, client):
    """The dashboard of a sandbox in which everything has happened once."""
    buy(client)
    later, lost, asked, back = [buy(client).id for _ in range(4)]
    sandbox.pay_later(later)
    for session in (lost, asked, back):
        sandbox.pay(session)
    sandbox.close_dispute(sandbox.dispute(lost)["id"], "lost")
    sandbox.dispute(asked, kind="inquiry")
    sandbox.refund(back, 100, status="pending")
    sandbox.deliver_all()
    page = windows.open()
    page.goto("/")
    return page


def test_the_dashboard_has_no_barriers(dashboard):
    assert barriers(dashboard, also_narrow=True) == []


def test_the_dashboard_moves_things_on(dashboard, sandbox):
    for button in ("The debit arrives", "Expire", "Reinstate the funds", "Make it fail", "Escalate", "Lost"):
        dashboard.locator("button", has_text=button).first.click()
    assert types(sandbox)[-11:] == [
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded",
        "checkout.session.expired",
        "charge.dispute.funds_reinstated",
        "charge.refund.updated",
        "refund.updated",
        "refund.failed",
        "charge.dispute.updated",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.closed",
    ]


def test_the_dashboard_refunds_a_part_once(dashboard, sandbox):
    form = dashboard.locator("form.joined >> nth=0")
    form.locator("input[name=amount]").fill("2.50")
    form.locator("button >> nth=0").dblclick()
    dashboard.wait_for_selector("text=Refund of $2.50")
    assert [event["data"]["object"]["amount"] for event in sandbox.events("refund.created")] == [100, 250]


def test_the_dashboard_says_what_cannot_be(dashboard, sandbox):
    form = dashboard.locator("form.joined >> nth=0")
    form.locator("input[name=amount]").fill("999")
    form.locator("button >> nth=0").click()
    assert "is greater than unrefunded amount" in dashboard.inner_text("[role=alert]")


def test_the_dashboard_sends_a_webhook_again(dashboard, sandbox, receiver):
    before = len(receiver.got)
    dashboard.click("text=Send again >> nth=0")
    assert len(receiver.got) == before + 1
    assert len(sandbox.delivery(sandbox.events()[-1]["id"])["tries"]) == 2


def test_the_dashboard_switches_faults(dashboard, sandbox):
    dashboard.fill("[name=drop]", "30")
    dashboard.click("text=Set >> nth=0")
    dashboard.fill("[name=times]", "2")
    dashboard.select_option("[name=moment]", "after")
    dashboard.click("button >> text=Order")
    state = sandbox.world.faults.state()
    assert (state["webhooks"]["drop"], len(state["api"]), state["api"][0]["moment"]) == (0.3, 2, "after")
    dashboard.fill("[name=drop]", "40")
    dashboard.click("text=Set >> nth=0")
    assert sandbox.world.faults.webhooks.drop == 0.4
    dashboard.click("text=Everything works again")
    assert sandbox.world.faults.state()["api"] == []


def test_an_empty_dashboard_says_so(windows):
    page = windows.open()
    page.goto("/")
    assert "No sessions yet." in page.inner_text("main")
