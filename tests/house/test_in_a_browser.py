"""Pages whose script or style is not ours, in a real Chromium: they work, and the site's policy has no complaint."""

import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

from degentalk.accounts.models import User
from tests import make
from tests.xp.test_boards import member_with

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
def complaints() -> list[str]:
    """What the browser wrote to its console about `page`."""
    return []


@pytest.fixture(params=[1280, 390])
def page(browser, request, complaints) -> Iterator[Page]:
    """A page of that width."""
    page = browser.new_page(viewport={"width": request.param, "height": 900})
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    page.context.close()


def sign_in(page: Page, live: str, member: User) -> None:
    client = Client()
    client.force_login(member)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live}])


def overflow(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_the_api_page_tries_a_request(page, complaints, live):
    member_with(60, "alice")
    page.goto(f"{live}/api/docs")
    leaderboard = page.locator("#operations-xp-xp_leaderboard")
    leaderboard.locator(".opblock-summary-control").click()
    leaderboard.locator(".try-out__btn").click()
    leaderboard.locator(".execute").click()
    answer = leaderboard.locator(".live-responses-table .highlight-code").first
    assert '"username": "alice"' in answer.inner_text()
    assert (complaints, overflow(page)) == ([], 0)


def test_the_admins_pages_break_no_policy(page, complaints, live):
    sign_in(page, live, make.user("root", is_staff=True, is_superuser=True))
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
        assert page.goto(f"{live}{path}").status == 200
        assert (path, complaints, overflow(page)) == (path, [], 0)
