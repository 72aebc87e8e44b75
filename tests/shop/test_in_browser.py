"""The shop in a real Chromium: what HTMX does to a page, what no script leaves, how it looks to machines."""

import pytest
from playwright.sync_api import expect

from degentalk.accounts.models import User
from shop.models import DgtUnlock, DgtUnlockLog
from tests import browsing, make
from tests.browsing import barriers
from tests.extent import in_proof_only
from tests.shop.selling import balance, buy, rich, unlock
from tests.shop.states import every_state

pytestmark = browsing.MARKS


@pytest.fixture
def alice(committed_db) -> User:
    return rich("alice", 420)


@pytest.fixture
def frame(committed_db) -> DgtUnlock:
    return unlock(cost=40, name="Gold frame", rarity="epic", position=1)


@pytest.fixture
def page(windows, alice, frame):
    """Alice looks at the shop."""
    page = windows.open(alice)
    page.goto("/shop")
    page.evaluate("window.stays = true")
    return page


def open_dialog(page, row):
    page.click(f"#act-{row.pk}")
    page.wait_for_selector("dialog[open] #purchase")


def test_a_purchase_needs_no_reload_and_the_card_changes(page, alice, frame):
    open_dialog(page, frame)
    page.click("#purchase")
    page.wait_for_selector(f"#unlock-{frame.pk}[data-state=owned]")
    assert page.inner_text(".toast b") == "“Gold frame” is yours"
    assert (page.inner_text(".chip-balance .num"), balance(alice)) == ("380", 380)
    assert page.evaluate("[stays, violations, document.querySelectorAll('dialog').length]") == [True, [], 0]


def test_what_was_bought_is_worn_from_the_toast_and_taken_off_again(page, alice, frame):
    open_dialog(page, frame)
    page.click("#purchase")
    page.click(".toast >> text=Wear it")
    page.wait_for_selector(f"#unlock-{frame.pk}[data-state=equipped]")
    assert page.locator(".menu summary .frame-gold").count() == 1
    page.click(".toast >> text=Undo")
    page.wait_for_selector(f"#unlock-{frame.pk}[data-state=owned]")
    assert (User.objects.get(pk=alice.pk).look, page.locator(".menu summary .frame-gold").count()) == ({}, 0)
    assert page.evaluate("[stays, violations]") == [True, []]


def test_undo_is_offered_for_eight_seconds(windows, alice, frame):
    item = buy(alice, frame)
    page = windows.open(alice)
    page.clock.install(time=0)
    page.goto("/me?tab=unlocks")
    page.clock.pause_at(60_000)
    page.click(f"#wear-{item.pk}")
    page.wait_for_selector(".toast >> text=Undo")
    page.clock.run_for(7_900)
    assert page.locator(".toast:not(.leaving)").count() == 1
    page.clock.run_for(1_000)
    page.wait_for_selector(".toast", state="detached")


def test_a_double_click_buys_once(page, alice):
    boost = unlock("xp_boost", cost=40)
    page.reload()
    open_dialog(page, boost)
    page.dblclick("#purchase")
    page.wait_for_selector(".toast")
    page.wait_for_load_state("networkidle")
    assert (DgtUnlockLog.objects.count(), balance(alice)) == (1, 380)


def test_a_double_click_without_script_buys_once(windows, alice):
    boost = unlock("xp_boost", cost=40)
    page = windows.open(alice, java_script_enabled=False)
    page.goto(f"/shop/{boost.pk}")
    page.click(f"#act-{boost.pk}")
    page.dblclick("#purchase")
    page.wait_for_url(f"**/shop/{boost.pk}")
    assert "You have 1" in page.inner_text("main")
    assert (DgtUnlockLog.objects.count(), balance(alice)) == (1, 380)


def test_l18_a_price_that_changed_is_confirmed_anew_in_the_dialog(page, alice, frame):
    open_dialog(page, frame)
    DgtUnlock.objects.filter(pk=frame.pk).update(cost_dgt=55)
    page.click("#purchase")
    page.wait_for_selector("dialog[open] [role=alert]")
    assert "it is 55 DGT now" in page.inner_text("dialog [role=alert]")
    page.click("text=Unlock for 55 DGT")
    page.wait_for_selector(f"#unlock-{frame.pk}[data-state=owned]")
    assert balance(alice) == 365


