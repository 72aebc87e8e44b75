"""Starting a thread."""

import pytest

from degentalk.core.errors import Refused
from degentalk.forum import services as forum
from degentalk.forum.errors import NothingWritten
from degentalk.forum.models import Post, Thread
from tests import make
from xp.models import UserXp, XpLog

pytestmark = pytest.mark.django_db


def test_the_first_post_opens_the_thread():
    alice = make.user("alice")
    started = forum.start_thread(author=alice, title="Gas is cheap", body="**Very**")
    post = Post.objects.get()
    assert (post.thread, post.author, post.number) == (started.thread, alice, 1)
    assert (post.body, post.html) == ("**Very**", "<p><strong>Very</strong></p>\n")
    assert (post.thread.reply_count, post.thread.is_locked) == (0, False)


def test_starting_a_thread_earns_once_for_the_thread():
    alice = make.user("alice")
    started = forum.start_thread(author=alice, title="Gas is cheap", body="Very")
    assert started.gain.points == 20
    assert UserXp.objects.of(alice).xp == 20
    logged = XpLog.objects.of(alice).get()
    assert (logged.key, logged.cause_type, logged.cause_id) == (
        f"thread:{started.thread.pk}",
        "thread",
        str(started.thread.pk),
    )


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Gas is cheap!", "gas-is-cheap"),
        ("Где газ", "thread"),
        ("----", "thread"),
        ("a" * 120, "a" * 80),
        ("word " * 24, "word-" * 15 + "word"),
    ],
)
def test_the_address_carries_the_words_of_the_title(title, slug):
    assert make.thread(make.user("alice"), title=title).slug == slug


def test_a_body_that_shows_nothing_starts_nothing():
    with pytest.raises(NothingWritten):
        forum.start_thread(author=make.user("alice"), title="Empty", body="[a]: http://b")
    assert not Thread.objects.exists()


def test_a_body_that_is_too_long_is_refused_in_a_sentence():
    with pytest.raises(Refused, match="at most 10,000 characters"):
        forum.start_thread(author=make.user("alice"), title="Long", body="x" * 10_001)
