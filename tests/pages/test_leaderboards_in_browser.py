"""The leaderboards in a real Chromium: only the board is exchanged, the address follows, no script is needed."""

import shutil
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.signing_in import sign_in
from tests.xp.test_boards import member_with
from wallet import services as wallet

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def _may_use_the_database(monkeypatch):
    # Playwright keeps an event loop in this thread, which makes Django fear for its connection.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def open_page(live, browser):
    """Windows of alice, who is somewhere on a board of sixty; some members tie."""
    for number in range(60):
        member_with(1_000 + number // 3 * 10, f"member_{number:02d}")
    client = Client()
    sign_in(client, member_with(1_105, "alice"))
    name = settings.SESSION_COOKIE_NAME
    windows = []

    def open_page(**options) -> Page:
        window = browser.new_context(base_url=live, **options)
        window.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live}])
        windows.append(window)
        return window.new_page()

    yield open_page
    for window in windows:
        window.close()


def test_the_board_is_exchanged_and_the_address_follows(open_page):
    page = open_page(viewport={"width": 1280, "height": 900})
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto("/leaderboards")
    page.evaluate("window.sameDocument = true")
    page.click("#period-week")
    expect(page).to_have_url("/leaderboards?period=week")
    expect(page.locator("#period-week")).to_have_attribute("aria-current", "true")
    expect(page.locator("#period-week")).to_be_focused()
    page.click("#part-around")
    expect(page).to_have_url("/leaderboards?period=week&around=me")
    expect(page.locator("tr.me")).to_contain_text("alice")
    page.click("a[rel=next]")
    expect(page.locator("#part-around[aria-current]")).to_have_count(0)
    assert (page.evaluate("window.sameDocument"), page.locator("#board").count(), complaints) == (True, 1, [])
    page.go_back()
    expect(page).to_have_url("/leaderboards?period=week&around=me")
    expect(page.locator("tr.me")).to_contain_text("alice")


def test_another_board_is_exchanged_and_back_returns(open_page):
    wallet.refresh_board()
    page = open_page(viewport={"width": 1280, "height": 900})
    page.goto("/leaderboards")
    page.evaluate("window.sameDocument = true")
    page.click("#board-dgt-balance")
    expect(page).to_have_url("/leaderboards?board=dgt-balance")
    expect(page.locator("#board-dgt-balance")).to_have_attribute("aria-current", "page")
    expect(page.locator("#board-dgt-balance")).to_be_focused()
    expect(page.locator("#period-week")).to_have_count(0)
    page.click("#part-around")
    expect(page).to_have_url("/leaderboards?board=dgt-balance&around=me")
    expect(page.locator(".podium .me, tr.me")).to_contain_text("alice")
    assert page.evaluate("window.sameDocument") is True
    page.go_back()
    expect(page.locator("#part-around")).not_to_have_attribute("aria-current", "true")
    page.go_back()
    expect(page).to_have_url("/leaderboards")
    expect(page.locator("#period-week")).to_have_count(1)


def test_without_a_script_every_link_works(open_page):
    page = open_page(java_script_enabled=False)
    page.goto("/leaderboards?board=dgt-spent")
    page.click("#board-xp")
    page.click("#period-month")
    page.click("#part-around")
    page.click("a[rel=next]")
    assert page.url.split("?")[1].startswith("period=month&around=me&cursor=")
    expect(page.locator(".board tbody tr")).not_to_have_count(0)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_machines_find_nothing_wrong(open_page, width, theme):
    page = open_page(viewport={"width": width, "height": 900}, color_scheme=theme)
    wallet.refresh_board()
    addresses = ("/leaderboards", "/leaderboards?period=week&around=me", "/leaderboards?board=dgt-balance")
    for address in (*addresses, "/leaderboards?board=dgt-spent"):
        page.goto(address)
        wrong = [(found["id"], found["nodes"][0]["html"]) for found in Axe().run(page).response["violations"]]
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (address, wrong, overflow) == (address, [], 0)
