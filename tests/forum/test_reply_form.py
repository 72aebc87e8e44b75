"""The reply form over requests: with a reload and without, sent twice, refused."""

import re

import pytest
from django.test import Client

from degentalk.forum import rules
from degentalk.forum import services as forum
from degentalk.forum.models import Post, Thread
from tests import make
from xp.models import UserXp, XpLog

pytestmark = pytest.mark.usefixtures("committed_db")

HTMX = {"HX-Request": "true"}


@pytest.fixture
def thread(committed_db) -> Thread:
    return make.thread(make.user("alice"), title="Gas is cheap")


@pytest.fixture
def bob(committed_db) -> Client:
    client = Client()
    client.force_login(make.user("bob"))
    client.get("/threads")  # the visit of the day is counted and its toast seen
    return client


def send(client, thread, *, htmx=False, **fields):
    fields = {"body": "Yes", "key": "k1", "seen": str(thread.last_number)} | fields
    return client.post(f"/thread/{thread.pk}/reply", fields, headers=HTMX if htmx else {})


def toasts(text):
    text = re.sub(r">\s+<", "><", text.split("<template")[0])  # the one for failures is not shown
    return re.findall(r'data-toast="(\w+)".*?<b>(.*?)</b>(?:<p>(.*?)</p>)?', text, re.DOTALL)


def set_xp(owner, bob, xp):
    owner.execute(
        "insert into user_xp (user_id, xp) values (%s, %s) on conflict (user_id) do update set xp = excluded.xp",
        [int(bob.session["_auth_user_id"]), xp],
    )


def new_key(text):
    (key,) = re.findall(r'name="key" value="([^"]*)"', text)
    return key


# ── With a reload ──


def test_a_reply_leads_to_where_it_stands(bob, thread):
    answer = send(bob, thread)
    assert (answer.status_code, answer["Location"]) == (303, f"/thread/{thread.pk}/gas-is-cheap#post-2")


def test_the_next_page_says_what_the_reply_earned(bob, thread):
    shown = bob.get(send(bob, thread)["Location"]).content.decode()
    assert toasts(shown) == [("xp", "+10 XP", "Reply written")]


def test_a_reply_beyond_a_full_page_leads_to_the_next_one(bob, committed_db):
    full = make.thread(make.user("alice"), title="Full", replies=rules.POSTS_PER_PAGE - 1)
    assert send(bob, full)["Location"] == f"/thread/{full.pk}/full?page=2#post-21"


def test_sending_the_same_form_twice_posts_once(bob, thread):
    answers = [send(bob, thread), send(bob, thread)]
    assert len({answer["Location"] for answer in answers}) == 1
    assert list(thread.posts.filter(number__gt=1).values_list("body", flat=True)) == ["Yes"]
    assert XpLog.objects.filter(action__name="post_created").count() == 1


def test_a_refused_form_keeps_what_was_written(bob, thread):
    answer = send(bob, thread, body="&nbsp; \u200b")
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "Nothing of this would be seen." in shown
    assert "&amp;nbsp; \u200b</textarea>" in shown
    assert new_key(shown) != "k1"


def test_white_space_is_no_reply(bob, thread):
    answer = send(bob, thread, body=" \n\t ")
    assert answer.status_code == 422
    assert "Write something first." in answer.content.decode()
    assert thread.posts.count() == 1


def test_a_reply_that_is_too_long_is_refused_next_to_the_field(bob, thread):
    answer = send(bob, thread, body="x" * (rules.BODY_MAX_LENGTH + 1))
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert thread.posts.count() == 1


def test_a_key_of_another_text_is_refused_in_words(bob, thread):
    send(bob, thread, body="First")
    answer = send(bob, thread, body="Second")
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "This form was sent before, with another text." in shown
    assert "Second</textarea>" in shown
    assert new_key(shown) != "k1"


@pytest.mark.parametrize("key", ["", "é", "k" * 201])
def test_a_form_without_a_usable_key_is_shown_again_with_one(bob, thread, key):
    answer = send(bob, thread, key=key)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "This form had lost a part on the way." in shown
    assert send(bob, thread, key=new_key(shown)).status_code == 303


def test_a_key_belongs_to_its_member(bob, thread):
    send(bob, thread)
    mallory = Client()
    mallory.force_login(make.user("mallory"))
    assert send(mallory, thread)["Location"].endswith("#post-3")


def test_a_locked_thread_says_so_and_keeps_what_was_written(bob, thread):
    forum.set_lock(thread=thread, is_locked=True)
    answer = send(bob, thread, body="Too late")
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "This thread is locked" in shown
    assert "Too late</textarea>" in shown
    assert thread.posts.count() == 1


def test_control_and_bidirectional_characters_are_dropped(bob, thread):
    send(bob, thread, body="a\x00\u202eb\x07\r\n\tc")
    assert thread.posts.get(number=2).body == "ab\n    c"


def test_nobody_replies_to_a_thread_that_does_not_exist(bob, committed_db):
    assert bob.post("/thread/999/reply", {"body": "Yes", "key": "k1"}).status_code == 404