def test_the_keyboard_alone_opens_and_closes_the_dialog(page, frame):
    page.focus(f"#act-{frame.pk}")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    expect(page.locator(f"#act-{frame.pk}")).to_be_focused()


def test_cancelling_leaves_nothing_and_returns_to_the_button(page, frame, alice):
    open_dialog(page, frame)
    page.click("dialog >> text=Cancel")
    page.wait_for_selector("dialog", state="detached")
    expect(page.locator(f"#act-{frame.pk}")).to_be_focused()
    assert page.evaluate("stays")
    assert balance(alice) == 420


FAILURES = {
    "the network": lambda route: route.abort(),
    "the site": lambda route: route.fulfill(status=500, body="Oops"),
}


def fails_in_a_dialog(page, frame, failure):
    """A purchase that gets no proper answer."""
    open_dialog(page, frame)
    page.route("**/buy", FAILURES[failure])
    page.click("#purchase")
    page.wait_for_selector(".toast.error")


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("screen", [browsing.PHONE, browsing.DESK], ids=str)
def test_a_failure_is_shown_above_an_open_dialog_where_it_can_be_dismissed(page, frame, failure, screen):
    page.set_viewport_size(screen.size)
    fails_in_a_dialog(page, frame, failure)
    assert page.inner_text(".toast.error b") == "That did not work"
    page.click(".toast [data-dismiss]")  # takes that nothing lies above it
    page.wait_for_selector(".toast", state="detached")
    assert page.locator("dialog[open] #purchase").count() == 1


def test_a_failure_outlasts_the_dialog_that_it_was_shown_in(page, frame):
    fails_in_a_dialog(page, frame, "the network")
    page.click("dialog >> text=Cancel")
    page.wait_for_selector("dialog", state="detached")
    assert page.inner_text("#toasts .toast.error b") == "That did not work"


def test_a_gift_finds_its_receiver_while_one_types(page, frame):
    make.user("bobby")
    open_dialog(page, frame)
    page.click("text=Give it to somebody else instead")
    page.type("dialog [name=to]", "bo", delay=100)  # as fast as a hand: htmx listens 20 ms after it swapped
    page.wait_for_selector("#recipients option", state="attached")
    page.fill("dialog [name=to]", "bobby")
    page.fill("dialog [name=note]", "For you")
    page.click("#purchase")
    page.wait_for_selector(".toast")
    assert page.inner_text(".toast b") == "bobby has “Gold frame” from you now"
    assert DgtUnlockLog.objects.get().user.username == "bobby"


def test_filters_change_the_address_and_back_brings_the_shelf_again(page, frame):
    page.click("#filter-type-badge")
    page.wait_for_selector("#filter-type-badge[aria-current]")
    assert page.url.endswith("/shop?type=badge")
    assert page.evaluate("stays")
    assert page.locator(f"#unlock-{frame.pk}").count() == 0
    page.go_back()
    page.wait_for_selector(f"#unlock-{frame.pk}")
    assert page.url.endswith("/shop")


def test_filters_work_without_script(windows, alice, frame):
    page = windows.open(alice, java_script_enabled=False)
    page.goto("/shop")
    page.click("#filter-type-badge")
    page.click("#filter-clear")
    assert page.locator(f"#unlock-{frame.pk}").count() == 1


def test_using_something_updates_my_page(windows, alice):
    buy(alice, unlock("xp_boost", name="Night boost"))
    page = windows.open(alice)
    page.goto("/me?tab=unlocks")
    page.click("a[id^=use-]")
    page.click("dialog >> text=Use it now")
    page.wait_for_selector("#unlocks >> text=Used up")
    assert "“Night boost” is used" in page.inner_text(".toast b")


@in_proof_only
def test_pages_of_the_shop_have_no_barriers(windows, alice):
    shelf = every_state(alice)
    pages = ["/shop", "/shop?type=badge&rarity=common", "/me?tab=unlocks", "/profile/alice"]
    pages += [shelf[state].get_absolute_url() for state in ("sale", "locked_path", "short")]
    pages += [f"/shop/{shelf['available'].pk}/{how}" for how in ("buy", "give")]
    pages += [f"/shop/mine/{DgtUnlockLog.objects.of(alice).get(unlock=shelf['consumable'], pk__gt=3).pk}/use"]
    page = windows.open(alice)
    for path in pages:
        assert page.goto(path).status == 200
        assert barriers(page) == []
