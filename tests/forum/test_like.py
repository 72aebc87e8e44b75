"""Liking posts: one row per member and post, and XP for the author that follows it."""

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from degentalk.accounts.models import Notification
from degentalk.forum import services as forum
from degentalk.forum.errors import OwnPost, PostRemoved, Suspended
from degentalk.forum.models import Like, Post
from tests import make
from xp.models import UserXp, XpLog, XpRefusal

pytestmark = pytest.mark.django_db
PER_LIKE = 4
PER_THREAD = 20


@pytest.fixture
def alice(db):
    return make.user("alice")


@pytest.fixture
def bob(db):
    return make.verified(make.user("bob"))


@pytest.fixture
def post(alice) -> Post:
    return make.thread(alice, title="Gas").posts.get()


def count(post):
    return Post.objects.get(pk=post.pk).like_count


def earned(user):
    """XP by likes: everything beyond the thread."""
    return UserXp.objects.of(user).xp - PER_THREAD


def test_a_like_counts_for_the_post_and_earns_for_its_author(alice, bob, post):
    liked = forum.like(member=bob, post=post)
    assert (liked.is_liked, liked.count, liked.gain.points) == (True, 1, PER_LIKE)
    assert (count(post), earned(alice), UserXp.objects.of(bob).xp) == (1, PER_LIKE, 0)
    logged = XpLog.objects.of(alice).get(action__name="like_received")
    assert (logged.key, logged.cause_type, logged.cause_id, logged.counterparty) == (
        f"like:{post.pk}:{bob.pk}",
        "post",
        str(post.pk),
        bob,
    )


def test_liking_again_changes_nothing(alice, bob, post):
    answers = [forum.like(member=bob, post=post) for _ in range(3)]
    assert [answer.count for answer in answers] == [1, 1, 1]
    assert (count(post), Like.objects.count(), earned(alice)) == (1, 1, PER_LIKE)


def test_taking_a_like_back_takes_back_its_xp(alice, bob, post):
    forum.like(member=bob, post=post)
    unliked = forum.unlike(member=bob, post=post)
    assert (unliked.is_liked, unliked.count, count(post), earned(alice)) == (False, 0, 0, 0)


def test_taking_back_a_like_that_was_not_given_changes_nothing(alice, bob, post):
    assert forum.unlike(member=bob, post=post).count == 0
    assert (Like.objects.count(), earned(alice)) == (0, 0)


def test_a2_like_unlike_like_pays_once(alice, bob, post):
    for _ in range(3):
        forum.like(member=bob, post=post)
        forum.unlike(member=bob, post=post)
    forum.like(member=bob, post=post)
    assert (count(post), Like.objects.count(), earned(alice)) == (1, 1, PER_LIKE)
    # One award for life; all other rows take exactly it back or give it again.
    rows = XpLog.objects.of(alice).filter(cause_type="post").order_by("id")
    assert list(rows.values_list("xp_awarded", flat=True)) == [4, -4, 4, -4, 4, -4, 4]
    assert XpLog.objects.filter(key=f"like:{post.pk}:{bob.pk}").count() == 1


def test_a1_nobody_likes_their_own_post(alice, post):
    with pytest.raises(OwnPost, match="cannot like your own"):
        forum.like(member=alice, post=post)
    assert (count(post), earned(alice)) == (0, 0)


def test_a1_the_database_refuses_a_like_of_ones_own_post(alice, post):
    with pytest.raises(IntegrityError, match="their own"), transaction.atomic():
        Like.objects.create(member=alice, post=post)


def test_the_database_refuses_a_second_row(bob, post):
    forum.like(member=bob, post=post)
    with pytest.raises(IntegrityError, match="post_likes_once"), transaction.atomic():
        Like.objects.create(member=bob, post=post)


@pytest.mark.parametrize("state", ["hidden", "spam", "deleted"])
def test_what_was_removed_cannot_be_liked(bob, post, state):
    Post.objects.update(state=state)
    with pytest.raises(PostRemoved):
        forum.like(member=bob, post=post)


