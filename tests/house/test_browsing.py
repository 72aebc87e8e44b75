"""What looks for barriers finds them, on the screen where they are."""

import pytest

from tests import browsing, make
from tests.browsing import barriers

pytestmark = browsing.MARKS

ADD = "html => document.querySelector('main').insertAdjacentHTML('beforeend', html)"
STYLE = "([about, text]) => { document.querySelector(about).style.cssText = text }"


@pytest.fixture
def page(windows):
    page = windows.open(make.user("alice"))
    page.goto("/threads")
    return page


def found(page):
    """Screen and first word of each finding."""
    findings = (finding.split(" on ", 1)[1].split(": ", 1) for finding in barriers(page))
    return [(screen, finding.split(":")[0]) for screen, finding in findings]


def test_a_page_without_barriers_has_none(page):
    assert barriers(page) == []


def test_what_axe_finds_is_named(page):
    page.evaluate(ADD, "<img src=/favicon.ico>")
    assert found(page) == [("390 dark", "image-alt")]


def test_what_cannot_be_read_in_the_dark_is_found_there(page):
    page.evaluate(STYLE, ["h1", "color: black"])
    assert found(page) == [("390 dark", "color-contrast")]


def test_what_is_too_wide_for_a_phone_is_found_there(page):
    page.evaluate(STYLE, ["h1", "width: 500px"])
    assert [screen for screen, what in found(page) if "pixels" in what] == ["390 dark"]


def test_what_the_policy_forbids_is_found(page):
    page.evaluate(ADD, "<p style='color: inherit'>styled</p>")
    assert ("390 dark", "the policy forbids") in found(page)
