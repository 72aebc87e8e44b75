"""Telling a member something is a row, written once."""

from datetime import UTC, datetime

import pytest

from degentalk.accounts import services as accounts
from degentalk.accounts.models import Notification
from degentalk.core import clock
from degentalk.core.errors import NotFound
from tests import make

pytestmark = pytest.mark.django_db
MAY_DAY = datetime(2031, 5, 1, 12, tzinfo=UTC)


def tell(user, key, **fields):
    return accounts.notify(user=user, kind="level_up", text=f"About {key}", key=key, **fields)


def test_notify_returns_the_stored_row():
    alice = make.user("alice")
    told = accounts.notify(user=alice, kind="level_up", text="Level 5", url="/me", key="level:5")
    assert told == Notification.objects.get()
    assert (told.user, told.kind, told.text, told.url, told.read_at) == (alice, "level_up", "Level 5", "/me", None)


def test_notify_with_a_used_key_changes_nothing():
    alice = make.user("alice")
    accounts.notify(user=alice, kind="level_up", text="first", key="level:5")
    assert accounts.notify(user=alice, kind="level_up", text="second", key="level:5") is None
    assert Notification.objects.get().text == "first"


def test_two_members_may_be_told_under_one_key():
    assert tell(make.user("alice"), "thread:1")
    assert tell(make.user("bob"), "thread:1")


def test_notify_takes_its_time_from_the_database_clock():
    with clock.at(MAY_DAY):
        told = tell(make.user("alice"), "level:5")
    assert told.created_at == MAY_DAY


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "me"])
def test_notify_refuses_an_address_that_leaves_the_site(url):
    with pytest.raises(ValueError, match="path of this site"):
        tell(make.user("alice"), "level:5", url=url)


def test_mark_read_keeps_the_first_moment():
    alice = make.user("alice")
    told = tell(alice, "level:5")
    first = accounts.mark_read(user=alice, notification_id=told.pk).read_at
    with clock.at(MAY_DAY):
        assert accounts.mark_read(user=alice, notification_id=told.pk).read_at == first


def test_mark_read_of_another_members_notification_is_not_found():
    alice, mallory = make.user("alice"), make.user("mallory")
    told = tell(alice, "level:5")
    with pytest.raises(NotFound):
        accounts.mark_read(user=mallory, notification_id=told.pk)
    assert Notification.objects.of(alice).unread().count() == 1


def test_mark_all_read_leaves_what_came_after_the_page_was_drawn():
    alice = make.user("alice")
    seen, later = tell(alice, "level:5"), tell(alice, "level:6")
    assert accounts.mark_all_read(user=alice, up_to=seen.pk) == 1
    assert list(Notification.objects.of(alice).unread()) == [later]


def test_mark_all_read_leaves_other_members_alone():
    alice, mallory = make.user("alice"), make.user("mallory")
    told = tell(alice, "level:5")
    accounts.mark_all_read(user=mallory, up_to=told.pk)
    assert Notification.objects.of(alice).unread().count() == 1


def test_unknown_kinds_get_the_bell():
    assert Notification(kind="something_new").icon == "bell"
