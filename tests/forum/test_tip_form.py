"""Giving a tip over requests: with a reload and without, sent twice, refused."""

import re

import pytest
from django.test import Client

from degentalk.accounts.models import User
from degentalk.forum import services as forum
from degentalk.forum.models import Post, Tip
from tests import make
from tests.forum.tipping import balance, counted, member, post_by
from tests.html import html_of, main_of
from wallet import services as wallet

pytestmark = pytest.mark.usefixtures("committed_db")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def alice(committed_db) -> User:
    return member("alice")


@pytest.fixture
def bob(committed_db) -> User:
    return member("bob", dgt=300)


@pytest.fixture
def post(alice) -> Post:
    return post_by(alice)


@pytest.fixture
def page(sign_in, bob) -> Client:
    """Bob's browser."""
    return sign_in(bob)


def look(client, post, amount="50", *, htmx=False, **fields):
    return client.post(f"/post/{post.pk}/tip", {"amount": amount, **fields}, headers=HTMX if htmx else {})


def give(client, post, amount="50", *, key="", htmx=False, **fields):
    sent = {"amount": amount, "key": key or f"form-{make.serial()}", **fields}
    return client.post(f"/post/{post.pk}/tip/give", sent, headers=HTMX if htmx else {})


def thread(client, post):
    return html_of(client.get(post.thread.get_absolute_url()))


def buttons(shown):
    """What the buttons of the forms say."""
    return [" ".join(re.sub(r"<[^>]*>", " ", text).split()) for text in re.findall(r"<button.*?>(.*?)</button>", shown)]


# ── Given ──


def test_a_tip_leads_back_to_the_post(page, post, bob):
    answer = give(page, post)
    assert (answer.status_code, answer["Location"]) == (303, post.get_absolute_url())
    assert (counted(post), balance(bob)) == ((50, 1), 250)


def test_a_tip_is_told_with_the_xp_it_earned(page, post):
    give(page, post)
    shown = thread(page, post)
    assert "Tipped 50 DGT to alice" in shown
    assert "+10 XP" in shown


def test_htmx_gets_what_the_post_was_tipped_and_the_new_balance(page, post):
    shown = html_of(give(page, post, htmx=True))
    assert shown.startswith(f'<div class="tips" id="tips-{post.pk}"')
    assert "<span>1 tip</span>" in shown
    assert '<span class="num" hx-swap-oob="outerHTML:.chip-balance .num">250</span>' in shown
    assert "Tipped 50 DGT to alice" in shown


def test_a_message_reaches_the_author(page, post, alice):
    give(page, post, message="Great\u202e read")
    assert alice.notifications.get(kind="tip").text.endswith("They say: Great read (+10 XP)")


def test_l9_the_same_form_sent_again_is_one_tip_and_the_same_answer(page, post, bob):
    first, second = (give(page, post, key="form-1") for _ in range(2))
    assert (second.status_code, second["Location"]) == (first.status_code, first["Location"])
    assert (Tip.objects.count(), balance(bob), thread(page, post).count("Tipped 50 DGT")) == (1, 250, 1)


def test_l9_the_same_form_answers_the_same_after_the_post_was_deleted(page, post, alice):
    reply = forum.reply(author=alice, thread=post.thread, body="More").post
    give(page, reply, key="form-1")
    forum.delete_post(post=reply, author=alice)
    assert give(page, reply, key="form-1")["Location"] == reply.get_absolute_url()


def test_l10_a_key_with_another_amount_moves_nothing(page, post, bob):
    give(page, post, key="form-1")
    answer = give(page, post, "60", key="form-1")
    assert (answer.status_code, balance(bob)) == (422, 250)
    assert "This form was sent before" in answer.content.decode()


def test_l10_keys_of_two_members_never_collide(sign_in, page, post):
    give(page, post, key="form-1")
    give(sign_in(member("carol", dgt=50)), post, key="form-1")
    assert counted(post) == (100, 2)


@pytest.mark.parametrize("key", ["", " ", "ключ", "x" * 201])
def test_l11_without_a_usable_key_nothing_moves_and_the_form_brings_one(page, post, bob, key):
    answer = page.post(f"/post/{post.pk}/tip/give", {"amount": "50", "key": key})
    assert (answer.status_code, balance(bob), Tip.objects.count()) == (422, 300, 0)
    assert "This form had lost a part on the way." in answer.content.decode()


def test_l12_a_refused_tip_stays_refused_for_its_key(page, post, bob):
    first = give(page, post, "301", key="form-1")
    wallet.credit(user=bob, amount=100, source="rewards", key="gift:more", description="")
    second = give(page, post, "301", key="form-1")
    assert [answer.status_code for answer in (first, second)] == [422, 422]
    assert (balance(bob), counted(post)) == (400, (0, 0))


def test_a_refusal_keeps_what_was_typed(page, post):
    answer = give(page, post, "301", message="For the charts")
    shown = main_of(answer)
    assert answer.status_code == 422
    assert "You have 300 DGT; this needs 301: 1 DGT short." in shown
    assert 'value="301"' in shown
    assert '<input type="hidden" name="message" value="For the charts">' in shown
    assert 'value="For the charts"' in main_of(look(page, post, "5", message="For the charts"))


def test_a_message_that_is_too_long_is_said_beside_it(page, post):
    answer = give(page, post, message="x" * 141)
    assert answer.status_code == 422
    assert re.search(rf'id="tip-{post.pk}-message_error"', html_of(answer))
    assert buttons(main_of(answer)) == ["Tip 50 DGT"]


def test_a_post_that_went_meanwhile_is_said_in_a_sentence(page, post, alice):
    reply = forum.reply(author=alice, thread=post.thread, body="More").post
    forum.delete_post(post=reply, author=alice)
    assert "This post was removed." in give(page, reply, htmx=True).content.decode()
    assert give(page, reply)["Location"] == reply.get_absolute_url()


def test_w7_more_tips_than_one_gives_in_a_minute_wait(page, post):
    answers = [give(page, post, "1").status_code for _ in range(31)]
    assert answers == [303] * 30 + [422]
    assert counted(post) == (30, 30)


def test_who_was_slowed_down_sends_the_same_form_later(page, post):
    for _ in range(30):
        give(page, post, "1")
    shown = main_of(give(page, post, "2", key="form-1"))
    assert "That was too often." in shown
    assert (buttons(shown), 'value="form-1"' in shown) == (["Tip 2 DGT"], True)


def test_tipping_needs_the_csrf_token(post, bob):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(bob)
    assert give(strict, post).status_code == 403
    assert not Tip.objects.exists()


def test_the_address_that_gives_shows_nothing(page, post):
    assert page.get(f"/post/{post.pk}/tip/give")["Location"] == f"/post/{post.pk}/tip"
