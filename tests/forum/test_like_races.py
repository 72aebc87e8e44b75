"""Likes at the same moment, on real threads and a real database."""

from functools import partial

import pytest

from degentalk.core.errors import Refused
from degentalk.forum import services as forum
from degentalk.forum.errors import PostRemoved, Suspended
from degentalk.forum.models import Like, Post
from tests import make
from tests.threads import together
from xp.models import UserXp, XpLog

PER_LIKE = 4
PER_THREAD = 20


@pytest.fixture
def post(committed_db) -> Post:
    return make.thread(make.user("alice")).posts.get()


@pytest.fixture
def bob(committed_db):
    return make.verified(make.user("bob"))


def likers(number):
    return [make.verified(make.user(f"liker{n}")) for n in range(number)]


def xp_of_author(post):
    return UserXp.objects.of(post.author).xp


def agrees(post):
    """Whether the count, the active rows and the author's XP say the same."""
    active = Like.objects.active().filter(post=post).count()
    post.refresh_from_db()
    return (post.like_count, xp_of_author(post)) == (active, PER_THREAD + PER_LIKE * active)


def test_fifty_parallel_likes_of_one_member_are_one_row_and_one_award(post, bob):
    together([partial(forum.like, member=bob, post=post)] * 50)
    assert Like.objects.count() == 1
    assert XpLog.objects.filter(action__name="like_received").count() == 1
    assert agrees(post)


def test_a2_a_storm_of_likes_and_unlikes_ends_consistent(post):
    members = likers(5)
    verbs = [forum.like, forum.unlike, forum.like, forum.unlike, forum.like, forum.unlike]
    together([partial(verb, member=member, post=post) for member in members for verb in verbs])
    assert agrees(post)


def test_members_who_like_each_other_at_once_never_deadlock(committed_db):
    members = likers(6)
    posts = [make.thread(member).posts.get() for member in members]
    calls = [
        partial(forum.like, member=member, post=post) for member in members for post in posts if post.author != member
    ]
    together(calls)
    assert all(agrees(post) for post in posts)


def test_a_post_that_is_hidden_while_it_is_liked_earns_nothing(post):
    hide = partial(forum.hide, post=post, moderator=make.moderator(), reason="Spam")
    likes = [partial(forum.like, member=member, post=post) for member in likers(12)]
    together([*likes[:6], hide, *likes[6:]], refusals=PostRemoved)
    assert xp_of_author(post) == 0
    post.refresh_from_db()
    assert post.like_count == Like.objects.active().count()


def test_restoring_gives_back_exactly_the_likes_that_stayed(post):
    moderator, members = make.moderator(), likers(8)
    for member in members:
        forum.like(member=member, post=post)
    hide = partial(forum.hide, post=post, moderator=moderator, reason="Spam")
    together([hide, *(partial(forum.unlike, member=member, post=post) for member in members[:4])])
    forum.restore(post=post, moderator=moderator, reason="A mistake")
    assert agrees(post)
    assert post.like_count == 4


def test_a_member_who_is_banned_while_liking_leaves_no_xp_behind(post, bob):
    moderator = make.moderator()
    posts = [post, *(make.thread(make.user(f"author{n}")).posts.get() for n in range(6))]
    for other in posts[:3]:
        forum.like(member=bob, post=other)
    ban = partial(forum.ban, member=bob, moderator=moderator, reason="Farming", takes_back_xp=True)
    together([*(partial(forum.like, member=bob, post=other) for other in posts[3:]), ban], refusals=Suspended)
    assert [xp_of_author(other) for other in posts] == [PER_THREAD] * len(posts)


def test_a_member_who_is_banned_while_writing_keeps_nothing(committed_db):
    moderator, farmer = make.moderator(), make.user("mallory")
    threads = [make.thread(make.user(f"author{n}")) for n in range(6)]
    ban = partial(forum.ban, member=farmer, moderator=moderator, reason="Farming", takes_back_xp=True)
    replies = [partial(forum.reply, author=farmer, thread=thread, body=f"Words {thread.pk}") for thread in threads]
    together([*replies[:3], ban, *replies[3:]])
    assert UserXp.objects.of(farmer).xp == 0


def test_two_moderators_ban_at_once_and_one_is_told(committed_db, bob):
    moderators = [make.moderator("one"), make.moderator("two")]
    bans = [partial(forum.ban, member=bob, moderator=each, reason="Farming", takes_back_xp=True) for each in moderators]
    answers = together(bans, refusals=Refused)
    assert [isinstance(answer, Refused) for answer in sorted(answers, key=lambda a: isinstance(a, Refused))] == [
        False,
        True,
    ]
