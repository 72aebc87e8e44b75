"""Replying to a thread."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from degentalk.accounts.models import Notification
from degentalk.core import clock
from degentalk.forum import services as forum
from degentalk.forum.errors import NothingWritten, ThreadLocked
from degentalk.forum.models import Post
from tests import make
from xp.models import UserXp, XpLog

pytestmark = pytest.mark.django_db
MAY_DAY = datetime(2031, 5, 1, 12, tzinfo=UTC)
COOLDOWN = timedelta(seconds=15)


def test_replies_are_numbered_after_the_first_post():
    thread = make.thread(make.user("alice"), replies=3)
    assert list(thread.posts.order_by("id").values_list("number", flat=True)) == [1, 2, 3, 4]
    assert (thread.reply_count, thread.last_number) == (3, 4)


def test_a_reply_earns_for_the_post():
    thread, bob = make.thread(make.user("alice")), make.user("bob")
    replied = forum.reply(author=bob, thread=thread, body="Yes")
    assert replied.gain.points == 10
    assert UserXp.objects.of(bob).xp == 10
    logged = XpLog.objects.of(bob).get()
    assert (logged.key, logged.cause_type, logged.cause_id) == (
        f"post:{replied.post.pk}",
        "post",
        str(replied.post.pk),
    )


def test_a_reply_during_the_cooldown_is_written_without_xp():
    thread, bob = make.thread(make.user("alice")), make.user("bob")
    with clock.at(MAY_DAY):
        forum.reply(author=bob, thread=thread, body="Yes")
    with clock.at(MAY_DAY + COOLDOWN - timedelta(seconds=1)):
        again = forum.reply(author=bob, thread=thread, body="Again")
    assert (again.gain.points, again.gain.refused, again.post.number) == (0, "cooldown", 3)


def test_a_reply_brings_its_thread_to_the_top():
    with clock.at(MAY_DAY):
        thread = make.thread(make.user("alice"))
    with clock.at(MAY_DAY + timedelta(hours=1)):
        forum.reply(author=make.user("bob"), thread=thread, body="Yes")
    thread.refresh_from_db()
    assert (thread.created_at, thread.last_post_at) == (MAY_DAY, MAY_DAY + timedelta(hours=1))


def test_a_reply_that_began_earlier_does_not_make_the_thread_older():
    with clock.at(MAY_DAY):
        thread = make.thread(make.user("alice"))
    with clock.at(MAY_DAY - timedelta(seconds=1)):
        forum.reply(author=make.user("bob"), thread=thread, body="Yes")
    thread.refresh_from_db()
    assert thread.last_post_at == MAY_DAY


def test_nobody_replies_to_a_locked_thread():
    thread = make.thread(make.user("alice"))
    forum.set_lock(thread=thread, is_locked=True)
    with pytest.raises(ThreadLocked):
        forum.reply(author=make.user("bob"), thread=thread, body="Yes")
    assert thread.posts.count() == 1


def test_an_unlocked_thread_takes_replies_again():
    thread = make.thread(make.user("alice"))
    forum.set_lock(thread=thread, is_locked=True)
    forum.set_lock(thread=thread, is_locked=False)
    assert forum.reply(author=make.user("bob"), thread=thread, body="Yes").post.number == 2


def test_a_reply_that_shows_nothing_is_refused():
    thread = make.thread(make.user("alice"))
    with pytest.raises(NothingWritten):
        forum.reply(author=make.user("bob"), thread=thread, body="&nbsp;")


def test_the_author_of_the_thread_is_told_once():
    alice, bob = make.user("alice"), make.user("bob")
    replied = forum.reply(author=bob, thread=make.thread(alice, title="Gas"), body="Yes")
    told = Notification.objects.of(alice).get(kind="reply")
    assert (told.text, told.url) == ("bob replied to “Gas”.", f"/thread/{replied.post.thread_id}/gas#post-2")


def test_nobody_is_told_of_their_own_reply():
    alice = make.user("alice")
    make.thread(alice, replies=1)
    assert not Notification.objects.of(alice).filter(kind="reply").exists()


def test_the_database_refuses_a_number_twice():
    thread = make.thread(make.user("alice"))
    with pytest.raises(IntegrityError, match="posts_number_once"), transaction.atomic():
        Post.objects.create(thread=thread, author=thread.author, number=1, body="x", html="x")


def test_a_member_who_wrote_is_not_deleted():
    thread = make.thread(make.user("alice"))
    with pytest.raises(ProtectedError):
        thread.author.delete()


def test_posts_of_a_member_are_counted():
    alice, bob = make.user("alice"), make.user("bob")
    forum.reply(author=bob, thread=make.thread(alice, replies=2), body="Yes")
    assert (Post.objects.by(alice).count(), Post.objects.by(bob).count()) == (3, 1)
