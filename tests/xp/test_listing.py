"""Hiding and awards at the same moment: whoever hides is on no board, whichever commits first."""

import threading

from django.db import connection, transaction

from degentalk.accounts.models import User
from tests import make
from xp import services as xp
from xp.models import UserXp


def hide(user):
    try:
        person = User.objects.get(pk=user.pk)
        person.hides_from_boards = True
        person.save()
    finally:
        connection.close()


def award(user):
    try:
        xp.award(user=user, action="post_created", key="post:1", cause=("post", 1))
    finally:
        connection.close()


def wait_for_lock(owner):
    """Until somebody in this database waits for a lock."""
    for _ in range(200):
        waiting = owner.execute(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        ).fetchone()[0]
        if waiting:
            return
        threading.Event().wait(0.01)
    raise AssertionError("nobody waited")


def test_who_hides_during_the_first_award_is_not_listed(committed_db, owner):
    alice = make.user("alice")
    other = threading.Thread(target=hide, args=[alice])
    with transaction.atomic():
        xp.award(user=alice, action="post_created", key="post:1", cause=("post", 1))
        other.start()
        wait_for_lock(owner)
    other.join()
    assert (UserXp.objects.get().is_listed, UserXp.objects.listed().count()) == (False, 0)


def test_the_first_award_of_who_is_just_hiding_is_not_listed(committed_db, owner):
    alice = make.user("alice")
    other = threading.Thread(target=award, args=[alice])
    with transaction.atomic():
        User.objects.filter(pk=alice.pk).update(hides_from_boards=True)
        other.start()
        wait_for_lock(owner)
    other.join()
    assert (UserXp.objects.get().is_listed, UserXp.objects.get().xp) == (False, 10)
