"""Editing and deleting over requests, with a reload and without."""

import re

import pytest
from django.test import Client

from degentalk.forum import services as forum
from degentalk.forum.models import Post, PostRevision
from tests import make

pytestmark = pytest.mark.usefixtures("committed_db")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def post(committed_db) -> Post:
    return make.thread(make.user("alice"), title="Gas", body="Gas is cheap").posts.get()


@pytest.fixture
def alice(sign_in, post) -> Client:
    return sign_in(post.author)


def edit(client, post, *, htmx=False, **fields):
    fields = {"body": "Gas is **free**", "revision": "0", "key": "k1"} | fields
    return client.post(f"/post/{post.pk}/edit", fields, headers=HTMX if htmx else {})


def page(client, post):
    return client.get(post.thread.get_absolute_url()).content.decode()


def hidden(shown, name):
    return re.search(rf'name="{name}" value="([^"]*)"', shown)[1]


# ── Editing ──


def test_the_author_is_offered_to_edit_and_delete(alice, sign_in, post):
    offers = [f"/post/{post.pk}/edit", f"/post/{post.pk}/delete"]
    assert all(offer in page(alice, post) for offer in offers)
    for other in (Client(), sign_in(make.user("mallory"))):
        assert not any(offer in page(other, post) for offer in offers)


def test_the_form_holds_the_text(alice, post):
    shown = alice.get(f"/post/{post.pk}/edit").content.decode()
    assert "Gas is cheap</textarea>" in shown
    assert hidden(shown, "revision") == "0"


def test_htmx_gets_the_form_in_place_of_the_post(alice, post):
    shown = alice.get(f"/post/{post.pk}/edit", headers=HTMX).content.decode()
    assert "<html" not in shown
    assert re.search(r'<form[^>]* id="post-1"', shown)


def test_saving_leads_back_to_the_post(alice, post):
    answer = edit(alice, post)
    assert (answer.status_code, answer["Location"]) == (303, post.get_absolute_url())
    shown = page(alice, post)
    assert "Gas is <strong>free</strong>" in shown
    assert re.search(r'<span class="edited">edited\s*<time', shown)


def test_htmx_gets_the_post_back(alice, post):
    shown = edit(alice, post, htmx=True).content.decode()
    assert re.search(r'<article[^>]* id="post-1"', shown)
    assert "Gas is <strong>free</strong>" in shown


def test_cancelling_brings_the_post_back(alice, post):
    shown = alice.get(f"/post/{post.pk}", headers=HTMX).content.decode()
    assert re.search(r'<article[^>]* id="post-1"', shown)
    assert alice.get(f"/post/{post.pk}")["Location"] == post.get_absolute_url()


def test_sending_the_form_twice_saves_once(alice, post):
    assert [edit(alice, post).status_code for _ in range(2)] == [303, 303]
    assert PostRevision.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"body": " "}, "Write something first."),
        ({"body": "&nbsp;"}, "Nothing of this would be seen."),
        ({"body": "x" * 10_001}, "at most 10000 characters"),
        ({"key": ""}, "This form had lost a part on the way."),
        ({"revision": ""}, "Please look at the marked fields."),
        ({"revision": "-1"}, "Please look at the marked fields."),
    ],
)
def test_a_refused_form_says_why_and_keeps_what_was_written(alice, post, fields, sentence):
    answer = edit(alice, post, **fields)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in shown
    assert Post.objects.get().body == "Gas is cheap"


def test_a_lost_race_shows_the_newer_text_and_keeps_mine(alice, post):
    edit(alice, post, body="From my phone")
    answer = edit(alice, post, body="From my computer", key="k2")
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "This post was edited since you opened it" in shown
    assert "From my phone" in shown
    assert "From my computer</textarea>" in shown
    again = edit(alice, post, body="From my computer", revision=hidden(shown, "revision"), key=hidden(shown, "key"))
    assert again.status_code == 303
    assert Post.objects.get().body == "From my computer"


@pytest.mark.parametrize("path", ["edit", "delete"])
def test_others_find_nothing_to_change(sign_in, post, path):
    mallory = sign_in(make.user("mallory"))
    answers = [mallory.get(f"/post/{post.pk}/{path}"), mallory.post(f"/post/{post.pk}/{path}", {"body": "x"})]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert sign_in(make.moderator()).get(f"/post/{post.pk}/{path}").status_code == 404


@pytest.mark.parametrize("path", ["edit", "delete"])
def test_visitors_are_led_to_sign_in(post, path):
    for answer in (Client().get(f"/post/{post.pk}/{path}"), Client().post(f"/post/{post.pk}/{path}")):
        assert answer.status_code in {302, 303}
        assert answer["Location"].startswith("/account/login/")


def test_in_a_locked_thread_nothing_is_offered_and_the_form_says_why(alice, post):
    forum.set_lock(thread=post.thread, is_locked=True)
    assert f"/post/{post.pk}/edit" not in page(alice, post)
    shown = alice.get(f"/post/{post.pk}/edit", follow=True).content.decode()
    assert "This thread is locked: what stands in it stays as it is." in shown
    assert edit(alice, post).status_code == 422


# ── Deleting ──


@pytest.fixture
def reply(committed_db, post) -> Post:
    return forum.reply(author=make.user("bob"), thread=post.thread, body="My secret").post


def test_deleting_asks_first(sign_in, reply):
    bob = sign_in(reply.author)
    shown = bob.get(f"/post/{reply.pk}/delete").content.decode()
    assert "Delete this post?" in shown
    assert Post.objects.get(pk=reply.pk).is_visible


def test_a_deleted_reply_leaves_a_note(sign_in, reply):
    bob = sign_in(reply.author)
    answer = bob.post(f"/post/{reply.pk}/delete")
    assert (answer.status_code, answer["Location"]) == (303, reply.get_absolute_url())
    shown = page(bob, reply)
    assert "Deleted by its author." in shown
    assert "My secret" not in shown
    assert "10 XP went with it." in shown


def test_deleting_twice_is_the_same_as_once(sign_in, reply):
    bob = sign_in(reply.author)
    assert [bob.post(f"/post/{reply.pk}/delete").status_code for _ in range(2)] == [303, 303]


def test_a_deleted_thread_leads_to_the_forum(alice, post):
    answer = alice.post(f"/post/{post.pk}/delete", follow=True)
    assert answer.redirect_chain == [("/threads", 303)]
    assert "No threads yet" in answer.content.decode()


def test_a_thread_that_others_replied_to_says_why_it_stays(alice, post, reply):
    for answer, status in [(alice.get(f"/post/{post.pk}/delete"), 200), (alice.post(f"/post/{post.pk}/delete"), 422)]:
        assert answer.status_code == status
        assert "Others have replied, so the first post stays." in answer.content.decode()
