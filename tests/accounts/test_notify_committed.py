"""Notifications where commits are real: tellers at the same moment, and long histories."""

from degentalk.accounts import services as accounts
from degentalk.accounts.models import Notification
from tests import make
from tests.threads import together


def test_parallel_tellers_of_one_key_make_one_row(committed_db):
    alice = make.user("alice")
    told = together([lambda: accounts.notify(user=alice, kind="reply", text="Hello", key="post:1")] * 8)
    assert Notification.objects.count() == 1
    assert sum(one is not None for one in told) == 1


def test_the_bell_of_a_member_with_a_long_history_reads_unread_rows_only(committed_db, owner):
    alice = make.user("alice")
    owner.execute(
        "insert into notifications (user_id, kind, text, url, key, created_at, read_at) "
        "select %s, 'reply', 'Hello', '', 'post:' || n, now(), now() from generate_series(1, 5000) n",
        [alice.pk],
    )
    accounts.notify(user=alice, kind="reply", text="Hello", key="post:new")
    owner.execute("vacuum analyze notifications")
    assert "notifications_unread" in Notification.objects.of(alice).unread().explain()
