"""The queue and the switches in a real Chromium: they fit, have no barriers, break no policy, and work."""

import shutil
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from degentalk.approvals import services as approvals
from degentalk.approvals.models import Approval
from degentalk.core import switches
from tests import make
from tests.approvals.asking import ask, economist
from xp import services as xp
from xp.models import UserXp

CHROMIUM = shutil.which("chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Django labels the search field of a list by a picture with a text of its own, which one rule does not count.
LOOKED_AT = {"runOnly": RULES, "rules": {"label-title-only": {"enabled": False}}}
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
    window.add_init_script(REPORTS)
    return window


def everything(otto) -> list[str]:
    """Pages of every state: what waits for otto, what he asked for, what is decided, and a switch that is off."""
    econ = economist("econ")
    alice = make.user("alice_with_24_characters")
    xp.award(user=alice, action="special_event", key="event:1", cause=("event", 1), base=60)
    waits = xp.ask_to_adjust(user=alice, points=250_000, reason="A reason that is long. " * 12, actor=econ, key="a:1")
    mine = xp.ask_to_adjust(user=alice, points=-20_000, reason="Farmed", actor=otto, key="a:2")
    done = ask(econ, make.user("bob"), key="greeting:1")
    approvals.reject(approval=done, actor=otto, reason="They are not new")
    switches.set_switch(name="transfers", is_on=False, actor=otto, reason="Somebody farms the fee of transfers. " * 4)
    rows = [reverse("admin:approvals_approval_change", args=[row.pk]) for row in (waits, mine, done)]
    return [
        reverse("admin:index"),
        reverse("admin:approvals_approval_changelist"),
        *rows,
        reverse("admin:core_switch_changelist"),
        reverse("admin:core_switch_change", args=["transfers"]),
        reverse("admin:core_switch_change", args=["tips"]),
        reverse("admin:xp_userxp_adjust", args=[alice.pk]),
        reverse("admin:xp_xppolicy_change", args=[1]),
    ]


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_have_no_barriers_and_fit(browser, live, scheme, width):
    otto = economist("otto", theme=scheme)
    paths = everything(otto)
    with window_of(browser, live, otto, color_scheme=scheme, viewport={"width": width, "height": 900}) as window:
        page = window.new_page()
        found = {}
        for path in paths:
            page.goto(path)
            broken = page.evaluate("violations")
            axe = Axe().run(page, options=LOOKED_AT).response["violations"]
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            found[path] = ([(rule["id"], rule["nodes"][0]["html"]) for rule in axe], wide, broken)
        assert found == dict.fromkeys(paths, ([], 0, []))


def test_a_second_person_finds_what_waits_on_the_first_page_and_approves_it(browser, live):
    econ, otto, alice = economist("econ"), economist("otto"), make.user("alice")
    xp.ask_to_adjust(user=alice, points=20_000, reason="Found the bug", actor=econ, key="adjustment:1")
    with window_of(browser, live, otto) as window:
        page = window.new_page()
        page.goto("/admin/")
        page.click("text=1 request waits for you.")
        page.click("text=Add 20,000 XP to alice.")
        page.click("text=Approve")
        assert "Adjusted by +20,000 XP: alice has 20,000 XP now." in page.inner_text(".messagelist")
        assert page.evaluate("violations") == []
    assert (Approval.objects.get().state, UserXp.objects.of(alice).xp) == ("approved", 20_000)
