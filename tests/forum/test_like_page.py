"""The like button over requests: with a reload and without, for members and visitors."""

import re

import pytest
from django.test import Client

from degentalk.forum import services as forum
from degentalk.forum.models import Like, Post
from tests import make

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def post(db) -> Post:
    return make.thread(make.user("alice"), title="Gas").posts.get()


@pytest.fixture
def bob(sign_in) -> Client:
    return sign_in(make.verified(make.user("bob")))


def send(client, post, verb="like", *, htmx=False):
    return client.post(f"/post/{post.pk}/{verb}", headers=HTMX if htmx else {})


def page(client, post):
    return client.get(post.thread.get_absolute_url()).content.decode()


def button(shown):
    """Address, whether it is pressed, and what it says."""
    found = re.search(
        r'<form\s+class="like"[^>]*action="([^"]*)".*?aria-pressed="(\w+)"[^>]*>(.*?)</button>', shown, re.DOTALL
    )
    return found and (found[1], found[2], " ".join(re.sub(r"<[^>]*>", " ", found[3]).split()))


def test_a_member_sees_a_button_to_like(bob, post):
    assert button(page(bob, post)) == (f"/post/{post.pk}/like", "false", "Like")


def test_who_likes_a_post_sees_a_button_to_take_it_back(bob, post):
    send(bob, post)
    assert button(page(bob, post)) == (f"/post/{post.pk}/unlike", "true", "Like 1")


def test_a_like_leads_back_to_the_post(bob, post):
    answer = send(bob, post)
    assert (answer.status_code, answer["Location"]) == (303, post.get_absolute_url())


def test_htmx_gets_the_button_alone(bob, post):
    shown = send(bob, post, htmx=True).content.decode()
    assert "<article" not in shown
    assert button(shown) == (f"/post/{post.pk}/unlike", "true", "Like 1")
    assert button(send(bob, post, "unlike", htmx=True).content.decode()) == (f"/post/{post.pk}/like", "false", "Like")


def test_pressing_twice_is_the_same_as_once(bob, post):
    answers = [button(send(bob, post, htmx=True).content.decode()) for _ in range(2)]
    assert answers[0] == answers[1]
    assert Like.objects.active().count() == 1


def test_authors_see_the_count_alone(sign_in, bob, post):
    send(bob, post)
    shown = page(sign_in(post.author), post)
    assert button(shown) is None
    assert "1 like" in shown


def test_who_likes_a_post_is_not_shown(sign_in, bob, post):
    send(bob, post)
    assert "bob" not in page(sign_in(post.author), post)


def test_a_visitor_sees_the_count_and_where_to_sign_in(bob, post):
    send(bob, post)
    shown = page(Client(), post)
    assert button(shown) is None
    assert f'href="/account/login/?next=/thread/{post.thread_id}/gas%23post-1"' in shown
    assert "1 like" in shown


def test_a_visitor_who_sends_the_form_is_led_to_sign_in(post):
    answer = send(Client(), post)
    assert answer.status_code == 303
    assert answer["Location"].startswith("/account/login/?next=")
    assert send(Client(), post, htmx=True).status_code == 401
    assert not Like.objects.exists()


def test_liking_ones_own_post_is_refused_in_a_sentence(sign_in, post):
    alice = sign_in(post.author)
    shown = alice.get(send(alice, post)["Location"]).content.decode()
    assert "You cannot like your own post." in shown
    assert "You cannot like your own post." in send(alice, post, htmx=True).content.decode()


def test_liking_a_removed_post_is_refused_in_a_sentence(bob, post):
    reply = forum.reply(author=post.author, thread=post.thread, body="More").post
    forum.hide(post=reply, moderator=make.moderator(), reason="Spam")
    shown = send(bob, reply, htmx=True).content.decode()
    assert "This post was removed." in shown
    assert button(shown) is None


@pytest.mark.parametrize("verb", ["like", "unlike"])
def test_the_address_of_a_button_leads_a_reader_to_the_post(bob, post, verb):
    assert bob.get(f"/post/{post.pk}/{verb}")["Location"] == post.get_absolute_url()


@pytest.mark.parametrize("number", ["0", "999", "9" * 19, "9" * 100])
def test_a_post_that_does_not_exist_is_not_found(bob, number):
    assert bob.post(f"/post/{number}/like").status_code == 404


def test_a_like_needs_the_csrf_token(post):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make.user("bob"))
    assert send(strict, post).status_code == 403
