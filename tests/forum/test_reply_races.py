"""Replies at the same moment, on real threads and a real database."""

import uuid
from functools import partial

from degentalk.core import idempotency
from degentalk.core.errors import KeyInFlight
from degentalk.forum import services as forum
from degentalk.forum.models import Thread
from tests import make
from tests.threads import together
from xp.models import UserXp, XpLog


def once(author, thread, key):
    """As the view does it, and as a member who is told “try again” on a busy machine."""

    def verb():
        return {"post": forum.reply(author=author, thread=thread, body="Yes").post.pk}

    facts = {"thread": thread.pk, "body": "Yes"}
    while True:
        try:
            return idempotency.run(actor=author, endpoint="forum:reply", key=key, request=facts, verb=verb)
        except KeyInFlight:
            continue


def replies(members, thread):
    return [partial(once, member, thread, str(uuid.uuid4())) for member in members]


def test_fifty_parallel_replies_with_one_key_make_one_post_and_one_award(committed_db):
    thread, bob = make.thread(make.user("alice")), make.user("bob")
    answers = together([partial(once, bob, thread, "k1")] * 50)
    written = list(thread.posts.filter(number__gt=1).values_list("pk", flat=True))
    assert len(written) == 1
    assert {answer.body["post"] for answer in answers} == set(written)
    assert sum(not answer.replayed for answer in answers) == 1
    assert XpLog.objects.of(bob).count() == 1
    assert UserXp.objects.of(bob).xp == 10


def test_parallel_replies_of_different_members_are_numbered_without_gap(committed_db):
    thread = make.thread(make.user("alice"))
    members = [make.user(f"member{n}") for n in range(20)]
    together(replies(members, thread))
    assert list(thread.posts.order_by("number").values_list("number", flat=True)) == list(range(1, 22))
    assert Thread.objects.get(pk=thread.pk).reply_count == 20
    assert list(UserXp.objects.filter(user__in=members).values_list("xp", flat=True)) == [10] * 20


def test_parallel_replies_of_one_member_to_two_threads_all_arrive(committed_db):
    alice, bob = make.user("alice"), make.user("bob")
    threads = [make.thread(alice), make.thread(alice)]
    together([call for thread in threads for call in replies([bob] * 10, thread)])
    assert [thread.posts.count() for thread in threads] == [11, 11]


def test_a_lock_stops_the_replies_that_waited_for_it(committed_db):
    thread = make.thread(make.user("alice"))
    members = [make.user(f"member{n}") for n in range(8)]
    together([*replies(members, thread), partial(forum.set_lock, thread=thread, is_locked=True)])
    written = thread.posts.count()
    assert once(members[0], thread, "after").refused
    assert Thread.objects.get(pk=thread.pk).last_number == written == thread.posts.count()
