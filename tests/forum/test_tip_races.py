"""Tips at the same moment, on real threads and a real database; and what even the owner cannot do."""

from functools import partial

import psycopg
import pytest
import requests
from django.test import Client

from degentalk.accounts import services as accounts
from degentalk.core.errors import Refused
from degentalk.forum import services as forum
from degentalk.forum.errors import OwnTip, PostRemoved, Suspended, TipUndone
from degentalk.forum.models import Post, Tip
from tests import make
from tests.extent import extent
from tests.forum.tipping import balance, counted, member, miscounted, points, post_by, tip
from tests.html import html_of
from tests.threads import together
from wallet import services as wallet
from wallet.errors import NoSuchAccount, NotEnoughDGT
from wallet.models import UserWallet, WalletPolicy
from xp.models import XpLog

PER_THREAD = 20


@pytest.fixture
def alice(committed_db):
    return member("alice")


@pytest.fixture
def bob(committed_db):
    return member("bob", dgt=500)


@pytest.fixture
def post(alice) -> Post:
    return post_by(alice)


@pytest.mark.parametrize(
    "statement", ["update post_tips set amount = 6", "delete from post_tips", "truncate post_tips"]
)
def test_not_even_the_owner_rewrites_tips(owner, bob, post, statement):
    tip(post, bob, 5)
    with pytest.raises(psycopg.errors.RestrictViolation):
        owner.execute(statement)


def test_parallel_tips_with_one_key_are_one_tip(alice, bob, post):
    tips = together([partial(tip, post, bob, 5, "tip:1")] * 16)
    assert {(tipped.tip.pk, tipped.tip_dgt, tipped.gains.given.points) for tipped in tips} == {
        (Tip.objects.get().pk, 5, 1)
    }
    assert (balance(bob), balance(alice), counted(post)) == (495, 5, (5, 1))
    assert XpLog.objects.filter(action__name="tip_given").count() == 1


def test_l9_fifty_requests_with_one_key_are_one_tip_and_one_answer(live, alice, bob, post):
    browser = Client()
    browser.force_login(bob)
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()} | {"csrftoken": "c" * 32}
    headers = {"X-CSRFToken": "c" * 32, "Origin": live, "HX-Request": "true"}
    form = {"amount": "5", "key": "form-1"}

    def ask():
        return requests.post(f"{live}/post/{post.pk}/tip/give", form, headers=headers, cookies=cookies, timeout=60)

    answers = together([ask] * 50)
    assert {answer.status_code for answer in answers} == {200}
    assert {html_of(answer).split("</div>")[0] for answer in answers} == {html_of(answers[0]).split("</div>")[0]}
    assert (counted(post), balance(bob), miscounted()) == ((5, 1), 495, [])


def test_l13_parallel_tips_of_a_balance_succeed_as_often_as_it_lasts(alice, bob, post):
    tips = together([partial(tip, post, bob, 150) for _ in range(12)], refusals=NotEnoughDGT)
    assert sum(isinstance(answer, forum.Tipped) for answer in tips) == 3
    assert (balance(bob), counted(post), miscounted()) == (50, (450, 3), [])


@pytest.mark.proof
def test_l14_two_members_who_tip_each_other_a_thousand_times_never_deadlock(alice, bob, post):
    """In `make test` eighty times; it does not take a thousand to meet."""
    each = extent(10, 125)  # of eight who tip at once
    wallet.credit(user=alice, amount=500, source="rewards", key="gift:alice", description="")
    own = post_by(bob)

    def tips(at, giver):
        for _ in range(each):
            tip(at, giver, 1)

    together([partial(tips, *((post, bob) if n % 2 else (own, alice))) for n in range(8)])
    assert Tip.objects.count() == 8 * each
    assert (counted(post), counted(own), miscounted()) == ((4 * each, 4 * each), (4 * each, 4 * each), [])
    assert (balance(alice), balance(bob)) == (500, 500)
    assert (points(alice), points(bob)) == (PER_THREAD, PER_THREAD)  # all of it came back


def test_everybody_tips_everybody_while_they_reply_and_like(committed_db):
    members = [member(f"member{n}", dgt=100) for n in range(5)]
    posts = [post_by(author) for author in members]
    calls = [
        partial(verb, post=post, member=other) if verb is forum.like else partial(verb, post, other)
        for post in posts
        for other in members
        if other != post.author
        for verb in (forum.like, lambda post, giver: tip(post, giver, 5), lambda post, author: reply(post, author))
    ]
    together(calls)
    assert (Tip.objects.count(), miscounted()) == (20, [])
    paid = sum(tip_reward for tip_reward in UserWallet.objects.values_list("lifetime_earned", flat=True))
    assert sum(balance(user) for user in members) == paid


