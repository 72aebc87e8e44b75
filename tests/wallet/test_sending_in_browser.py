"""The wallet in a real Chromium: a double click, no script at all, keys, the way back, and how it looks to machines."""

import pytest
from playwright.sync_api import Page, expect

from degentalk.accounts.models import User
from tests import browsing, make
from tests.browsing import barriers
from tests.extent import in_proof_only
from tests.wallet.test_ledger import drift, give
from wallet import services as wallet
from wallet.models import DgtJournal, UserWallet, WalletPolicy

pytestmark = browsing.MARKS


@pytest.fixture
def alice(committed_db) -> User:
    """A member who signed up long ago, has confirmed the address, and has 100 DGT."""
    alice = make.verified(make.user("alice"))
    give(alice, 100)
    return alice


@pytest.fixture
def bob(committed_db) -> User:
    return make.verified(make.user("bob"))


@pytest.fixture
def page(windows, alice, bob) -> Page:
    return windows.open(alice)


def fill(page, amount="40", to="bob", memo="for the audit"):
    page.fill("#dgt-transfer [name=to]", to)
    page.fill("#dgt-transfer [name=amount]", amount)
    page.fill("#dgt-transfer [name=memo]", memo)
    page.click("#transfer-continue")


def state(alice):
    transfers = DgtJournal.objects.filter(kind="transfer").count()
    return transfers, UserWallet.objects.of(alice).dgt_balance, drift()


def test_sending_from_the_wallet_without_a_reload(page, alice):
    page.goto("/wallet")
    page.evaluate("window.stays = true")
    fill(page)
    button = page.get_by_role("button", name="Send 40 DGT to bob")
    expect(button).to_be_visible()
    assert page.evaluate("window.stays") is True
    assert state(alice) == (0, 100, [])
    button.click()
    page.wait_for_url("**/wallet/journal/*")
    expect(page.get_by_role("heading", name="Sent to bob")).to_be_visible()
    expect(page.locator("#toasts")).to_contain_text("Sent 40 DGT to bob")
    assert (state(alice), page.evaluate("violations")) == ((1, 60, []), [])
    page.reload()
    assert (state(alice), page.locator("#toasts [data-toast]").count()) == ((1, 60, []), 0)


@pytest.mark.parametrize("scripts", [True, False])
def test_l9_a_double_click_is_one_transfer(windows, alice, bob, scripts):
    page = windows.open(alice, java_script_enabled=scripts)
    page.goto("/wallet/send")
    fill(page)
    page.locator("#transfer-send").dblclick()
    page.wait_for_url("**/wallet/journal/*")
    expect(page.get_by_role("heading", name="Sent to bob")).to_be_visible()
    assert state(alice) == (1, 60, [])


def test_the_keyboard_alone_is_enough(page, alice):
    page.goto("/wallet/send?to=bob")
    page.focus("#dgt-transfer [name=amount]")
    page.keyboard.type("40")
    page.keyboard.press("Enter")
    page.wait_for_selector(".transfer-to p:focus")
    page.keyboard.press("Tab")  # to the receiver
    page.keyboard.press("Tab")
    expect(page.locator("#transfer-send")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/wallet/journal/*")
    assert state(alice) == (1, 60, [])


def test_what_is_wrong_stands_beside_the_field_and_what_was_typed_stays(page, alice):
    page.goto("/wallet")
    fill(page, amount="140")
    expect(page.locator("#dgt-transfer .err")).to_have_text("You have 100 DGT; this needs 140: 40 DGT short.")
    assert page.input_value("#dgt-transfer [name=memo]") == "for the audit"
    assert state(alice) == (0, 100, [])


def test_changing_ones_mind_keeps_what_was_typed(page):
    page.goto("/wallet")
    fill(page)
    page.click("text=Change")
    page.wait_for_selector("#transfer-continue")
    values = [page.input_value(f"#dgt-transfer [name={name}]") for name in ("to", "amount", "memo")]
    assert values == ["bob", "40", "for the audit"]


def test_names_are_suggested_while_one_types(page):
    make.user("bobby")
    page.goto("/wallet/send")
    page.locator("[name=to]").press_sequentially("bo")
    options = page.locator("#recipients option")
    expect(options).to_have_count(2)
    assert [option.get_attribute("value") for option in options.all()] == ["bob", "bobby"]


def test_filters_go_into_the_address_and_back_leads_out_of_them(page, alice, bob):
    wallet.send(sender=alice, receiver=bob, amount=40, key="transfer:1")
    page.goto("/wallet")
    page.evaluate("window.stays = true")
    page.click("#history summary")
    page.select_option("[name=kind]", "transfer")
    page.click("#filter-apply")
    expect(page.locator(".ledger li")).to_have_count(1)
    expect(page.locator("#history summary")).to_contain_text("1 active")
    assert ("kind=transfer" in page.url, page.evaluate("window.stays")) == (True, True)
    page.reload()
    expect(page.locator(".ledger li")).to_have_count(1)
    page.click("#filter-clear")
    expect(page.locator(".ledger li")).to_have_count(2)
    page.go_back()
    expect(page.locator(".ledger li")).to_have_count(1)


def test_the_history_is_downloaded_as_a_file(page, alice):
    page.goto("/wallet")
    with page.expect_download() as download:
        page.click("text=CSV")
    assert download.value.suggested_filename.endswith(".csv")


def test_the_transaction_id_is_copied_with_one_click(page, alice, bob):
    journal = wallet.send(sender=alice, receiver=bob, amount=40, key="transfer:1")
    page.goto(f"/wallet/journal/{journal.public_id}")
    page.click("[data-copy] button")
    expect(page.locator("[data-copy] [role=status]")).not_to_be_empty()
    assert page.evaluate("getSelection().toString() || document.activeElement.value") == str(journal.public_id)


@in_proof_only
def test_the_pages_have_no_barriers(page, alice, bob):
    WalletPolicy.objects.update(fee_bps=500)
    journal = wallet.send(sender=alice, receiver=bob, amount=10, key="transfer:1", memo="W" * 140)
    wallet.hold(user=alice, amount=10, key="hold:1", description="An order")
    wallet.purchase(user=alice, amount=1_000_000, source="stripe", key="purchase:1", description="A pack")
    for path in ("", "?kind=tip", "?since=never", f"/journal/{journal.public_id}", "/send?to=bob"):
        page.goto(f"/wallet{path}")
        assert barriers(page) == []
    fill(page, amount="100000000000")
    page.wait_for_selector(".err")
    assert barriers(page) == []
    fill(page, amount="5")
    page.wait_for_selector("#transfer-send")
    assert barriers(page) == []
