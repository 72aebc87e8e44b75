"""The forum in a real Chromium: what HTMX does to a page, what no script leaves, how it looks to machines."""

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import Page, expect

from degentalk.accounts.models import User
from degentalk.forum import services as forum
from degentalk.forum.models import Like, Post, Thread
from tests import browsing, make
from tests.browsing import barriers
from tests.extent import in_proof_only
from xp import services as xp

pytestmark = browsing.MARKS
RICH = """### Funding rates

They **look** calm: https://example.com/a/very/long/path/that/does/not/end/anywhere/soon/because/it/is/long?with=more

| Venue | Funding | A column that is wide | Another wide column | And one more |
|:--|--:|:-:|:--|:--|
| Alpha | 0.01% | something | long | that does not wrap |

> quoted

```
def a_long_name(parameter_one, parameter_two, parameter_three, parameter_four, parameter_five): return parameter_one
```

WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW
"""


@pytest.fixture
def thread(committed_db) -> Thread:
    return make.thread(make.user("alice"), body=RICH)


@pytest.fixture
def bob(committed_db) -> User:
    return make.user("bob")


@pytest.fixture
def page(windows, bob, thread) -> Page:
    """Bob reads the thread."""
    page = windows.open(bob)
    page.goto(thread.get_absolute_url())
    page.evaluate("window.stays = true")
    return page


def prepare(thread, bob):
    """Posts in every state, for a page of bob's; a removed thread, and a post of his own."""
    moderator, mallory = make.moderator(), make.user("mallory")
    own = forum.reply(author=bob, thread=thread, body="My **own**").post
    forum.edit_post(post=own, author=own.author, body="My *own*", revision=0)
    for verb, body in ((forum.hide, "Hidden"), (forum.flag_spam, "Spam")):
        post = forum.reply(author=mallory, thread=thread, body=body).post
        verb(post=post, moderator=moderator, reason="A reason that is long enough to need a second line on a phone")
    gone = forum.reply(author=mallory, thread=thread, body="Deleted").post
    forum.delete_post(post=gone, author=mallory)
    for number in (1, own.number):
        forum.like(member=make.user(f"liker{number}"), post=thread.posts.get(number=number))
    removed = make.thread(mallory, title="Terrible")
    forum.hide(post=removed.posts.get(), moderator=moderator, reason="Scam")
    forum.ban(member=mallory, moderator=moderator, reason="Farming", takes_back_xp=True)
    return removed, own


def write(page, text):
    page.fill("#reply textarea", text)
    page.focus("#reply-send")
    page.keyboard.press("Enter")


def test_a_reply_appears_without_a_reload(page):
    write(page, "Reply from **bob**")
    assert page.inner_text("#post-2 .prose") == "Reply from bob"
    assert page.inner_text(".toast b") == "+10 XP"
    assert page.inner_text("#reply-count") == "1 reply"
    assert page.input_value("#reply textarea") == ""
    assert page.evaluate("[stays, violations]") == [True, []]


def test_a_reply_after_signing_out_elsewhere_keeps_its_text(page):
    page.context.clear_cookies(name="sessionid")
    write(page, "Written for nothing?")
    assert page.inner_text(".toast b") == "You are signed out"
    assert page.input_value("#reply textarea") == "Written for nothing?"
    assert page.evaluate("stays") is True


def test_a_reply_with_an_old_page_says_what_to_do(page):
    page.context.clear_cookies(name="csrftoken")
    write(page, "Written for nothing?")
    assert page.inner_text(".toast b") == "This page is out of date"
    assert page.input_value("#reply textarea") == "Written for nothing?"


def test_a_text_that_is_too_long_is_not_cut(page):
    page.evaluate("document.querySelector('#reply textarea').value = 'x'.repeat(10_001)")
    page.focus("#reply-send")
    page.keyboard.press("Enter")
    page.wait_for_selector("#reply [role=alert]")
    assert len(page.input_value("#reply textarea")) == 10_001
    assert Post.objects.count() == 1


def test_the_keyboard_stays_where_it_was_after_a_reply(page):
    write(page, "Reply")
    page.wait_for_selector("#post-2")
    expect(page.locator("#reply-send")).to_be_focused()


def test_replies_can_be_written_one_after_the_other(page):
    write(page, "One")
    page.wait_for_selector("#post-2")
    write(page, "Two")
    assert page.inner_text("#post-3 .prose") == "Two"
    assert page.evaluate("[stays, document.querySelectorAll('#reply').length]") == [True, 1]


def test_a_level_up_moves_the_balance_in_the_header(page, bob):
    xp.award(user=bob, action="special_event", key="event:1", cause=("event", 1), base=45)
    write(page, "Reply")
    assert page.inner_text(".toast.levelup b") == "Level 2"
    assert page.inner_text(".chip-balance .num") == "20"


def test_a_refused_reply_keeps_its_text_and_says_why_where_the_keyboard_is(page):
    write(page, "&nbsp;")
    page.wait_for_selector("#reply [role=alert]")
    expect(page.locator("#reply [role=alert]")).to_be_focused()
    assert page.input_value("#reply textarea") == "&nbsp;"
    assert page.evaluate("[stays, violations]") == [True, []]