def test_a_visitor_is_led_to_sign_in_and_back(thread):
    answer = send(Client(), thread)
    assert answer.status_code == 303
    assert answer["Location"] == f"/account/login/?next=/thread/{thread.pk}/gas-is-cheap%23post-1"
    assert thread.posts.count() == 1


def test_a_reply_needs_the_csrf_token(thread):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make.user("bob"))
    assert send(strict, thread).status_code == 403


def test_reloading_a_refused_form_leads_back_to_the_thread(bob, thread):
    answer = bob.get(f"/thread/{thread.pk}/reply")
    assert (answer.status_code, answer["Location"]) == (302, thread.newest_url)


# ── Without one ──


def test_htmx_gets_the_new_post_alone(bob, thread):
    answer = send(bob, thread, htmx=True, body="**Yes**")
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in shown
    assert re.findall(r'<article[^>]* id="([^"]*)"', shown) == ["post-2"]
    assert "<strong>Yes</strong>" in shown


def test_htmx_gets_an_empty_form_with_a_new_key(bob, thread):
    shown = send(bob, thread, htmx=True).content.decode()
    (form,) = re.findall(r"<form[^>]*id=\"reply\"[^>]*hx-swap-oob=\"true\".*</form>", shown, re.DOTALL)
    assert new_key(form) not in {"", "k1"}
    assert re.search(r"<textarea[^>]*>\s*</textarea>", form)
    assert 'name="seen" value="2"' in form


def test_htmx_gets_the_toast_on_the_same_answer(bob, thread):
    assert toasts(send(bob, thread, htmx=True).content.decode()) == [("xp", "+10 XP", "Reply written")]


def test_htmx_gets_what_others_wrote_meanwhile(bob, thread):
    forum.reply(author=make.user("mallory"), thread=thread, body="Me first")
    shown = send(bob, thread, htmx=True, seen="1").content.decode()
    assert re.findall(r'<article[^>]* id="([^"]*)"', shown) == ["post-2", "post-3"]


def test_htmx_goes_to_the_page_that_the_reader_is_not_on(bob, committed_db):
    full = make.thread(make.user("alice"), title="Full", replies=rules.POSTS_PER_PAGE)
    answer = send(bob, full, htmx=True, seen=str(rules.POSTS_PER_PAGE))
    assert answer["HX-Redirect"] == f"/thread/{full.pk}/full?page=2#post-22"
    assert toasts(bob.get(f"/thread/{full.pk}/full?page=2").content.decode()) == [("xp", "+10 XP", "Reply written")]


def test_htmx_gets_a_refused_form_in_place(bob, thread):
    answer = send(bob, thread, htmx=True, body=" ")
    shown = answer.content.decode()
    assert (answer.status_code, answer["HX-Retarget"], answer["HX-Reswap"]) == (422, "#reply", "outerHTML")
    assert shown.strip().startswith("<form")
    assert re.search(r'role="alert" tabindex="-1" autofocus', shown)


def test_htmx_of_a_visitor_leaves_the_page_and_its_text_alone(thread):
    answer = send(Client(), thread, htmx=True)
    assert (answer.status_code, answer.content, "HX-Redirect" in answer) == (401, b"", False)


def test_a_replay_shows_the_same_post_and_the_same_gain(bob, thread):
    first, second = (send(bob, thread, htmx=True).content.decode() for _ in range(2))
    assert re.findall(r'<article[^>]* id="([^"]*)"', second) == ["post-2"]
    assert toasts(first) == toasts(second)
    assert Post.objects.filter(number__gt=1).count() == 1


@pytest.mark.parametrize("seen", ["", "0", "-1", "x", "1,000", "99999999999999999999", "500"])
def test_an_invented_seen_does_no_harm(bob, thread, seen):
    assert send(bob, thread, htmx=True, seen=seen).status_code in {200, 422}


# ── What it earned ──


def test_a_reply_during_the_cooldown_says_nothing_about_xp(bob, thread):
    send(bob, thread, htmx=True)
    shown = send(bob, thread, htmx=True, key="k2", seen="2", body="Again").content.decode()
    assert "post-3" in shown
    assert toasts(shown) == []


def test_a_level_up_shows_its_badge_and_its_reward(bob, thread, owner):
    # 5 XP short of level 2, which takes 50.
    set_xp(owner, bob, 45)
    shown = send(bob, thread, htmx=True).content.decode()
    assert toasts(shown) == [("xp", "+10 XP", "Reply written"), ("levelup", "Level 2", "Lurker. 20 DGT are yours.")]
    assert 'aria-label="Lurker, level 2"' in shown.split('data-toast="levelup"')[1]
    assert UserXp.objects.get(user__username="bob").level == 2


def test_a_reward_updates_the_balance_in_the_header(bob, thread, owner):
    set_xp(owner, bob, 45)
    shown = send(bob, thread, htmx=True).content.decode()
    assert re.findall(r'hx-swap-oob="outerHTML:.chip-balance .num"\s*>(.*?)<', shown) == ["20"]
