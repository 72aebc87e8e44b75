"""Authors edit their own posts; what they said before is kept."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import ProgrammingError, connection

from degentalk.core import clock
from degentalk.forum import services as forum
from degentalk.forum.errors import (
    NothingWritten,
    NotYourPost,
    PostRemoved,
    TextChanged,
    ThreadFrozen,
    ThreadRemoved,
)
from degentalk.forum.models import Post, PostRevision
from tests import make
from xp.models import XpLog

pytestmark = pytest.mark.django_db
MAY_DAY = datetime(2031, 5, 1, 12, tzinfo=UTC)
LATER = MAY_DAY + timedelta(minutes=5)


@pytest.fixture
def alice(db):
    return make.user("alice")


@pytest.fixture
def post(alice) -> Post:
    with clock.at(MAY_DAY):
        return make.thread(alice, body="Gas is cheap").posts.get()


def edit(post, body, *, revision=0):
    return forum.edit_post(post=post, author=post.author, body=body, revision=revision)


def test_an_edit_gives_the_post_another_text(post):
    with clock.at(LATER):
        edited = edit(post, "Gas is **free**")
    post.refresh_from_db()
    assert (post.body, post.html) == ("Gas is **free**", "<p>Gas is <strong>free</strong></p>\n")
    assert (post.created_at, post.edited_at, post.revision_count) == (MAY_DAY, LATER, 1)
    assert (edited.body, edited.revision_count) == (post.body, 1)


def test_every_earlier_text_is_kept_with_its_time(post):
    with clock.at(LATER):
        edit(post, "Second")
    with clock.at(LATER + timedelta(minutes=1)):
        edit(post, "Third", revision=1)
    kept = post.revisions.order_by("number").values_list("number", "body", "written_at", "replaced_at")
    assert list(kept) == [
        (1, "Gas is cheap", MAY_DAY, LATER),
        (2, "Second", LATER, LATER + timedelta(minutes=1)),
    ]


def test_an_edit_earns_nothing(post):
    edit(post, "Gas is free")
    assert XpLog.objects.count() == 1


def test_the_same_text_is_no_edit(post):
    assert edit(post, "Gas is cheap").revision_count == 0
    assert not PostRevision.objects.exists()


def test_a_text_that_changed_since_the_form_was_shown_is_not_overwritten(post):
    edit(post, "From my phone")
    with pytest.raises(TextChanged, match="edited since you opened it"):
        edit(post, "From my computer")
    post.refresh_from_db()
    assert post.body == "From my phone"


def test_others_have_no_such_post(post):
    with pytest.raises(NotYourPost):
        forum.edit_post(post=post, author=make.user("mallory"), body="Mine", revision=0)


@pytest.mark.parametrize("state", ["hidden", "spam", "deleted"])
def test_what_was_removed_stays_as_it_is(post, state):
    Post.objects.update(state=state)
    with pytest.raises(PostRemoved):
        edit(post, "New")


def test_nothing_is_edited_in_a_locked_thread(post):
    forum.set_lock(thread=post.thread, is_locked=True)
    with pytest.raises(ThreadFrozen, match="stays as it is"):
        edit(post, "New")


def test_nothing_is_edited_in_a_removed_thread(alice, post):
    reply = forum.reply(author=alice, thread=post.thread, body="More").post
    forum.hide(post=post, moderator=make.moderator(), reason="Spam")
    with pytest.raises(ThreadRemoved):
        edit(reply, "New")


def test_an_edit_that_shows_nothing_is_refused(post):
    with pytest.raises(NothingWritten):
        edit(post, "&nbsp;")


@pytest.mark.parametrize("statement", ["update post_revisions set body = 'x'", "delete from post_revisions"])
def test_the_site_rewrites_no_earlier_text(post, statement):
    edit(post, "New")
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(statement)
