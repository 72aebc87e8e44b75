"""Moderators hide, flag and restore posts: with a reason, written down, told, and followed by the XP."""

import pytest
from django.db import IntegrityError, transaction

from degentalk.accounts.models import Notification
from degentalk.forum import services as forum
from degentalk.forum.errors import DeletedByAuthor, NoReason, OneselfModerated, StaffModerated
from degentalk.forum.models import ModerationAct, Post, Thread
from tests import make
from xp.models import UserXp, XpLog

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(db):
    return make.user("alice")


@pytest.fixture
def bob(db):
    return make.verified(make.user("bob"))


@pytest.fixture
def moderator(db):
    return make.moderator()


@pytest.fixture
def opening(alice) -> Post:
    return make.thread(alice, title="Gas").posts.get()


@pytest.fixture
def reply(opening, bob) -> Post:
    return forum.reply(author=bob, thread=opening.thread, body="Buy my coin").post


def points(user):
    return UserXp.objects.of(user).xp


def state_of(post):
    return Post.objects.get(pk=post.pk).state


@pytest.mark.parametrize(("verb", "act", "state"), [("hide", "hide", "hidden"), ("flag_spam", "spam", "spam")])
def test_a3_a_removed_post_loses_what_it_earned(reply, bob, moderator, verb, act, state):
    forum.like(member=make.verified(make.user("carol")), post=reply)
    assert points(bob) == 14
    getattr(forum, verb)(post=reply, moderator=moderator, reason="Advertising")
    assert (state_of(reply), points(bob)) == (state, 0)
    written = ModerationAct.objects.get()
    assert (written.act, written.moderator, written.member, written.post, written.reason, written.xp_change) == (
        act,
        moderator,
        bob,
        reply,
        "Advertising",
        -14,
    )


def test_a_restored_post_gets_exactly_back_what_it_lost(reply, bob, moderator):
    forum.hide(post=reply, moderator=moderator, reason="Advertising")
    act = forum.restore(post=reply, moderator=moderator, reason="It was a joke")
    assert (state_of(reply), points(bob), act.xp_change) == ("visible", 10, 10)


def test_a_post_can_be_hidden_again(reply, bob, moderator):
    for _ in range(2):
        forum.hide(post=reply, moderator=moderator, reason="Advertising")
        forum.restore(post=reply, moderator=moderator, reason="It was a joke")
    assert forum.hide(post=reply, moderator=moderator, reason="Third time").xp_change == -10
    assert (points(bob), ModerationAct.objects.count()) == (0, 5)


def test_the_rows_of_xp_name_moderator_and_reason(reply, bob, moderator):
    forum.hide(post=reply, moderator=moderator, reason="Advertising")
    taken = XpLog.objects.of(bob).get(xp_awarded=-10)
    assert (taken.actor, taken.reason) == (moderator, "Advertising")


def test_hiding_what_is_hidden_changes_nothing(reply, moderator):
    forum.hide(post=reply, moderator=moderator, reason="Advertising")
    assert forum.hide(post=reply, moderator=moderator, reason="Again") is None
    assert ModerationAct.objects.count() == 1


def test_a_hidden_post_can_be_called_spam_without_taking_twice(reply, bob, moderator):
    forum.hide(post=reply, moderator=moderator, reason="Off topic")
    act = forum.flag_spam(post=reply, moderator=moderator, reason="It is spam")
    assert (state_of(reply), act.xp_change, points(bob)) == ("spam", 0, 0)
    forum.restore(post=reply, moderator=moderator, reason="Neither")
    assert points(bob) == 10


def test_numbers_and_reply_count_stay(reply, moderator):
    forum.hide(post=reply, moderator=moderator, reason="Advertising")
    thread = Thread.objects.get()
    assert (thread.reply_count, thread.last_number) == (1, 2)


# ── The first post ──


def test_a_hidden_first_post_takes_its_thread_from_the_lists(opening, alice, reply, bob, moderator):
    forum.hide(post=opening, moderator=moderator, reason="Scam")
    assert list(Thread.objects.listed()) == []
    # What others wrote is still theirs.
    assert (points(alice), points(bob), state_of(reply)) == (0, 10, "visible")


def test_restoring_it_brings_the_thread_back(opening, alice, moderator):
    forum.hide(post=opening, moderator=moderator, reason="Scam")
    forum.restore(post=opening, moderator=moderator, reason="No scam")
    assert (list(Thread.objects.listed()), points(alice)) == ([opening.thread], 20)


# ── The author ──


def test_the_author_is_told_the_reason_and_the_xp(reply, bob, moderator):
    forum.flag_spam(post=reply, moderator=moderator, reason="Advertising")
    forum.restore(post=reply, moderator=moderator, reason="It was a joke")
    told = Notification.objects.of(bob).filter(kind="moderation").order_by("id").values_list("text", "url")
    assert list(told) == [
        (
            "A moderator removed your post in “Gas” as spam: Advertising (10 XP were taken back.)",
            reply.get_absolute_url(),
        ),
        ("A moderator restored your post in “Gas”: It was a joke (10 XP are yours again.)", reply.get_absolute_url()),
    ]


# ── Who may ──


@pytest.mark.parametrize("reason", ["", "  \n ", "\u200b"])
def test_nothing_happens_without_a_reason(reply, moderator, reason):
    with pytest.raises(NoReason, match="Say why"):
        forum.hide(post=reply, moderator=moderator, reason=reason)
    assert state_of(reply) == "visible"


def test_nobody_moderates_their_own_posts(moderator):
    post = make.thread(moderator).posts.get()
    with pytest.raises(OneselfModerated):
        forum.hide(post=post, moderator=moderator, reason="Embarrassing")


def test_moderators_do_not_moderate_each_other(moderator):
    post = make.thread(make.moderator("other")).posts.get()
    with pytest.raises(StaffModerated, match="Only an admin"):
        forum.hide(post=post, moderator=moderator, reason="Rivalry")


def test_an_admin_moderates_staff(moderator):
    post = make.thread(moderator).posts.get()
    admin = make.user("root", is_staff=True, is_superuser=True)
    assert forum.hide(post=post, moderator=admin, reason="Out of line")


@pytest.mark.parametrize("verb", ["hide", "flag_spam", "restore"])
def test_what_its_author_deleted_is_left_alone(reply, bob, moderator, verb):
    forum.delete_post(post=reply, author=bob)
    with pytest.raises(DeletedByAuthor):
        getattr(forum, verb)(post=reply, moderator=moderator, reason="Because")


# ── What the database refuses ──


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("moderation_acts_have_a_reason", {"reason": ""}),
        ("moderation_acts_on_post_or_member", {"act": "ban"}),
        ("moderation_acts_on_post_or_member", {"post": None}),
        ("moderation_acts_on_others", {"member": "moderator"}),
    ],
)
def test_the_database_refuses_an_act_that_makes_no_sense(request, reply, bob, moderator, constraint, fields):
    if "member" in fields:
        fields = {"member": moderator}
    row = {"act": "hide", "moderator": moderator, "member": bob, "post": reply, "reason": "Because"} | fields
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ModerationAct.objects.create(**row)


def test_the_database_knows_the_states_of_a_post(reply):
    with pytest.raises(IntegrityError, match="posts_known_state"), transaction.atomic():
        Post.objects.update(state="gone")
