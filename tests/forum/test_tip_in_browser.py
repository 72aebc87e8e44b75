"""Tips in a real Chromium: what HTMX does to a page, what no script leaves, how it looks to machines."""

import pytest
from playwright.sync_api import Page, expect

from degentalk.accounts.models import User
from degentalk.forum import services as forum
from degentalk.forum.models import Post, Tip
from tests import browsing, make
from tests.browsing import barriers
from tests.extent import in_proof_only
from tests.forum.tipping import balance, counted, member, post_by, tip

pytestmark = browsing.MARKS


@pytest.fixture
def bob(committed_db) -> User:
    return member("bob", dgt=300)


@pytest.fixture
def post(committed_db) -> Post:
    return post_by(member("alice"))


@pytest.fixture
def page(windows, bob, post) -> Page:
    """Bob reads the thread."""
    page = windows.open(bob)
    page.goto(post.thread.get_absolute_url())
    page.evaluate("window.stays = true")
    return page


def open_form(page):
    page.click("#post-1 a[id^=tip-]")
    page.wait_for_selector("#post-1 section.tip")


def choose(page, dgt):
    page.click(f'#post-1 .offers button[value="{dgt}"]')
    page.wait_for_selector("#post-1 form.tip")


def test_a_tip_is_given_without_a_reload(page, post):
    open_form(page)
    choose(page, 50)
    assert page.inner_text("#post-1 form.tip button") == "Tip 50 DGT"
    page.fill("#post-1 [name=message]", "Well said")
    page.click("#post-1 form.tip button")
    page.wait_for_selector("#post-1 div.tips >> text=1 tip")
    assert [text.strip() for text in page.locator(".toast b").all_inner_texts()] == ["Tipped 50 DGT to alice", "+10 XP"]
    assert (page.inner_text(".chip-balance .num"), counted(post)) == ("250", (50, 1))
    assert page.evaluate("[stays, violations]") == [True, []]


def test_a_double_click_tips_once(page, post, bob):
    open_form(page)
    choose(page, 50)
    page.dblclick("#post-1 form.tip button")
    page.wait_for_selector("#post-1 div.tips >> text=1 tip")
    page.wait_for_load_state("networkidle")
    assert (Tip.objects.count(), balance(bob)) == (1, 250)


def test_a_double_click_without_script_tips_once(windows, bob, post):
    page = windows.open(bob, java_script_enabled=False)
    page.goto(f"/post/{post.pk}/tip")
    page.click('.offers button[value="10"]')
    page.dblclick("form.tip button")
    page.wait_for_url("**#post-1")
    assert "1 tip" in page.inner_text("#post-1")
    assert counted(post) == (10, 1)


def test_the_keyboard_alone_gives_a_tip(page, post):
    page.focus(f"#tip-{post.pk}")
    page.keyboard.press("Enter")
    page.wait_for_selector("#post-1 section.tip")
    page.fill("#post-1 input[name=amount]", "7")
    page.keyboard.press("Enter")
    page.wait_for_selector("#post-1 form.tip")
    page.focus("#post-1 form.tip button")
    page.keyboard.press("Enter")
    page.wait_for_selector("#post-1 div.tips >> text=1 tip")
    expect(page.locator(f"#tip-{post.pk}")).to_be_focused()
    assert counted(post) == (7, 1)


def test_what_is_wrong_is_said_in_place_and_cancelling_leaves_nothing(page, post):
    open_form(page)
    page.fill("#post-1 input[name=amount]", "1000")
    page.click("#post-1 >> text=Continue")
    page.wait_for_selector("#post-1 .err")
    assert page.inner_text("#post-1 .err") == "You have 300 DGT; this needs 1,000: 700 DGT short."
    assert page.input_value("#post-1 input[name=amount]") == "1000"
    page.click("#post-1 >> text=Cancel")
    page.wait_for_selector("#post-1 div.tips")
    assert page.evaluate("[stays, violations, document.querySelectorAll('.tip').length]") == [True, [], 0]


def test_who_was_signed_out_elsewhere_is_told(page):
    open_form(page)
    choose(page, 5)
    page.context.clear_cookies(name="sessionid")
    page.click("#post-1 form.tip button")
    page.wait_for_selector(".toast")
    assert page.inner_text(".toast b") == "You are signed out"
    assert not Tip.objects.exists()


@in_proof_only
def test_pages_of_tips_have_no_barriers(windows, bob, post):
    User.objects.filter(pk=bob.pk).update(is_staff=True, is_superuser=True)
    admin, long = make.user("admin", is_staff=True, is_superuser=True), member("W" * 24, dgt=100)
    rows = [tip(post, giver, 5).tip for giver in (bob, long, long)]
    forum.undo_tip(tip=rows[2], actor=admin, reason="A reason")
    page = windows.open(bob)
    for path in (f"/post/{post.pk}/tip", f"/post/{post.pk}/tips", f"/tip/{rows[1].pk}/undo"):
        page.goto(path)
        assert barriers(page) == []
    page.goto(post.thread.get_absolute_url())
    assert barriers(page) == []
    open_form(page)
    assert barriers(page) == []
    page.fill("#post-1 input[name=amount]", "1000")
    page.click("#post-1 >> text=Continue")
    page.wait_for_selector("#post-1 .err")
    assert barriers(page) == []
    choose(page, 50)
    assert barriers(page) == []
