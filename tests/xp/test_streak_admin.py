"""Streaks in the admin: days are facts; a freeze is granted with a reason, by those who may, never to oneself."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from degentalk.accounts.models import Notification
from tests import make
from tests.xp.test_visits import visits
from xp import services as xp
from xp.models import StreakDay, StreakFreeze, UserStreak

pytestmark = pytest.mark.django_db
FREEZES = "/admin/xp/streakfreeze/"
GRANT = f"{FREEZES}grant/"
LISTS = [FREEZES, "/admin/xp/streakday/", "/admin/xp/userstreak/"]


@pytest.fixture
def staff(client):
    return make.signed_in(client, make.user("root", is_staff=True, is_superuser=True))


def in_the_group(client, group):
    member = make.user(group, is_staff=True)
    member.groups.add(Group.objects.get(name=group))
    return make.signed_in(client, member)


def grant(client, **changes):
    """Fill in the form that was shown, and send it."""
    form = client.get(GRANT).context["adminform"].form
    given = {"member": "alice", "reason": "The site was down", "key": str(form["key"].value())} | changes
    return given, client.post(GRANT, given, follow=True)


def test_a_granted_freeze_is_a_row_and_a_line_in_the_log(client, staff):
    alice = make.user("alice")
    given, page = grant(client)
    freeze = StreakFreeze.objects.get()
    assert (freeze.user, freeze.source, freeze.used_for) == (alice, f"staff_freeze:{given['key']}", None)
    assert "Granted to alice: a streak freeze." in page.text
    assert "Reason: The site was down" in LogEntry.objects.get(object_id=str(freeze.pk)).change_message
    assert Notification.objects.filter(user=alice, kind="freeze").count() == 1


def test_the_button_pressed_twice_grants_once(client, staff):
    make.user("alice")
    given, _page = grant(client)
    client.post(GRANT, given)
    assert (StreakFreeze.objects.count(), LogEntry.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"member": "nobody"}, "member"),
        ({"member": ""}, "member"),
        ({"member": "mallory"}, "member"),
        ({"member": "root"}, "__all__"),
        ({"reason": " "}, "reason"),
        ({"key": "x"}, "key"),
    ],
)
def test_a16_what_cannot_be_granted_is_said_in_the_form(client, staff, wrong, field):
    make.user("alice"), make.user("mallory", is_active=False)
    _given, page = grant(client, **wrong)
    assert (page.status_code, list(page.context["adminform"].form.errors)) == (200, [field])
    assert (StreakFreeze.objects.count(), LogEntry.objects.count()) == (0, 0)


def test_economists_grant_freezes(client):
    in_the_group(client, "economist")
    assert f'href="{reverse("admin:xp_streakfreeze_grant")}"' in client.get(FREEZES).text
    make.user("alice")
    grant(client)
    assert StreakFreeze.objects.count() == 1


def test_moderators_do_not(client):
    in_the_group(client, "moderator")
    assert [client.get(path).status_code for path in (GRANT, *LISTS)] == [403] * 4
    assert client.post(GRANT, {}).status_code == 403


def test_a_streak_leads_to_its_days(client, staff):
    alice = make.user("alice")
    visits(alice, 0, 1)
    page = client.get(f"/admin/xp/userstreak/{alice.pk}/change/").text
    link = f"/admin/xp/streakday/?user__id__exact={alice.pk}"
    assert f'href="{link}"' in page
    assert client.get(link).context["cl"].queryset.count() == 2


@pytest.mark.parametrize("model", [StreakDay, StreakFreeze, UserStreak])
def test_nothing_of_a_streak_is_edited(client, staff, model):
    alice = make.user("alice")
    xp.grant_streak_freeze(user=alice, source="test:1")
    visits(alice, 0)
    before = list(model.objects.values())
    row = model.objects.filter(user=alice).get()
    for page in ("add/", f"{row.pk}/change/", f"{row.pk}/delete/"):
        assert client.post(f"/admin/xp/{model._meta.model_name}/{page}", {"post": "yes"}).status_code == 403
    assert list(model.objects.values()) == before


def test_lists_take_the_same_queries_however_long_they_are(client, staff):
    counts = []
    for number in range(6):
        member = make.user(f"member_{number}")
        xp.grant_streak_freeze(user=member, source=f"test:{number}")
        visits(member, 0)
        if number in (0, 5):
            client.get(LISTS[0])
            counts.append([queries(client, path) for path in LISTS])
    assert counts[0] == counts[1]


def queries(client, path):
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return len(found)