def test_replies_in_a_removed_thread_cannot_be_liked(alice, bob, post):
    reply = forum.reply(author=alice, thread=post.thread, body="More").post
    forum.hide(post=post, moderator=make.moderator(), reason="Spam")
    with pytest.raises(PostRemoved):
        forum.like(member=bob, post=reply)


def test_a_suspended_member_likes_nothing(bob, post):
    bob.is_active = False
    bob.save()
    with pytest.raises(Suspended):
        forum.like(member=bob, post=post)
    assert count(post) == 0


def test_a_like_of_a_suspended_members_post_counts_without_xp(alice, bob, post):
    alice.is_active = False
    alice.save()
    liked = forum.like(member=bob, post=post)
    assert (liked.count, liked.gain.refused) == (1, "suspended")
    assert not Notification.objects.of(alice).filter(kind="like").exists()


def test_a_like_of_a_new_account_counts_without_xp_until_it_is_given_anew(alice, post):
    newcomer = make.user("newcomer")  # has not confirmed the address
    assert forum.like(member=newcomer, post=post).gain.refused == "unverified"
    assert (count(post), earned(alice)) == (1, 0)
    assert XpRefusal.objects.of(alice).get(action__name="like_received").reason == "unverified"
    make.verified(newcomer)
    forum.unlike(member=newcomer, post=post)
    assert forum.like(member=newcomer, post=post).gain.points == PER_LIKE


def test_the_author_is_told_once_per_post_without_a_name(alice, bob, post):
    forum.like(member=bob, post=post)
    forum.like(member=make.user("carol"), post=post)
    told = Notification.objects.of(alice).get(kind="like")
    assert (told.text, told.url) == ("Somebody likes your post in “Gas”.", post.get_absolute_url())


def test_a_like_of_a_hidden_post_can_be_taken_back_for_good(alice, bob, post):
    forum.like(member=bob, post=post)
    moderator = make.moderator()
    forum.hide(post=post, moderator=moderator, reason="Wait")
    forum.unlike(member=bob, post=post)
    forum.restore(post=post, moderator=moderator, reason="Fine")
    assert (count(post), earned(alice)) == (0, 0)


STEPS = st.lists(st.tuples(st.sampled_from(["like", "unlike", "hide", "restore"]), st.integers(0, 2)), max_size=12)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_a2_any_order_of_likes_and_moderation_ends_at_the_same_numbers(db, steps):
    serial = make.serial()
    alice, moderator = make.user(f"alice{serial}"), make.moderator(f"moderator{serial}")
    likers = [make.verified(make.user(f"liker{serial}_{n}")) for n in range(3)]
    post = make.thread(alice).posts.get()
    liking, is_visible = set(), True
    for verb, who in steps:
        if verb == "like" and is_visible:
            forum.like(member=likers[who], post=post)
            liking.add(who)
        elif verb == "unlike":
            forum.unlike(member=likers[who], post=post)
            liking.discard(who)
        elif verb == "hide":
            forum.hide(post=post, moderator=moderator, reason="Because")
            is_visible = False
        elif verb == "restore":
            forum.restore(post=post, moderator=moderator, reason="Because")
            is_visible = True
    assert count(post) == Like.objects.active().filter(post=post).count() == len(liking)
    assert UserXp.objects.of(alice).xp == (PER_THREAD + PER_LIKE * len(liking) if is_visible else 0)


def test_liking_takes_the_same_queries_however_many_like_it(bob, post):
    def queries(member):
        with connection.execute_wrapper(counted := Counted()):
            forum.like(member=member, post=post)
        return counted.calls

    queries(make.verified(make.user("first")))  # reads the rules once
    few = queries(bob)
    for n in range(5):
        forum.like(member=make.user(f"liker{n}"), post=post)
    assert queries(make.verified(make.user("last"))) == few <= 16


class Counted:
    calls = 0

    def __call__(self, execute, sql, params, many, context):
        self.calls += 1
        return execute(sql, params, many, context)
