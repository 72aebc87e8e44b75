"""The site in a real Chromium: windows of members, and whatever keeps somebody out of a page.

A module of such tests says `pytestmark = browsing.MARKS`, and its tests take the fixture `windows`.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from tests.extent import extent
from tests.signing_in import sign_in

CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"),
    *("--disable-component-update", "--no-first-run"),
]
MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)"),
]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Its default fetches every style sheet once more, imports from wrong addresses, for a rule that is not among ours.
PRELOAD = {"assets": ["media"]}
REPORTS = "violations = []; addEventListener('securitypolicyviolation', e => violations.push(e.violatedDirective))"
STAND_STILL = """{  // colours change with the scheme at once
    const still = new CSSStyleSheet()
    still.replaceSync('*, ::before, ::after { transition: none !important }')
    document.adoptedStyleSheets.push(still)
}"""
FIND = """async options => {
    scrollTo(0, 0)  // what lies under the header is no target
    const {scrollWidth, clientWidth} = document.documentElement
    return [
        ...violations.map(directive => `the policy forbids: ${directive}`),
        ...(scrollWidth === clientWidth ? [] : [`is ${scrollWidth} pixels wide`]),
        ...(await axe.run(options)).violations.map(rule => `${rule.id}: ${rule.nodes[0].html}`),
    ]
}"""


@dataclass(frozen=True)
class Screen:
    """What somebody looks at: its width in pixels, and the scheme that the system asks for."""

    width: int
    scheme: Literal["dark", "light"]

    def __str__(self) -> str:
        return f"{self.width} {self.scheme}"

    @property
    def size(self) -> ViewportSize:
        """For a window that fills it."""
        return {"width": self.width, "height": 900}


PHONE, DESK = Screen(390, "dark"), Screen(1280, "light")
EVERY_SCREEN = [PHONE, Screen(390, "light"), Screen(1280, "dark"), DESK]
NARROW = [Screen(320, "dark"), Screen(320, "light")]


def barriers(page: Page, *, except_for: tuple[str, ...] = (), also_narrow: bool = False) -> list[str]:
    """What keeps somebody out of this page: axe's findings, a page too wide for its screen, what the policy forbids.

    It is looked at on a phone and on a desk, where it stays; in `make proof` on every screen.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT + STAND_STILL)
    rules = {rule: {"enabled": False} for rule in except_for}
    options = {"runOnly": RULES, "rules": rules, "resultTypes": ["violations"], "preload": PRELOAD}
    return [
        f"{page.url} on {screen}: {found}"
        for screen in extent([PHONE], [*(NARROW if also_narrow else []), *EVERY_SCREEN])
        for found in _barriers_on(page, screen, options)
    ]


def _barriers_on(page: Page, screen: Screen, options: dict[str, Any]) -> list[str]:
    page.set_viewport_size(screen.size)
    page.emulate_media(color_scheme=screen.scheme)
    return page.evaluate(FIND, options)


@dataclass
class Windows:
    """Windows of one browser on one site; all of them are closed with the test."""

    browser: Browser
    base: str
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, member: Any = None, **options: Any) -> Page:
        """A page in a window of its own, where this member is signed in and has been here today; or nobody is."""
        context = self.browser.new_context(base_url=self.base, **({"viewport": DESK.size} | options))
        self.contexts.append(context)
        if member is not None:
            context.add_cookies([self._session_of(member)])
        if options.get("java_script_enabled", True):
            context.add_init_script(REPORTS)
        return context.new_page()

    def close(self) -> None:
        """Close what was opened."""
        while self.contexts:
            self.contexts.pop().close()

    def _session_of(self, member: Any) -> Any:
        client, name = Client(), settings.SESSION_COOKIE_NAME
        sign_in(client, member)
        return {"name": name, "value": client.cookies[name].value, "url": self.base}


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium for as long as the block runs."""
    # From here on an event loop of Playwright runs in this thread, which makes Django fear for its connection.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
