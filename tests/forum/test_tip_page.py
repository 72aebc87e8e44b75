"""The pages of tips: the button, how much, what it will cost, and who tipped. Nothing moves here."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from degentalk.accounts.models import User
from degentalk.core import switches
from degentalk.forum import services as forum
from degentalk.forum.models import Post, Tip
from degentalk.forum.views.tip_list import TIPS_PER_PAGE
from tests import make
from tests.forum.tipping import balance, member, post_by, tip
from tests.html import html_of, main_of
from wallet import services as wallet
from wallet.models import WalletPolicy

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def alice(db) -> User:
    return member("alice")


@pytest.fixture
def bob(db) -> User:
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


# ── On the page of a thread ──


def test_a_member_sees_a_button_on_the_posts_of_others(page, bob, post):
    own = forum.reply(author=bob, thread=post.thread, body="Mine").post
    shown = thread(page, post)
    assert f'href="/post/{post.pk}/tip"' in shown
    assert f'href="/post/{own.pk}/tip"' not in shown


def test_a_post_shows_what_it_was_tipped_and_where_to_see_by_whom(bob, post):
    tip(post, bob, 50)
    tip(post, bob, 5)
    shown = thread(Client(), post)
    assert re.search(rf'<a class="btn ghost sm" href="/post/{post.pk}/tips">.*?</svg>55<small>DGT</small>', shown)
    assert "<span>2 tips</span>" in shown


def test_a_visitor_is_led_to_sign_in_and_back(post):
    shown = thread(Client(), post)
    assert f'rel="nofollow"href="/post/{post.pk}/tip"' in shown.replace('" ', '"')
    answer = Client().get(f"/post/{post.pk}/tip")
    assert (answer.status_code, answer["Location"]) == (303, f"/account/login/?next=/post/{post.pk}/tip")


def test_a_visitor_who_sends_a_form_gives_nothing(post):
    assert give(Client(), post).status_code == 303
    assert give(Client(), post, htmx=True).status_code == 401
    assert not Tip.objects.exists()


def test_posts_of_suspended_authors_have_no_button(page, post, alice):
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert f'href="/post/{post.pk}/tip"' not in thread(page, post)


@pytest.mark.parametrize("who", ["visitor", "bob", "moderator"])
def test_a_page_of_tipped_posts_costs_the_same_however_many(sign_in, bob, who):
    client = {"visitor": Client, "bob": lambda: sign_in(bob), "moderator": lambda: sign_in(make.moderator())}[who]()
    opening = post_by(member("first"))
    tip(opening, bob, 1)
    few = cost(client, opening)
    for n in range(4):
        author = member(f"author{n}")
        reply = forum.reply(author=author, thread=opening.thread, body=f"Reply {n}").post
        tip(reply, bob, 1)
        tip(reply, bob, 1)
    assert few == cost(client, opening) <= 12


def cost(client, post):
    """Queries of one request. The least of three: now and then one of them refills a cache of the process."""

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(post.thread.get_absolute_url()).status_code == 200
        return len(captured)

    return min(queries() for _ in range(3))


# ── How much ──


def test_the_form_shows_the_balance_the_offers_and_what_tips_earn(page, post):
    shown = main_of(page.get(f"/post/{post.pk}/tip"))
    assert "You have 300 DGT." in shown
    assert "Tipping earns 1 XP for every 5 DGT, and up to 25 XP a day with one member." in shown
    assert buttons(shown) == ["5 DGT", "10 DGT", "50 DGT", "100 DGT", "Continue"]


def test_offers_beyond_the_balance_say_how_much_is_short(sign_in, post):
    shown = main_of(sign_in(member("carol", dgt=40)).get(f"/post/{post.pk}/tip"))
    assert buttons(shown) == ["5 DGT", "10 DGT", "50 DGT 10 short", "100 DGT 60 short", "Continue"]
    assert shown.count(" disabled>") == 2


def test_offers_are_those_of_the_policy(page, post):
    WalletPolicy.objects.update(tip_presets="7, 3", tip_max_dgt=200)
    shown = main_of(page.get(f"/post/{post.pk}/tip"))
    assert buttons(shown) == ["3 DGT", "7 DGT", "Continue"]
    assert "You have 300 DGT and can tip up to 200 DGT at once now." in shown


def test_htmx_gets_the_form_alone_in_the_place_of_the_button(page, post):
    shown = html_of(page.get(f"/post/{post.pk}/tip", headers=HTMX))
    assert shown.startswith(f'<section class="tip" id="tips-{post.pk}"')
    assert f'id="tips-{post.pk}"' in thread(page, post)


def test_cancelling_brings_the_button_back(page, post):
    shown = html_of(page.get(f"/post/{post.pk}/tips", headers=HTMX))
    assert shown.startswith(f'<div class="tips" id="tips-{post.pk}"')


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("", "Say how much."),
        ("0", "Tip at least 1 DGT."),
        ("-5", "Enter a whole number, digits only."),
        ("1.5", "Enter a whole number, digits only."),
        ("٥", "Enter a whole number, digits only."),
        ("1e3", "Enter a whole number, digits only."),
        ("9" * 18, "That is more DGT than there can be."),
        ("9" * 25, "That is more DGT than there can be."),
        ("301", "You have 300 DGT; this needs 301: 1 DGT short."),
        ("10001", "Send at most 10,000 DGT at once."),
    ],
)
@pytest.mark.parametrize("htmx", [False, True])
def test_l8_what_is_wrong_is_said_beside_the_amount_which_is_kept(page, post, amount, sentence, htmx):
    answer = look(page, post, amount, htmx=htmx)
    shown = html_of(answer)
    assert answer.status_code == 422
    assert re.search(rf'id="tip-{post.pk}-amount_error"><p>{re.escape(sentence)}</p>', shown)
    if amount:
        assert f'value="{amount}"' in shown


def test_nobody_gets_a_form_for_their_own_post(sign_in, post, alice):
    client = sign_in(alice)
    answer = client.get(f"/post/{post.pk}/tip")
    assert (answer.status_code, answer["Location"]) == (303, post.get_absolute_url())
    assert "You cannot tip your own post." in thread(client, post)


def test_a_removed_post_has_no_form(page, post, alice):
    reply = forum.reply(author=alice, thread=post.thread, body="More").post
    forum.hide(post=reply, moderator=make.moderator(), reason="Spam")
    answer = page.get(f"/post/{reply.pk}/tip", headers=HTMX)
    assert "This post was removed." in answer.content.decode()


def test_a_post_in_a_removed_thread_is_gone(page, post):
    forum.hide(post=post, moderator=make.moderator(), reason="Spam")
    for answer in (
        page.get(f"/post/{post.pk}/tip"),
        look(page, post),
        give(page, post),
        page.get(f"/post/{post.pk}/tips"),
    ):
        assert answer.status_code == 410


def test_a17_while_tips_are_off_the_form_says_so(page, post):
    switches.set_switch(name="tips", is_on=False, actor=make.moderator(), reason="Wait")
    shown = main_of(page.get(f"/post/{post.pk}/tip"))
    assert "Switched off for the moment: Tips. Try again later." in shown
    assert buttons(shown) == []


def test_a6_who_may_tip_nothing_at_all_is_told_so_in_place_of_the_form(page, post, bob):
    wallet.freeze(user=bob, reason="Looked into", actor=None)
    shown = main_of(page.get(f"/post/{post.pk}/tip"))
    assert "Your wallet is frozen while staff look into it." in shown
    assert buttons(shown) == []


def test_transfers_that_are_off_close_no_tips(page, post):
    switches.set_switch(name="transfers", is_on=False, actor=make.moderator(), reason="Wait")
    assert "Continue" in buttons(main_of(page.get(f"/post/{post.pk}/tip")))


@pytest.mark.parametrize("path", ["tip", "tip/give", "tips"])
@pytest.mark.parametrize("number", ["0", "999", "9" * 19, "9" * 100])
def test_a_post_that_does_not_exist_is_not_found(page, path, number):
    assert page.get(f"/post/{number}/{path}").status_code == 404


# ── What it costs, to be confirmed ──


def test_before_anything_moves_the_page_says_what_it_costs_and_earns(page, post, bob):
    shown = main_of(look(page, post))
    assert "Tip 50 DGT to alice?" in shown
    facts = dict(re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", shown))
    assert facts == {"Balance now": "300 DGT", "Balance after": "250 DGT", "Earns you": "10 XP"}
    assert (buttons(shown), balance(bob)) == (["Tip 50 DGT"], 300)


def test_every_form_to_confirm_has_a_key_of_its_own(page, post):
    keys = [re.search(r'name="key" value="([^"]+)"', html_of(look(page, post)))[1] for _ in range(2)]
    assert keys[0] != keys[1]


def test_looking_too_often_is_slowed_down(page, post):
    answers = [look(page, post, "1").status_code for _ in range(61)]
    assert answers == [200] * 60 + [422]


def test_a_message_that_is_too_long_is_refused_with_its_length(page, post):
    assert "maxlength" not in html_of(look(page, post))
    answer = give(page, post, message="\N{ROCKET}" * 141)
    assert (answer.status_code, "(it has 141)" in html_of(answer)) == (422, True)


# ── In the wallets of both ──


def movement(client, given):
    return main_of(client.get(f"/wallet/journal/{given.journal.public_id}"))


def test_a_tip_names_its_post_in_the_histories_and_on_the_pages_of_both(sign_in, page, post, alice, bob):
    given = tip(post, bob, 50)
    link = f'<a class="link" href="{post.get_absolute_url()}">“Gas”</a>'
    for client in (page, sign_in(alice)):
        assert f"· Tip ·{link}</small>" in main_of(client.get("/wallet"))
        assert f'<dt>For</dt><dd class="words">{link}</dd>' in movement(client, given)


@pytest.mark.parametrize("how", ["hidden", "deleted", "in a removed thread"])
def test_a_post_that_the_giver_cannot_read_any_more_is_not_named(page, post, alice, bob, how):
    reply = forum.reply(author=alice, thread=post.thread, body="More").post
    given = tip(reply, bob, 50)
    if how == "deleted":
        forum.delete_post(post=reply, author=alice)
    else:
        forum.hide(post=reply if how == "hidden" else post, moderator=make.moderator(), reason="Spam")
    for shown in (main_of(page.get("/wallet")), movement(page, given)):
        assert ("Sent to alice" in shown, "Gas" in shown) == (True, False)


def test_its_author_still_reads_which_hidden_post_was_tipped(sign_in, post, alice, bob):
    reply = forum.reply(author=alice, thread=post.thread, body="More").post
    given = tip(reply, bob, 50)
    forum.hide(post=reply, moderator=make.moderator(), reason="Spam")
    assert "“Gas”" in movement(sign_in(alice), given)


def test_a_history_of_tips_costs_the_same_however_many_posts(page, alice, bob, django_assert_num_queries):
    tip(post_by(alice), bob, 1)
    page.get("/wallet")
    with CaptureQueriesContext(connection) as few:
        page.get("/wallet")
    for _time in range(5):
        tip(post_by(alice), bob, 1)
    with django_assert_num_queries(len(few)):
        page.get("/wallet")


# ── Who tipped ──


def names(answer):
    return re.findall(r'<a class="title" href="/profile/(\w+)">', html_of(answer))


def test_everybody_sees_who_tipped_how_much(post, bob):
    tip(post, bob, 50)
    tip(post, member("carol", dgt=5), 5)
    answer = Client().get(f"/post/{post.pk}/tips")
    assert names(answer) == ["carol", "bob"]
    assert re.findall(r"</svg>(\d+)<small>DGT</small>", main_of(answer)) == ["55", "5", "50"]


def test_a_message_is_not_on_the_list(post, bob):
    tip(post, bob, 50, message="Between us")
    assert "Between us" not in html_of(Client().get(f"/post/{post.pk}/tips"))
    assert "Between us" not in thread(Client(), post)


def test_an_empty_list_says_so(post):
    assert "No tips yet" in main_of(Client().get(f"/post/{post.pk}/tips"))


def test_the_list_has_pages(post, bob):
    for n in range(TIPS_PER_PAGE + 2):
        tip(post, bob, n + 1, key=f"tip:{n}") if n < 20 else tip(post, bob, 1, key=f"tip:{n}")
    first = Client().get(f"/post/{post.pk}/tips")
    following = re.search(r'rel="next" href="([^"]*)"', html_of(first))[1]
    assert (len(names(first)), len(names(Client().get(f"/post/{post.pk}/tips{following}")))) == (TIPS_PER_PAGE, 2)


def test_the_list_costs_the_same_however_many_tips(post, bob):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            Client().get(f"/post/{post.pk}/tips")
        return len(captured)

    tip(post, bob, 1)
    few = min(queries() for _ in range(3))
    for _ in range(5):
        tip(post, bob, 1)
    assert few == min(queries() for _ in range(3)) <= 6


def test_an_invented_cursor_starts_again(post):
    assert Client().get(f"/post/{post.pk}/tips?cursor=x")["Location"] == f"/post/{post.pk}/tips"


def test_tips_of_a_removed_post_are_seen_by_who_may_read_it(sign_in, page, post, alice, bob):
    reply = forum.reply(author=alice, thread=post.thread, body="More").post
    tip(reply, bob, 5)
    forum.hide(post=reply, moderator=make.moderator(), reason="Spam")
    address = f"/post/{reply.pk}/tips"
    assert [client.get(address).status_code for client in (Client(), page, sign_in(alice))] == [404, 404, 200]
