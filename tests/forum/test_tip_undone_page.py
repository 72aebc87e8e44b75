"""Undoing tips over requests: one by itself, or those of a post with it."""

import re

import pytest
from django.test import Client

from degentalk.accounts.models import User
from degentalk.forum import services as forum
from degentalk.forum.models import Post, Tip
from tests import make
from tests.forum.tipping import balance, counted, member, points, post_by, tip
from tests.html import html_of, main_of
from wallet.models import WalletPolicy

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


# ── Undone by staff ──


@pytest.fixture
def moderator(committed_db) -> User:
    return make.moderator()


@pytest.fixture
def desk(sign_in, moderator) -> Client:
    return sign_in(moderator)


@pytest.fixture
def tipped(post, bob) -> Tip:
    return tip(post, bob, 50).tip


def undo(client, tipped, *, key="", reason="Scam"):
    return client.post(f"/tip/{tipped.pk}/undo", {"reason": reason, "key": key or f"form-{make.serial()}"})


def test_a_moderator_undoes_a_tip_with_a_reason(desk, tipped, post, bob):
    assert f'href="/tip/{tipped.pk}/undo"' in html_of(desk.get(f"/post/{post.pk}/tips"))
    assert buttons(main_of(desk.get(f"/tip/{tipped.pk}/undo"))) == ["Undo the tip of 50 DGT"]
    answer = undo(desk, tipped)
    assert (answer.status_code, answer["Location"]) == (303, f"/post/{post.pk}/tips")
    assert (balance(bob), points(bob)) == (300, 0)
    shown = html_of(desk.get(answer["Location"]))
    assert "50 DGT went back to bob" in shown
    assert "undone by staff" in shown


def test_an_undone_tip_is_said_to_be_undone(desk, tipped):
    undo(desk, tipped)
    assert "This tip was undone already." in main_of(desk.get(f"/tip/{tipped.pk}/undo"))
    assert "This tip was undone already." in undo(desk, tipped).content.decode()


def test_the_same_form_undoes_once_and_answers_the_same(desk, tipped, bob):
    answers = [undo(desk, tipped, key="form-1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert balance(bob) == 300


@pytest.mark.parametrize("fields", [{"reason": " "}, {"key": " "}])
def test_l11_a_form_that_lost_its_reason_or_key_undoes_nothing(desk, tipped, post, fields):
    assert undo(desk, tipped, **fields).status_code == 422
    assert counted(post) == (50, 1)


def test_w10_above_the_limit_the_page_asks_a_second_person(desk, tipped, post):
    WalletPolicy.objects.update(approval_above_dgt=49)
    shown = html_of(desk.get(undo(desk, tipped)["Location"]))
    assert "Asked for a second person" in shown
    assert counted(post) == (50, 1)


@pytest.mark.parametrize("who", ["bob", "mallory", "clerk", "without"])
def test_only_moderators_with_the_permission_undo_tips(sign_in, tipped, post, who):
    user = {
        "bob": lambda: User.objects.get(username="bob"),
        "mallory": lambda: make.user("mallory"),
        "clerk": lambda: make.user("clerk", is_staff=True),
        "without": lambda: without_permission(make.moderator("without")),
    }[who]()
    client = sign_in(user)
    assert f'href="/tip/{tipped.pk}/undo"' not in html_of(client.get(f"/post/{post.pk}/tips"))
    assert (client.get(f"/tip/{tipped.pk}/undo").status_code, undo(client, tipped).status_code) == (403, 403)
    assert counted(post) == (50, 1)


def without_permission(user):
    """A moderator who hides posts and undoes nothing."""
    from django.contrib.auth.models import Permission

    user.groups.clear()
    user.user_permissions.add(Permission.objects.get(codename="moderate"))
    return user


def test_a_visitor_who_wants_to_undo_signs_in(tipped):
    assert Client().get(f"/tip/{tipped.pk}/undo")["Location"] == f"/account/login/?next=/tip/{tipped.pk}/undo"


def test_a_tip_that_does_not_exist_is_not_found(desk):
    assert desk.get("/tip/999/undo").status_code == 404


# ── With the post ──


def moderate(client, post, act="hide", **fields):
    return client.post(f"/post/{post.pk}/moderate", {"act": act, "reason": "Scam", **fields})


def test_the_menu_offers_to_undo_tips_where_there_are_some(desk, post, tipped, alice):
    untouched = forum.reply(author=alice, thread=post.thread, body="More").post
    shown = thread(desk, post)
    assert f'id="moderate-{post.pk}-undoes_tips"' in shown
    assert f'id="moderate-{untouched.pk}-undoes_tips"' not in shown


def test_hiding_with_its_tips_says_what_went_back(desk, post, tipped, bob):
    answer = moderate(desk, post, undoes_tips="on", key="form-1")
    assert (answer.status_code, balance(bob), counted(post)) == (303, 300, (0, 0))
    assert "50 DGT of its tips went back." in thread(desk, post)
    assert "50 DGT of tips undone" in html_of(desk.get("/moderation"))


def test_hiding_without_a_tick_leaves_tips_alone(desk, post, tipped):
    moderate(desk, post)
    assert counted(post) == (50, 1)


def test_l11_undoing_tips_with_a_post_needs_a_key(desk, post, tipped):
    assert moderate(desk, post, undoes_tips="on").status_code == 422
    post.refresh_from_db()
    assert (post.state, counted(post)) == ("visible", (50, 1))


def test_hiding_with_its_tips_twice_is_once(desk, post, tipped, bob):
    assert [moderate(desk, post, undoes_tips="on", key="form-1").status_code for _ in range(2)] == [303, 303]
    assert balance(bob) == 300


def test_tips_that_stay_are_told(desk, post, tipped):
    WalletPolicy.objects.update(approval_above_dgt=49)
    moderate(desk, post, undoes_tips="on", key="form-1")
    assert "1 tip stays" in thread(desk, post)


def test_restoring_with_a_tick_restores(desk, post, tipped, moderator):
    forum.hide(post=post, moderator=moderator, reason="Scam")
    assert moderate(desk, post, "restore", undoes_tips="on").status_code == 303
    assert counted(post) == (50, 1)


def test_a_moderator_without_the_permission_undoes_no_tips_with_a_post(sign_in, post, tipped):
    client = sign_in(without_permission(make.moderator("without")))
    assert "undoes_tips" not in thread(client, post)
    assert moderate(client, post, undoes_tips="on", key="form-1").status_code == 403
    assert Post.objects.get(pk=post.pk).is_visible
