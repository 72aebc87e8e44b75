"""The wallet in a real Chromium: a double click, no script at all, keys, the way back, and how it looks to machines."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from allauth.account.models import EmailAddress
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from degentalk.accounts.models import User
from tests import make
from tests.site import Site
from tests.wallet.test_ledger import drift, give
from wallet import services as wallet
from wallet.models import DgtJournal, UserWallet, WalletPolicy

CHROMIUM = shutil.which("chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
REPORTS = "violations = []; addEventListener('securitypolicyviolation', e => violations.push(e.violatedDirective))"
PHONE = {"viewport": {"width": 390, "height": 844}}
DESK = {"viewport": {"width": 1280, "height": 900}}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def _may_use_the_database(monkeypatch):
    # Playwright keeps an event loop in this thread, which makes Django fear for its connection.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@dataclass
class Screens:
    """Windows in which alice is signed in."""

    browser: Browser
    site: Site

    def open(self, **options) -> BrowserContext:
        window = self.browser.new_context(base_url=self.site.base, **(DESK | options))
        cookies = self.site.member("alice").session.cookies
        window.add_cookies([{"name": c.name, "value": c.value or "", "url": self.site.base} for c in cookies])
        if options.get("java_script_enabled", True):
            window.add_init_script(REPORTS)
        return window


@pytest.fixture
def alice(site) -> User:
    """A member who signed up long ago, has confirmed the address, and has 100 DGT."""
    site.member("alice")
    alice = User.objects.get(username="alice")
    User.objects.filter(pk=alice.pk).update(date_joined=timezone.now() - timezone.timedelta(days=400))
    EmailAddress.objects.filter(user=alice).update(verified=True)
    give(alice, 100)
    return alice


@pytest.fixture
def bob(committed_db) -> User:
    return make.verified(make.user("bob"))


@pytest.fixture
def screens(browser, site, alice, bob) -> Screens:
    return Screens(browser, site)


@pytest.fixture
def page(screens) -> Iterator[Page]:
    with screens.open() as window:
        yield window.new_page()


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
def test_l9_a_double_click_is_one_transfer(screens, alice, scripts):
    with screens.open(java_script_enabled=scripts) as window:
        page = window.new_page()
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
    page.wait_for_selector("#transfer-send")
    page.keyboard.press("Tab")  # from the line that says what this is to the receiver
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "transfer-send"
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


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("window_size", [DESK, PHONE], ids=["1280", "390"])
def test_every_page_is_for_everybody_and_fits_the_screen(screens, alice, bob, theme, window_size):
    WalletPolicy.objects.update(fee_bps=500)
    journal = wallet.send(sender=alice, receiver=bob, amount=10, key="transfer:1", memo="W" * 140)
    wallet.hold(user=alice, amount=10, key="hold:1", description="An order")
    wallet.purchase(user=alice, amount=1_000_000, source="stripe", key="purchase:1", description="A pack")
    User.objects.filter(pk=alice.pk).update(theme=theme)
    with screens.open(**window_size) as window:
        page = window.new_page()

        def looks_right():
            overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
            assert (page.url, [rule["id"] for rule in found], overflow) == (page.url, [], 0)

        for path in ("/wallet", "/wallet?kind=tip", "/wallet?since=never", f"/wallet/journal/{journal.public_id}"):
            page.goto(path)
            assert page.evaluate("violations") == []  # axe adds some of its own
            looks_right()
        page.goto("/wallet/send?to=bob")
        looks_right()
        fill(page, amount="100000000000")
        page.wait_for_selector(".err")
        looks_right()
        fill(page, amount="5")
        page.wait_for_selector("#transfer-send")
        looks_right()
