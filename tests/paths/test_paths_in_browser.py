"""The pages of paths in a real Chromium: choosing in place and without a script, and how they look to machines."""

import pytest
from playwright.sync_api import expect

from paths import services as paths
from paths.models import XpPath
from tests import browsing, make
from tests.browsing import PHONE, barriers
from tests.extent import in_proof_only
from tests.paths.standing import choose, earn, only, pause, primary, waits
from tests.xp.test_path_shares import write

pytestmark = browsing.MARKS


@pytest.fixture
def three(committed_db):
    made = only(
        ("test-sage", {"post_created": 15_000, "like_received": 8_000}),
        ("test-host", {"thread_created": 20_000}),
        ("test-moon", {}),
    )
    XpPath.objects.filter(pk="test-host").update(name="Archivist of chains that everybody else forgot", color="rose")
    waits(0)
    return made


def test_the_first_choice_changes_the_cards_in_place_and_shows_a_toast(windows, three):
    alice = make.user("alice")
    page = windows.open(alice)
    page.goto("/paths")
    page.evaluate("window.stays = true")
    page.click("text=Choose Sage")
    expect(page.locator("[data-state=primary] h2")).to_have_text("Sage")
    expect(page.locator("#toasts")).to_contain_text("Your path is Sage now")
    assert (page.evaluate("[stays, violations]"), primary(alice)) == ([True, []], "test-sage")
    assert (page.locator("#paths").count(), page.locator("#toasts").count()) == (1, 1)


def test_a_switch_is_confirmed_in_its_card_and_can_be_left(windows, three):
    alice = make.user("alice")
    choose(alice, three[0])
    page = windows.open(alice)
    page.goto("/paths")
    page.evaluate("window.stays = true")
    page.click("text=Switch to Moon")
    expect(page.locator(".path-confirm h3")).to_be_focused()
    page.get_by_role("link", name="Stay").click()
    expect(page.locator(".path-confirm")).to_have_count(0)
    page.click("text=Switch to Moon")
    page.click(".path-confirm button")
    expect(page.locator("[data-state=primary] h2")).to_have_text("Moon")
    expect(page.locator("#toasts")).to_contain_text("Your path is Moon now")
    assert (page.evaluate("[stays, violations]"), primary(alice)) == ([True, []], "test-moon")


def test_all_of_it_works_without_a_script(windows, three):
    alice = make.user("alice")
    page = windows.open(alice, java_script_enabled=False)
    page.goto("/paths")
    page.click("text=Choose Sage")
    expect(page.locator("[data-state=primary] h2")).to_have_text("Sage")
    page.click("text=Switch to Moon")
    assert page.url.endswith("/paths/test-moon/choose")
    page.click(".path-confirm button")
    assert (page.url.endswith("/paths"), primary(alice)) == (True, "test-moon")
    assert "Your path is Moon now" in page.inner_text("#toasts")


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_on_a_phone_a_member_finds_paths_in_the_menu(windows, three, scheme):
    page = windows.open(make.user("alice"), viewport=PHONE.size, color_scheme=scheme)
    page.goto("/")
    page.click("[data-menu] summary")
    page.click(".sheet >> text=Paths")
    expect(page.locator("h1")).to_have_text("Paths")
    page.click("[data-menu] summary")
    expect(page.locator(".sheet [aria-current=page]")).to_have_text("Paths")


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_on_a_phone_a_visitor_finds_paths_in_the_bar_at_the_bottom(windows, three, scheme):
    page = windows.open(viewport=PHONE.size, color_scheme=scheme)
    page.goto("/")
    page.click(".tabbar >> text=Paths")
    expect(page.locator("h1")).to_have_text("Paths")
    expect(page.locator(".tabbar [aria-current=page]")).to_have_text("Paths")


def test_the_board_of_a_path_is_exchanged_and_the_address_follows(windows, three):
    members = [make.user(f"member_{number:02d}") for number in range(30)]
    for number, member in enumerate(members):
        choose(member, three[0]), earn(member, 100 + number)
    page = windows.open(members[10])
    page.goto("/paths/test-sage")
    page.evaluate("window.stays = true")
    page.click("#part-around")
    expect(page.locator("tr.me")).to_contain_text("member_10")
    expect(page).to_have_url("/paths/test-sage?around=me")
    assert page.evaluate("[stays, violations]") == [True, []]


def everything(alice, three):
    """A path of her own, one she left, one that is paused, and awards to forecast."""
    choose(alice, three[1]), earn(alice, 45)
    choose(alice, three[2]), earn(alice, 12)
    choose(alice, three[0]), write(alice, 1)
    bob = make.user("bob")
    choose(bob, three[0]), earn(bob, 130)
    pause(three[2])


@in_proof_only
def test_the_pages_have_no_barriers(windows, three):
    alice = make.user("alice", time_zone="Asia/Tokyo")
    everything(alice, three)
    page = windows.open(alice)
    found = []
    for path in ("/paths", "/paths/test-sage", "/paths/test-host?around=me", "/paths/test-host/choose", "/me"):
        page.goto(path)
        found += barriers(page)
    waits(720)
    for tokens in (0, 1):
        page.goto("/paths")
        found += barriers(page)
        page.goto("/paths/test-host/choose")
        found += barriers(page)
        paths.grant_switch_token(user=alice, source=f"test:{tokens}")
    page.goto("/paths")
    page.click("text=Switch to Archivist")
    page.wait_for_selector(".path-confirm")
    found += barriers(page)
    for visitors in ("/paths", "/paths/test-moon", "/profile/alice"):
        page = windows.open()
        page.goto(visitors)
        found += barriers(page)
    assert found == []
