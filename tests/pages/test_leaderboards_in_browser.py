"""The leaderboards in a real Chromium: only the board is exchanged, the address follows, no script is needed."""

import pytest
from playwright.sync_api import Page, expect

from degentalk.accounts.models import User
from tests import browsing
from tests.browsing import barriers
from tests.extent import in_proof_only
from tests.xp.test_boards import member_with
from wallet import services as wallet

pytestmark = browsing.MARKS


@pytest.fixture
def alice(committed_db) -> User:
    """Somewhere on a board of sixty; some members tie."""
    for number in range(60):
        member_with(1_000 + number // 3 * 10, f"member_{number:02d}")
    return member_with(1_105, "alice")


@pytest.fixture
def page(windows, alice) -> Page:
    return windows.open(alice)


def test_the_board_is_exchanged_and_the_address_follows(page):
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


def test_another_board_is_exchanged_and_back_returns(page):
    wallet.refresh_board()
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


def test_without_a_script_every_link_works(windows, alice):
    page = windows.open(alice, java_script_enabled=False)
    page.goto("/leaderboards?board=dgt-spent")
    page.click("#board-xp")
    page.click("#period-month")
    page.click("#part-around")
    page.click("a[rel=next]")
    assert page.url.split("?")[1].startswith("period=month&around=me&cursor=")
    expect(page.locator(".board tbody tr")).not_to_have_count(0)


@in_proof_only
def test_the_pages_have_no_barriers(page):
    wallet.refresh_board()
    for address in ("", "?period=week&around=me", "?board=dgt-balance", "?board=dgt-spent"):
        page.goto(f"/leaderboards{address}")
        assert barriers(page, also_narrow=True) == []
