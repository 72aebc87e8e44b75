"""Authors delete their own posts; row, number and text stay, XP goes."""

from datetime import UTC, datetime, timedelta

import pytest

from degentalk.core import clock
from degentalk.forum import services as forum
from degentalk.forum.errors import NotYourPost, OthersReplied, PostRemoved, ThreadFrozen
from degentalk.forum.models import Post, Thread
from tests import make
from xp.models import UserXp, XpLog

pytestmark = pytest.mark.django_db
MAY_DAY = datetime(2031, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def alice(db):
    return make.user("alice")


@pytest.fixture
def bob(db):
    return make.verified(make.user("bob"))


@pytest.fixture
def thread(alice) -> Thread:
    with clock.at(MAY_DAY):
        return make.thread(alice)


@pytest.fixture
def reply(bob, thread) -> Post:
    with clock.at(MAY_DAY + HOUR):
        return forum.reply(author=bob, thread=thread, body="Yes").post


def delete(post):
    return forum.delete_post(post=post, author=post.author)


def state_of(post):
    return Post.objects.get(pk=post.pk).state


def points(user):
    return UserXp.objects.of(user).xp


def test_a_deleted_reply_keeps_row_number_and_text(thread, reply):
    delete(reply)
    reply.refresh_from_db()
    thread.refresh_from_db()
    assert (reply.state, reply.number, reply.body, thread.reply_count) == ("deleted", 2, "Yes", 1)


def test_the_next_reply_gets_the_next_number(alice, thread, reply):
    delete(reply)
    assert forum.reply(author=alice, thread=thread, body="And now").post.number == 3


def test_a3_deleting_a_post_takes_back_all_it_earned(alice, bob, reply):
    forum.like(member=make.verified(make.user("carol")), post=reply)
    assert points(bob) == 14
    assert delete(reply).points == 14
    assert points(bob) == 0


def test_a3_deleting_an_edited_post_takes_back_its_xp(bob, reply):
    forum.edit_post(post=reply, author=bob, body="No", revision=0)
    delete(reply)
    assert points(bob) == 0


def test_deleting_twice_is_the_same_as_once(bob, reply):
    assert [delete(reply).points, delete(reply).points] == [10, 0]
    assert XpLog.objects.of(bob).count() == 2


def test_a_deleted_reply_no_longer_keeps_its_thread_at_the_top(thread, reply):
    delete(reply)
    thread.refresh_from_db()
    assert thread.last_post_at == MAY_DAY


def test_others_have_no_such_post(reply):
    with pytest.raises(NotYourPost):
        forum.delete_post(post=reply, author=make.user("mallory"))


def test_what_a_moderator_removed_is_not_deleted(reply):
    forum.hide(post=reply, moderator=make.moderator(), reason="Spam")
    with pytest.raises(PostRemoved):
        delete(reply)


def test_nothing_is_deleted_in_a_locked_thread(thread, reply):
    forum.set_lock(thread=thread, is_locked=True)
    with pytest.raises(ThreadFrozen):
        delete(reply)


# ── The first post ──


def test_a_thread_goes_with_its_first_post(alice, thread):
    delete(thread.posts.get())
    thread.refresh_from_db()
    assert (thread.is_removed, list(Thread.objects.listed()), points(alice)) == (True, [], 0)


def test_a_thread_that_others_replied_to_stays(alice, thread, reply):
    with pytest.raises(OthersReplied, match="Others have replied"):
        delete(thread.posts.get(number=1))
    assert (state_of(thread.posts.get(number=1)), points(alice)) == ("visible", 20)


def test_a_reply_that_its_author_deleted_is_none(thread, reply):
    delete(reply)
    delete(thread.posts.get(number=1))
    assert Thread.objects.get().is_removed


def test_a_hidden_reply_is_still_one(thread, reply):
    forum.hide(post=reply, moderator=make.moderator(), reason="Spam")
    with pytest.raises(OthersReplied):
        delete(thread.posts.get(number=1))


def test_a3_the_authors_own_replies_go_with_the_thread(alice, thread):
    for hours, body in enumerate(("Bridges are slow", "Then again, fees", "Never mind"), start=1):
        with clock.at(MAY_DAY + hours * HOUR):
            forum.reply(author=alice, thread=thread, body=body)
    assert points(alice) == 50
    assert delete(thread.posts.get(number=1)).points == 50
    assert (points(alice), set(Post.objects.values_list("state", flat=True))) == (0, {"deleted"})
