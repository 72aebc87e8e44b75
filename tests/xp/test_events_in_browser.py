"""Events and my own page in a real Chromium: joining in place and without a script, and how they look to machines."""

import shutil
from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from degentalk.core import clock
from tests import make
from tests.xp.test_event_pages import coming, ended
from tests.xp.test_events import on_now
from tests.xp.test_refusals import refused
from xp import services as xp
from xp.models import EventParticipation, SpecialEvent

CHROMIUM = shutil.which("chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
REPORTS = "violations = []; addEventListener('securitypolicyviolation', e => violations.push(e.violatedDirective))"
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


def window_of(browser, live, member, **options) -> BrowserContext:
    """A window in which this member is signed in."""
    client = Client()
    client.force_login(member)
    name = settings.SESSION_COOKIE_NAME
    window = browser.new_context(base_url=live, **options)
    window.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live}])
    if options.get("java_script_enabled", True):
        window.add_init_script(REPORTS)
    return window


def everything(member) -> SpecialEvent:
    """Events in every state, boosts, refusals, adjustments, awards taken back and granted again."""
    event = on_now(name="Halving week", multiplier_bps=15_000, participation_xp=120, description="Bring\n\nmemes.")
    joined = on_now(name="M" * 60, participation_xp=40)
    coming(name="Bug bash", multiplier_bps=20_000), ended(name="Testnet quest"), on_now(name="Off", is_cancelled=True)
    xp.join_event(user=member, event=joined)
    now = clock.database_time()
    for number, (bps, starts) in enumerate(((20_000, -1), (15_000, -1), (30_000, 24))):
        starts_at = now + timedelta(hours=starts)
        xp.grant_boost(
            user=member,
            multiplier_bps=bps,
            starts_at=starts_at,
            ends_at=now + timedelta(hours=48),
            source=f"test_boost:{number}",
        )
    thread = make.thread(
        member, title="Funding rates and a title that is long enough for two lines on a phone", replies=2
    )
    xp.reverse(because="post_hidden:1", causes=[("thread", thread.pk)], reason="Off topic")
    xp.restore(because="post_hidden:1", reason="A mistake")
    root = make.user("root", is_staff=True)
    xp.adjust(user=member, points=-5, reason="A reason that is long " * 6, actor=root, key="adjustment:1")
    refused(member, 1, reason="daily-cap", again_at=now + timedelta(hours=5), at=now)
    refused(member, 2, reason="repost", at=now)
    return event


def test_joining_changes_the_card_in_place_and_shows_a_toast(browser, live):
    alice = make.user("alice")
    on_now(name="Halving week", participation_xp=120)
    with window_of(browser, live, alice) as window:
        page = window.new_page()
        page.goto("/events")
        page.evaluate("window.stays = true")
        page.click(".event-join button")
        page.wait_for_selector(".event-join .did")
        assert "Joining earned you 120 XP." in page.inner_text(".event-join .did")
        assert "+120 XP" in page.inner_text("#toasts")
        assert page.evaluate("[stays, violations]") == [True, []]


def test_joining_works_without_a_script(browser, live):
    alice, event = make.user("alice"), on_now(name="Halving week", participation_xp=120)
    with window_of(browser, live, alice, java_script_enabled=False) as window:
        page = window.new_page()
        page.goto("/")
        page.click(".event-join button")
        assert page.url.endswith(f"/events/{event.slug}")
        assert "Joining earned you 120 XP." in page.inner_text(".event-join .did")
    assert EventParticipation.objects.count() == 1


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_have_no_barriers_and_fit(browser, live, scheme, width):
    alice = make.user("alice", time_zone="Asia/Tokyo", theme=scheme)
    event = everything(alice)
    paths = ["/", "/events", f"/events/{event.slug}", "/me", "/me?tab=refusals"]
    with window_of(browser, live, alice, color_scheme=scheme, viewport={"width": width, "height": 900}) as window:
        page = window.new_page()
        found = {}
        for path in paths:
            page.goto(path)
            for summary in page.query_selector_all(".why summary"):
                summary.click()
            page.evaluate("scrollTo(0, 0)")  # what lies under the header is no target
            broken = page.evaluate("violations")
            axe = Axe().run(page, options={"runOnly": RULES}).response["violations"]
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            found[path] = ([(rule["id"], rule["nodes"][0]["html"]) for rule in axe], wide, broken)
        assert found == dict.fromkeys(paths, ([], 0, []))
