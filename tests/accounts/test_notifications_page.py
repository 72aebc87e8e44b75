"""The bell's page."""

import pytest

from degentalk.accounts import services as accounts
from degentalk.accounts.models import Notification
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/account/notifications"


@pytest.fixture
def alice(client):
    alice = make.user("alice")
    client.force_login(alice)
    return alice


def tell(user, number, **fields):
    return accounts.notify(user=user, kind="reply", text=f"Reply {number}", key=f"post:{number}", **fields)


def test_a_visitor_is_asked_to_sign_in(client):
    assert client.get(PAGE).url == f"/account/login/?next={PAGE}"


def test_a_new_member_reads_what_will_be_here(client, alice):
    text = client.get(PAGE).text
    assert "Nothing yet" in text
    assert "Mark all read" not in text


def test_the_newest_is_first(client, alice):
    for number in range(3):
        tell(alice, number)
    assert [item.text for item in client.get(PAGE).context["page"].items] == ["Reply 2", "Reply 1", "Reply 0"]


def test_other_members_notifications_are_not_here(client, alice):
    tell(make.user("bob"), 1)
    assert client.get(PAGE).context["page"].items == []


def test_looking_marks_nothing_as_read(client, alice):
    tell(alice, 1)
    client.get(PAGE)
    assert Notification.objects.of(alice).unread().count() == 1


def test_unread_ones_say_so_in_words(client, alice):
    tell(alice, 1)
    assert client.get(PAGE).text.count(">New</span>") == 1


def test_the_bell_shows_how_many_are_unread(client, alice):
    tell(alice, 1)
    tell(alice, 2)
    assert 'aria-label="Notifications, 2 unread"' in client.get(PAGE).text


def test_following_one_marks_it_as_read_and_leads_there(client, alice):
    told = tell(alice, 1, url="/thread/1/gm")
    response = client.post(f"{PAGE}/{told.pk}/read")
    assert (response.status_code, response.url) == (302, "/thread/1/gm")
    assert Notification.objects.of(alice).unread().count() == 0


def test_one_that_leads_nowhere_leads_back_to_the_list(client, alice):
    told = tell(alice, 1)
    assert client.post(f"{PAGE}/{told.pk}/read").url == PAGE


def test_one_that_was_read_is_a_plain_link(client, alice):
    told = tell(alice, 1, url="/thread/1/gm")
    accounts.mark_read(user=alice, notification_id=told.pk)
    text = client.get(PAGE).text
    assert '<a class="title" href="/thread/1/gm">Reply 1</a>' in text
    assert f"{PAGE}/{told.pk}/read" not in text


def test_another_members_is_not_found(client, alice):
    """W4: what is another member's is not there."""
    told = tell(make.user("bob"), 1)
    assert client.post(f"{PAGE}/{told.pk}/read").status_code == 404
    assert Notification.objects.unread().count() == 1


def test_a_number_beyond_all_numbers_is_not_found(client, alice):
    assert client.post(f"{PAGE}/{10**30}/read").status_code == 404


def test_marking_takes_a_post(client, alice):
    told = tell(alice, 1)
    assert client.get(f"{PAGE}/{told.pk}/read").status_code == 405
    assert client.get(f"{PAGE}/read").status_code == 405


def test_marking_all_leaves_what_came_after_the_page_was_drawn(client, alice):
    tell(alice, 1)
    newest = client.get(PAGE).context["newest"]
    tell(alice, 2)
    assert client.post(f"{PAGE}/read", {"up_to": newest}).url == PAGE
    assert [told.text for told in Notification.objects.unread()] == ["Reply 2"]


@pytest.mark.parametrize("up_to", ["", "-1", "1_0", "٣", "1e3", "1" * 5000, "\x00", "1; drop table users"])
def test_a_mark_that_is_no_number_is_a_bad_request(client, alice, up_to):
    tell(alice, 1)
    assert client.post(f"{PAGE}/read", {"up_to": up_to}).status_code == 400
    assert Notification.objects.of(alice).unread().count() == 1


def test_pages_follow_each_other_without_a_gap(client, alice):
    for number in range(30):
        tell(alice, number)
    first = client.get(PAGE).context["page"]
    second = client.get(PAGE, {"cursor": first.next}).context["page"]
    assert [item.text for item in [*first.items, *second.items]] == [f"Reply {n}" for n in reversed(range(30))]
    assert client.get(PAGE, {"cursor": second.previous}).context["page"].items == first.items


@pytest.mark.parametrize("cursor", ["x", "eyJ4IjoxfQ", "\x00", "../..", "a" * 3000])
def test_a_made_up_cursor_is_a_bad_request(client, alice, cursor):
    assert client.get(PAGE, {"cursor": cursor}).status_code == 400


def test_hostile_text_is_escaped(client, alice):
    accounts.notify(user=alice, kind='"><img src=x>', text="<script>alert(1)</script>", url="/\"onclick='x", key="x:1")
    text = client.get(PAGE).text
    assert "<script>alert" not in text
    assert "<img src=x>" not in text
    assert "\"onclick='x" not in text


def test_the_number_of_queries_does_not_grow_with_rows(client, alice, django_assert_num_queries):
    tell(alice, 0)
    client.get(PAGE)
    with django_assert_num_queries(4) as few:
        client.get(PAGE)
    for number in range(1, 25):
        tell(alice, number)
    with django_assert_num_queries(len(few.captured_queries)):
        client.get(PAGE)
