"""Pages speak in the member's zone, the API in UTC."""

from datetime import UTC, datetime

import pytest
from django.http import HttpResponse
from django.utils import timezone

from degentalk.accounts import services as accounts
from degentalk.accounts.middleware import MemberTimeZone
from degentalk.accounts.models import User
from degentalk.core import clock
from tests import make

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2020, 1, 1, 23, 30, tzinfo=UTC)


def told_long_ago(user):
    with clock.at(LONG_AGO):
        accounts.notify(user=user, kind="reply", text="Hello", key="post:1")


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("UTC", "1 Jan 2020, 23:30 UTC"),
        ("Asia/Tokyo", "2 Jan 2020, 08:30 JST"),
        ("America/New_York", "1 Jan 2020, 18:30 EST"),
        ("Asia/Kathmandu", "2 Jan 2020, 05:15 +0545"),
    ],
)
def test_moments_are_shown_in_the_members_zone(client, zone, moment):
    alice = make.user("alice", time_zone=zone)
    told_long_ago(alice)
    client.force_login(alice)
    assert f'title="{moment}"' in client.get("/account/notifications").text


def test_a_zone_that_is_gone_is_read_as_utc(client):
    alice = make.user("alice")
    User.objects.update(time_zone="Mars/Olympus")
    told_long_ago(alice)
    client.force_login(alice)
    assert 'title="1 Jan 2020, 23:30 UTC"' in client.get("/account/notifications").text


@pytest.mark.parametrize("zone", ["../../etc/passwd", "/etc/localtime", "a\x01b"])
def test_a_zone_that_is_a_path_is_read_as_utc(client, zone):
    alice = make.user("alice")
    User.objects.update(time_zone=zone)
    client.force_login(alice)
    assert client.get("/account/notifications").status_code == 200


def test_the_zone_of_one_request_does_not_leak_into_the_next(client):
    client.force_login(make.user("alice", time_zone="Asia/Tokyo"))
    client.get("/account/notifications")
    assert timezone.get_current_timezone_name() == "UTC"


@pytest.mark.parametrize(("path", "zone"), [("/api/xp/me/log", "UTC"), ("/apiary", "Asia/Tokyo"), ("/", "Asia/Tokyo")])
def test_the_api_answers_in_utc_also_to_a_session(rf, path, zone):
    request = rf.get(path)
    request.user = make.user("alice", time_zone="Asia/Tokyo")
    answer = MemberTimeZone(lambda _request: HttpResponse(timezone.get_current_timezone_name()))(request)
    assert answer.text == zone
