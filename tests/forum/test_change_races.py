"""Edits, deletions and moderation at the same moment; and what even the owner of the database cannot rewrite."""

from functools import partial

import psycopg
import pytest

from degentalk.core.errors import MemberError
from degentalk.forum import services as forum
from degentalk.forum.errors import OthersReplied, TextChanged, ThreadRemoved
from degentalk.forum.models import ModerationAct, Post, Thread
from tests import make
from tests.threads import together
from xp.models import UserXp, XpLog


@pytest.fixture
def post(committed_db) -> Post:
    return make.thread(make.user("alice"), body="Gas is cheap").posts.get()


def test_of_edits_at_once_one_wins_and_the_others_are_told(post):
    edits = [partial(forum.edit_post, post=post, author=post.author, body=f"Text {n}", revision=0) for n in range(10)]
    answers = together(edits, refusals=TextChanged)
    assert sum(isinstance(answer, Post) for answer in answers) == 1
    assert (post.revisions.count(), Post.objects.get().revision_count) == (1, 1)


def test_deleting_at_once_takes_back_once(post):
    together([partial(forum.delete_post, post=post, author=post.author)] * 20)
    assert UserXp.objects.of(post.author).xp == 0
    assert XpLog.objects.count() == 2


def test_a_thread_is_replied_to_or_deleted_but_not_both(committed_db):
    alice, bob = make.user("alice"), make.user("bob")
    for n in range(5):
        post = make.thread(alice, body=f"Thread {n}").posts.get()
        together(
            [
                partial(forum.delete_post, post=post, author=alice),
                partial(forum.reply, author=bob, thread=post.thread, body=f"Reply {n}"),
            ],
            refusals=(OthersReplied, ThreadRemoved),
        )
        thread = Thread.objects.get(pk=post.thread_id)
        assert thread.is_removed is (thread.reply_count == 0)


def test_moderators_who_hide_at_once_write_one_act(post):
    moderators = [make.moderator(f"moderator{n}") for n in range(5)]
    answers = together([partial(forum.hide, post=post, moderator=each, reason="Spam") for each in moderators])
    assert sum(answer is not None for answer in answers) == 1
    assert ModerationAct.objects.count() == 1


def test_hiding_and_restoring_at_once_ends_where_the_state_says(post):
    moderator = make.moderator()
    verbs = [forum.hide, forum.restore, forum.flag_spam, forum.restore] * 3
    together([partial(verb, post=post, moderator=moderator, reason="Because") for verb in verbs])
    post.refresh_from_db()
    assert UserXp.objects.of(post.author).xp == (20 if post.is_visible else 0)
    assert Thread.objects.get().is_removed is not post.is_visible


def test_a_post_is_deleted_or_hidden_but_its_xp_is_gone_once(post):
    calls = [
        partial(forum.delete_post, post=post, author=post.author),
        partial(forum.hide, post=post, moderator=make.moderator(), reason="Spam"),
    ]
    together(calls, refusals=MemberError)
    assert UserXp.objects.of(post.author).xp == 0
    assert XpLog.objects.filter(xp_awarded__lt=0).count() == 1


@pytest.mark.parametrize("table", ["post_revisions", "moderation_acts"])
@pytest.mark.parametrize("statement", ["update {} set id = id", "delete from {}", "truncate {}"])
def test_even_the_owner_rewrites_no_history(post, owner, table, statement):
    forum.edit_post(post=post, author=post.author, body="New", revision=0)
    forum.hide(post=post, moderator=make.moderator(), reason="Spam")
    with pytest.raises(psycopg.errors.RestrictViolation, match="only grow"):
        owner.execute(statement.format(table))
