"""Special events and boosts in the admin: in UTC, with a reason and a rule set, mistakes beside the field."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from degentalk.core import clock
from degentalk.rulebook.models import RuleSet
from tests import make
from tests.html import html_of
from tests.xp.test_events import event_of, on_now
from xp import services as xp
from xp.models import EventParticipation, SpecialEvent, XpBoost

pytestmark = pytest.mark.django_db
LIST = "/admin/xp/specialevent/"
GRANT = "/admin/xp/xpboost/grant/"


@pytest.fixture
def staff(client):
    staff = make.user("root", is_staff=True, is_superuser=True, time_zone="Asia/Tokyo")
    client.force_login(staff)
    return staff


def in_the_group(client, group):
    member = make.user(group, is_staff=True)
    member.groups.add(Group.objects.get(name=group))
    client.force_login(member)
    return member


def typed(moment):
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"


def fields(**changes):
    now = clock.database_time()
    return {
        "name": "Halving party",
        "slug": "halving-party",
        "description": "",
        "starts_at": typed(now + timedelta(hours=1)),
        "ends_at": typed(now + timedelta(hours=49)),
        "multiplier_bps": "15000",
        "participation_xp": "120",
        "reason": "Halving",
    } | changes


def add(client, **changes):
    return client.post(f"{LIST}add/", fields(**changes), follow=True)


def change(client, event, **changes):
    return client.post(f"{LIST}{event.pk}/change/", fields(name=event.name, **changes), follow=True)


def errors_of(page):
    return page.context["adminform"].form.errors


# ── events ──


def test_a_new_event_is_part_of_the_rules_with_its_reason(client, staff):
    add(client, starts_at="2099-12-05T18:00:00", ends_at="2099-12-07T18:00:00")
    event, rules = SpecialEvent.objects.get(), RuleSet.objects.newest().first()
    assert (rules.number, rules.reason, rules.created_by) == (2, "Halving", staff)
    assert rules.rules["xp"]["events"][str(event.pk)] == {
        "name": "Halving party",
        "slug": "halving-party",
        "starts_at": "2099-12-05T18:00:00+00:00",
        "ends_at": "2099-12-07T18:00:00+00:00",
        "multiplier_bps": 15_000,
        "participation_xp": 120,
        "is_cancelled": False,
    }


def test_instants_are_utc_whatever_the_zone_of_staff(client, staff):
    add(client, starts_at="2099-12-05T18:00:00", ends_at="2099-12-07T18:00:30")
    event = SpecialEvent.objects.get()
    assert event.starts_at == datetime(2099, 12, 5, 18, tzinfo=UTC)
    page = html_of(client.get(f"{LIST}{event.pk}/change/"))
    assert 'value="2099-12-05T18:00:00"' in page
    assert 'value="2099-12-07T18:00:30"' in page
    assert "2099-12-05 18:00:00" in client.get(LIST).text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"ends_at": "2099-12-05T18:00:00", "starts_at": "2099-12-05T18:00:00"}, "ends_at"),
        ({"ends_at": "2099-12-05T18:00:00", "starts_at": "2099-12-06T18:00:00"}, "ends_at"),
        ({"starts_at": "2001-01-01T00:00:00", "ends_at": "2001-01-02T00:00:00"}, "ends_at"),
        ({"starts_at": "soon"}, "starts_at"),
        ({"starts_at": "0001-01-01T00:00:00"}, "starts_at"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, "starts_at"),
        ({"ends_at": "9999-12-31T23:59:59-14:00"}, "ends_at"),
        ({"multiplier_bps": "9999"}, "multiplier_bps"),
        ({"multiplier_bps": "100001"}, "multiplier_bps"),
        ({"multiplier_bps": "1.5"}, "multiplier_bps"),
        ({"multiplier_bps": "9" * 30}, "multiplier_bps"),
        ({"participation_xp": "-1"}, "participation_xp"),
        ({"participation_xp": "1000001"}, "participation_xp"),
        ({"slug": "not a slug"}, "slug"),
        ({"name": ""}, "name"),
        ({"reason": ""}, "reason"),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_changes_nothing(client, staff, wrong, field):
    page = add(client, **wrong)
    assert (page.status_code, list(errors_of(page))) == (200, [field])
    assert (SpecialEvent.objects.count(), RuleSet.objects.count()) == (0, 1)


def test_an_address_is_given_once(client, staff):
    add(client)
    assert list(errors_of(add(client))) == ["slug"]


def test_an_event_that_is_on_keeps_its_start_and_address(client, staff):
    event = on_now(multiplier_bps=20_000)
    change(client, event, slug="other", starts_at="2099-01-01T00:00:00", ends_at="2099-12-07T18:00:00")
    now = SpecialEvent.objects.get()
    assert (now.slug, now.starts_at) == (event.slug, event.starts_at)
    assert (now.multiplier_bps, now.ends_at.year) == (15_000, 2099)


def test_an_event_that_is_over_keeps_what_it_paid(client, staff):
    now = clock.database_time()
    event = event_of(starts_at=now - timedelta(days=2), ends_at=now - timedelta(days=1), participation_xp=5)
    change(client, event, description="It was fun", is_cancelled="on")
    changed = SpecialEvent.objects.get()
    assert (changed.description, changed.participation_xp, changed.is_cancelled) == ("It was fun", 5, False)
    assert changed.ends_at == event.ends_at


def test_an_event_is_not_ended_in_the_past(client, staff):
    event = on_now()
    page = change(client, event, ends_at=typed(clock.database_time() - timedelta(minutes=5)))
    assert list(errors_of(page)) == ["ends_at"]


def test_cancelling_ends_it_at_once_for_the_rules_and_on_the_page(client, staff):
    alice, event = make.user("alice"), on_now(multiplier_bps=20_000)
    xp.join_event(user=alice, event=event)
    change(client, event, is_cancelled="on", ends_at=typed(event.ends_at), multiplier_bps="20000")
    assert xp.award(user=alice, action="post_created", key="post:1", cause=("post", 1)).points == 10
    assert "Cancelled" in client.get(f"/events/{event.slug}").text


def test_an_event_is_never_deleted(client, staff):
    event = on_now()
    assert client.post(f"{LIST}{event.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(LIST, {"action": "delete_selected", "_selected_action": [event.pk], "post": "yes"})
    assert SpecialEvent.objects.count() == 1


def test_an_event_leads_to_who_joined_it(client, staff):
    event, other = on_now(), on_now(name="Other")
    xp.join_event(user=make.user("alice"), event=event)
    xp.join_event(user=make.user("bob"), event=other)
    page = client.get(f"{LIST}{event.pk}/change/")
    url = f"/admin/xp/eventparticipation/?event__id__exact={event.pk}"
    assert (url in page.text, "1 member<" in page.text) == (True, True)
    listed = client.get(url).text
    assert (">alice<" in listed, ">bob<" in listed) == (True, False)


def test_participations_are_only_looked_at(client, staff):
    xp.join_event(user=make.user("alice"), event=on_now())
    row = EventParticipation.objects.get()
    paths = ["add/", f"{row.pk}/delete/"]
    assert [client.post(f"/admin/xp/eventparticipation/{path}").status_code for path in paths] == [403, 403]


def test_economists_announce_events_and_moderators_do_not(client):
    economist = in_the_group(client, "economist")
    add(client)
    assert RuleSet.objects.newest().first().created_by == economist
    in_the_group(client, "moderator")
    assert client.get(LIST).status_code == 403


# ── boosts ──


def grant(client, **changes):
    now = clock.database_time()
    form = client.get(GRANT).context["adminform"].form
    given = {
        "member": "alice",
        "multiplier_bps": "20000",
        "starts_at": typed(now),
        "ends_at": typed(now + timedelta(days=1)),
        "reason": "Won the meme contest",
        "key": str(form["key"].value()),
    } | changes
    return given, client.post(GRANT, given, follow=True)


def test_a_granted_boost_is_a_row_and_a_line_in_the_log(client, staff):
    alice = make.user("alice")
    given, _page = grant(client, ends_at="2099-12-07T18:00:00")
    boost = XpBoost.objects.of(alice).get()
    assert (boost.multiplier_bps, boost.source) == (20_000, f"staff_boost:{given['key']}")
    assert boost.ends_at == datetime(2099, 12, 7, 18, tzinfo=UTC)
    assert "Reason: Won the meme contest" in LogEntry.objects.get(object_id=str(boost.pk)).change_message


def test_the_button_pressed_twice_grants_once(client, staff):
    make.user("alice")
    given, _page = grant(client)
    client.post(GRANT, given)
    assert (XpBoost.objects.count(), LogEntry.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"member": "nobody"}, "member"),
        ({"member": ""}, "member"),
        ({"member": "mallory"}, "member"),
        ({"multiplier_bps": "10000"}, "multiplier_bps"),
        ({"multiplier_bps": "100001"}, "multiplier_bps"),
        ({"ends_at": "2001-01-01T00:00:00"}, "ends_at"),
        ({"starts_at": "2099-01-01T00:00:00"}, "__all__"),
        ({"member": "root"}, "__all__"),
        ({"reason": " "}, "reason"),
        ({"key": "x"}, "key"),
    ],
)
def test_a16_what_cannot_be_granted_is_said_in_the_form(client, staff, wrong, field):
    make.user("alice"), make.user("mallory", is_active=False)
    _given, page = grant(client, **wrong)
    assert (page.status_code, list(errors_of(page))) == (200, [field])
    assert (XpBoost.objects.count(), LogEntry.objects.count()) == (0, 0)


def test_a_form_that_was_refused_has_a_new_key(client, staff):
    make.user("alice")
    given, page = grant(client, member="root")
    assert page.context["adminform"].form["key"].value() != given["key"]


def test_who_may_grant_finds_the_button(client):
    in_the_group(client, "economist")
    assert f'href="{reverse("admin:xp_xpboost_grant")}"' in client.get("/admin/xp/xpboost/").text
    make.user("alice")
    grant(client)
    assert XpBoost.objects.count() == 1


def test_boosts_take_a_permission_of_their_own(client):
    watcher = in_the_group(client, "economist")
    group = Group.objects.get(name="economist")
    for permission in group.permissions.exclude(codename="grant_boost"):
        watcher.user_permissions.add(permission)
    watcher.groups.clear()
    listed = client.get("/admin/xp/xpboost/")
    assert (listed.status_code, "Grant a boost" in listed.text) == (200, False)
    assert [client.get(GRANT).status_code, client.post(GRANT, {}).status_code] == [403, 403]


@pytest.mark.parametrize("path", ["add/", "1/change/", "1/delete/"])
def test_boosts_are_not_edited(client, staff, path):
    now = clock.database_time()
    boost = xp.grant_boost(
        user=make.user("alice"), multiplier_bps=20_000, starts_at=now, ends_at=now + timedelta(1), source="test_boost:1"
    )
    path = path.replace("1", str(boost.pk))
    assert client.post(f"/admin/xp/xpboost/{path}", {"multiplier_bps": "90000"}).status_code == 403


def test_lists_take_the_same_queries_however_long_they_are(client, staff):
    now, counts = clock.database_time(), []
    lists = [LIST, "/admin/xp/eventparticipation/", "/admin/xp/xpboost/"]
    for number in range(6):
        member, event = make.user(f"member_{number}"), on_now(name=f"Event {number}")
        xp.join_event(user=member, event=event)
        xp.grant_boost(
            user=member, multiplier_bps=20_000, starts_at=now, ends_at=now + timedelta(1), source=f"test_boost:{number}"
        )
        if number in (0, 5):
            client.get(LIST)
            counts.append([_queries(client, path) for path in lists])
    assert counts[0] == counts[1]


def _queries(client, path):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)
