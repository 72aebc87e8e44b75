"""Pages whose script or style is not ours, in a real Chromium: they work, and the site's policy has no complaint."""

import pytest
from playwright.sync_api import Page

from tests import browsing, make
from tests.browsing import DESK, PHONE
from tests.xp.test_boards import member_with

pytestmark = browsing.MARKS


@pytest.fixture
def page(windows) -> Page:
    """A window of an administrator's, who reads along in its console."""
    page = windows.open(make.user("root", is_staff=True, is_superuser=True))
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    return page


def too_wide(page: Page) -> list[int]:
    """The widths of screens, in pixels, that this page does not fit."""
    found = []
    for screen in (PHONE, DESK):
        page.set_viewport_size(screen.size)
        if page.evaluate("document.documentElement.scrollWidth !== document.documentElement.clientWidth"):
            found.append(screen.width)
    return found


def test_the_api_page_tries_a_request(page):
    member_with(60, "alice")
    page.goto("/api/docs")
    leaderboard = page.locator("#operations-xp-xp_leaderboard")
    leaderboard.locator(".opblock-summary-control").click()
    leaderboard.locator(".try-out__btn").click()
    leaderboard.locator(".execute").click()
    answer = leaderboard.locator(".live-responses-table .highlight-code").first
    assert '"username": "alice"' in answer.inner_text()
    assert (page.complaints, too_wide(page)) == ([], [])


def test_the_admins_pages_break_no_policy(page):
    alice = member_with(60, "alice")
    paths = (
        "/admin/",
        "/admin/xp/xplog/",
        "/admin/xp/xpaction/1/change/",
        "/admin/xp/xplevel/curve/",
        f"/admin/xp/userxp/{alice.pk}/change/",
        f"/admin/xp/userxp/{alice.pk}/adjust/",
        "/admin/wallet/dgtjournal/1/change/",
        "/admin/rulebook/ruleset/1/change/",
    )
    for path in paths:
        assert page.goto(path).status == 200
        assert (path, page.complaints, too_wide(page)) == (path, [], [])