def test_a_double_click_posts_once(page, thread):
    page.fill("#reply textarea", "Twice?")
    page.dblclick("#reply-send")
    page.wait_for_selector("#post-2")
    page.wait_for_load_state("networkidle")
    assert thread.posts.count() == 2


def test_a_reply_from_an_earlier_page_leads_to_the_last_one(page, thread):
    for number in range(2, 22):
        forum.reply(author=thread.author, thread=thread, body=f"Reply {number}")
    page.goto(thread.get_absolute_url())
    write(page, "From page one")
    assert page.inner_text("#post-22 .prose") == "From page one"
    assert page.inner_text(".toast b") == "+10 XP"
    assert page.url.endswith(f"{thread.get_absolute_url()}?page=2#post-22")


def test_a_reply_is_written_without_script(windows, bob, thread):
    page = windows.open(bob, java_script_enabled=False)
    page.goto(thread.get_absolute_url())
    page.fill("#reply textarea", "No script")
    page.click("#reply-send")
    assert page.inner_text("#post-2 .prose") == "No script"
    assert page.inner_text(".toast b") == "+10 XP"


def test_a_like_is_given_and_taken_back_without_a_reload(page):
    for pressed, text in (("true", "Like 1"), ("false", "Like")):
        page.focus("#post-1 .like button")
        page.keyboard.press("Enter")
        page.wait_for_selector(f"#post-1 .like [aria-pressed={pressed}]")
        assert " ".join(page.inner_text("#post-1 .like").split()) == text
        expect(page.locator("#post-1 .like button")).to_be_focused()
    assert page.evaluate("[stays, violations]") == [True, []]


def test_a_double_click_likes_once(page, thread):
    page.dblclick("#post-1 .like button")
    page.wait_for_selector("#post-1 .like [aria-pressed=true]")
    page.mouse.down(click_count=2)  # a second click that comes after the answer, on the new button
    page.mouse.up(click_count=2)
    page.wait_for_load_state("networkidle")
    assert (thread.posts.get().like_count, Like.objects.count()) == (1, 1)


def test_a_post_is_liked_without_script(windows, bob, thread):
    page = windows.open(bob, java_script_enabled=False)
    page.goto(thread.get_absolute_url())
    page.click("#post-1 .like button")
    assert page.url.endswith("#post-1")
    assert page.get_attribute("#post-1 .like button", "aria-pressed") == "true"


def test_an_edit_happens_in_place(page):
    write(page, "Reply from bob")
    page.click("#post-2 >> text=Edit")
    page.wait_for_selector("form#post-2")
    expect(page.locator("#post-2 textarea")).to_be_focused()
    page.fill("#post-2 textarea", "Edited by **bob**")
    page.click("#post-2 >> text=Save")
    page.wait_for_selector("article#post-2")
    assert page.inner_text("#post-2 .prose") == "Edited by bob"
    assert page.evaluate("[stays, violations]") == [True, []]


def test_an_edit_that_is_refused_keeps_its_text_in_place(page):
    write(page, "Reply from bob")
    page.click("#post-2 >> text=Edit")
    page.fill("form#post-2 textarea", "&nbsp;")
    page.click("#post-2 >> text=Save")
    page.wait_for_selector("#post-2 [role=alert]")
    assert page.input_value("#post-2 textarea") == "&nbsp;"
    page.click("#post-2 >> text=Cancel")
    page.wait_for_selector("article#post-2")
    assert page.inner_text("#post-2 .prose") == "Reply from bob"


def test_a_moderator_hides_and_restores_in_place(page, bob):
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    bob.groups.add(Group.objects.get(name="moderator"))
    forum.reply(author=make.user("mallory"), thread=Thread.objects.get(), body="Buy my coin")
    page.reload()
    page.evaluate("window.stays = true")
    for act, shown in (("Hide", "A moderator hid this post."), ("Restore", "")):
        page.click("#post-2 summary")
        page.fill("#post-2 [name=reason]", " ")
        page.click(f"#post-2 >> text={act}")
        page.wait_for_selector("#post-2 [role=alert]")
        page.fill("#post-2 [name=reason]", "Because")
        page.click(f"#post-2 >> text={act}")
        page.wait_for_selector("#post-2 .removal", state="visible" if shown else "detached")
        assert shown in page.inner_text("#post-2")
    assert page.evaluate("[stays, violations]") == [True, []]


@in_proof_only
def test_pages_have_no_barriers(windows, bob, thread):
    User.objects.filter(pk=bob.pk).update(is_staff=True, is_superuser=True)
    for number in range(2, 22):
        forum.reply(author=thread.author, thread=thread, body=f"Reply {number}")
    removed, own = prepare(thread, bob)
    page = windows.open(bob)
    for path in (
        "/threads",
        "/threads/new",
        thread.get_absolute_url(),
        thread.url_of_page(2),
        f"/post/{own.pk}/edit",
        f"/post/{own.pk}/delete",
        f"/post/{thread.posts.get(number=1).pk}/moderate",
        removed.get_absolute_url(),
        "/moderation",
        "/moderation/members/alice/ban",
        "/moderation/members/mallory/unban",
    ):
        page.goto(path)
        assert barriers(page) == []