def reply(post, author):
    return forum.reply(author=author, thread=post.thread, body=f"Reply of {author}")


def test_a_post_that_is_hidden_while_it_is_tipped_keeps_what_was_tipped_before(alice, bob, post):
    hide = partial(forum.hide, post=post, moderator=make.moderator(), reason="Spam")
    tips = [partial(tip, post, bob, 5) for _ in range(10)]
    answers = together([*tips[:5], hide, *tips[5:]], refusals=PostRemoved)
    given = sum(isinstance(answer, forum.Tipped) for answer in answers)
    assert (counted(post), balance(alice), miscounted()) == ((5 * given, given), 5 * given, [])
    assert (points(alice), points(bob)) == (0, given)


def test_a_post_whose_tips_are_undone_while_it_is_tipped_keeps_none(alice, bob, post):
    for _ in range(5):
        tip(post, bob, 5)
    hide = partial(forum.hide, post=post, moderator=make.moderator(), reason="Spam", undoes_tips=True)
    tips = [partial(tip, post, bob, 5) for _ in range(8)]
    together([*tips[:4], hide, *tips[4:]], refusals=PostRemoved)
    assert (counted(post), balance(alice), balance(bob), miscounted()) == ((0, 0), 0, 500, [])
    assert (points(alice), points(bob)) == (0, 0)


def test_two_moderators_undo_one_tip_and_it_goes_back_once(alice, bob, post):
    row = tip(post, bob, 50).tip
    moderators = [make.moderator(f"moderator{n}") for n in range(4)]
    undone = together(
        [partial(forum.undo_tip, tip=row, actor=each, reason="Scam") for each in moderators], refusals=TipUndone
    )
    assert sum(isinstance(answer, Tip) for answer in undone) == 1
    assert (balance(bob), balance(alice), counted(post), miscounted()) == (500, 0, (0, 0), [])


def test_staff_who_undo_tips_and_adjust_wallets_at_once_never_deadlock(alice, bob, post):
    WalletPolicy.objects.update(approval_above_dgt=10**9)
    other, carol, moderator = post_by(bob), member("carol", dgt=500), make.moderator()
    rows = [tip(at, giver, 5).tip for _ in range(4) for at, giver in ((post, bob), (post, carol), (other, carol))]
    undo = [partial(forum.undo_tip, tip=row, actor=moderator, reason="Ring") for row in rows]
    adjust = [
        partial(wallet.adjust, user=user, amount=1, reason="Sorry", actor=moderator, key=f"adjustment:{user.pk}:{n}")
        for n in range(4)
        for user in (alice, bob, carol)
    ]
    moved = [partial(tip, at, giver, 1) for _ in range(3) for at, giver in ((post, carol), (other, carol))]
    together([call for group in zip(undo, adjust, strict=True) for call in group] + moved)
    assert (counted(post), counted(other), miscounted()) == ((3, 3), (3, 3), [])
    assert sum(balance(user) for user in (alice, bob, carol)) == 1_000 + 12


def test_an_author_who_is_banned_while_being_tipped_keeps_what_came_before(alice, bob, post):
    ban = partial(forum.ban, member=alice, moderator=make.moderator(), reason="Farming", takes_back_xp=True)
    tips = [partial(tip, post, bob, 5) for _ in range(10)]
    answers = together([*tips[:5], ban, *tips[5:]], refusals=(NoSuchAccount, Suspended))
    given = sum(isinstance(answer, forum.Tipped) for answer in answers)
    assert (balance(alice), counted(post), points(alice), points(bob)) == (5 * given, (5 * given, given), 0, given)


def test_a_giver_who_is_banned_while_tipping_leaves_no_xp_behind(alice, bob, post):
    ban = partial(forum.ban, member=bob, moderator=make.moderator(), reason="Farming", takes_back_xp=True)
    tips = [partial(tip, post, bob, 5) for _ in range(10)]
    together([*tips[:5], ban, *tips[5:]], refusals=Refused)
    assert (points(alice), points(bob), miscounted()) == (PER_THREAD, 0, [])


def test_a1_accounts_that_become_one_person_while_tipping_earn_nothing(alice, bob, post):
    declare = partial(accounts.declare_one_person, user=alice, other=bob, actor=make.moderator(), reason="Same device")
    tips = [partial(tip, post, bob, 5) for _ in range(10)]
    together([*tips[:5], declare, *tips[5:]], refusals=OwnTip)
    assert (points(alice), points(bob), miscounted()) == (PER_THREAD, 0, [])
