"""The time zone changes once in 24 hours: streaks and daily XP follow the member's own day."""

from datetime import UTC, datetime, timedelta

import pytest

from degentalk.accounts import services as accounts
from degentalk.accounts.errors import TimeZoneChangedRecently
from degentalk.accounts.models import User
from degentalk.accounts.signals import time_zone_changed
from degentalk.core import clock
from tests import make
from tests.heard import heard
from tests.threads import together

SETTINGS = "/account/settings"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = timedelta(hours=24)
WAIT = "You changed your time zone within the last 24 hours. You can change it again from %s on."


@pytest.fixture
def alice(db, client):
    alice = make.user("alice")
    client.force_login(alice)
    return alice


def move(user, zone, about=""):
    settings = {"theme": "auto", "hides_balance": False, "hides_from_boards": False}
    return accounts.change_settings(user=user, about=about, time_zone=zone, **settings)


def moved(user, zone, at):
    with clock.at(at):
        return move(user, zone)


def fields(**changed):
    return {"about": "gm", "time_zone": "UTC", "theme": "auto"} | changed


def test_the_first_choice_is_free(alice):
    assert moved(alice, "Asia/Tokyo", NOON).time_zone == "Asia/Tokyo"


def test_a_second_change_within_24_hours_is_refused_and_saves_nothing(alice):
    moved(alice, "Asia/Tokyo", NOON)
    with pytest.raises(TimeZoneChangedRecently), clock.at(NOON + DAY - timedelta(seconds=1)):
        move(alice, "Europe/Berlin", about="gm")
    stored = User.objects.get()
    assert (stored.time_zone, stored.about, stored.time_zone_changed_at) == ("Asia/Tokyo", "", NOON)


def test_after_24_hours_it_may_be_changed_again(alice):
    moved(alice, "Asia/Tokyo", NOON)
    moved(alice, "Europe/Berlin", NOON + DAY)
    stored = User.objects.get()
    assert (stored.time_zone, stored.time_zone_changed_at) == ("Europe/Berlin", NOON + DAY)


def test_saving_without_changing_the_zone_is_free_and_starts_no_wait(alice):
    moved(alice, "Asia/Tokyo", NOON)
    moved(alice, "Asia/Tokyo", NOON + timedelta(hours=23))
    assert moved(alice, "Europe/Berlin", NOON + DAY).time_zone == "Europe/Berlin"


def test_going_back_is_a_change_too(alice):
    moved(alice, "Asia/Tokyo", NOON)
    with pytest.raises(TimeZoneChangedRecently):
        moved(alice, "UTC", NOON + timedelta(hours=1))


@pytest.mark.parametrize(
    ("zone", "moment"),
    [("Asia/Tokyo", "23 Nov 2026, 21:00 JST"), ("America/New_York", "23 Nov 2026, 07:00 EST")],
)
def test_the_page_says_at_the_field_when_in_the_members_time(client, alice, zone, moment):
    with clock.at(NOON):
        client.post(SETTINGS, fields(time_zone=zone))
        response = client.post(SETTINGS, fields(time_zone="Europe/Berlin", about="typed"))
    assert response.status_code == 422
    assert response.context["form"].errors == {"time_zone": [WAIT % moment]}
    assert response.context["form"]["about"].value() == "typed"


def test_a_zone_that_is_gone_from_the_machine_can_be_left(alice):
    User.objects.update(time_zone="Mars/Olympus", time_zone_changed_at=NOON)
    with pytest.raises(TimeZoneChangedRecently, match="23 Nov 2026, 12:00 UTC"):
        moved(alice, "UTC", NOON)
    assert moved(alice, "UTC", NOON + DAY).time_zone == "UTC"


def test_a_change_is_announced_with_both_zones(alice):
    with heard(time_zone_changed, "user", "before", "after") as said:
        move(alice, "Asia/Tokyo")
    assert said == [(alice, "UTC", "Asia/Tokyo")]


def test_the_member_is_saved_when_it_is_announced(alice):
    stored = []

    def look(user, **_arguments):
        stored.append(User.objects.get(pk=user.pk).time_zone)

    time_zone_changed.connect(look)
    try:
        move(alice, "Asia/Tokyo")
    finally:
        time_zone_changed.disconnect(look)
    assert stored == ["Asia/Tokyo"]


def test_what_is_no_change_is_not_announced(alice):
    moved(alice, "Asia/Tokyo", NOON)
    with heard(time_zone_changed, "user") as said:
        moved(alice, "Asia/Tokyo", NOON)
        with pytest.raises(TimeZoneChangedRecently):
            moved(alice, "UTC", NOON)
    assert said == []


def test_parallel_saves_change_it_once(committed_db):
    alice = make.user("alice")
    zones = ["Asia/Tokyo", "Europe/Berlin", "America/New_York", "Africa/Lagos", "Pacific/Apia", "Asia/Kathmandu"]
    with heard(time_zone_changed, "before", "after") as said:
        answers = together([lambda zone=zone: move(alice, zone) for zone in zones], refusals=TimeZoneChangedRecently)
    changed = [answer for answer in answers if isinstance(answer, User)]
    assert len(changed) == 1
    assert said == [("UTC", changed[0].time_zone)]
    assert User.objects.get().time_zone == changed[0].time_zone
