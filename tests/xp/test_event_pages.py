"""The pages of special events."""

from datetime import timedelta

import pytest

from degentalk.core import clock
from tests import make
from tests.html import html_of, main_of
from tests.xp.test_events import event_of, on_now
from xp.models import EventParticipation, XpLog

pytestmark = pytest.mark.django_db


def coming(**fields):
    now = clock.database_time()
    return event_of(starts_at=now + timedelta(hours=5), ends_at=now + timedelta(days=2), **fields)


def ended(**fields):
    now = clock.database_time()
    fields = {"starts_at": now - timedelta(days=3), "ends_at": now - timedelta(days=1)} | fields
    return event_of(**fields)


def path_of(event):
    return f"/events/{event.slug}"


def join_path_of(event):
    return f"/events/{event.slug}/join"


def earned_by_joining(member, event):
    return XpLog.objects.of(member).filter(cause_type="event", cause_id=event.pk).points()


@pytest.fixture
def alice(client):
    alice = make.user("alice")
    client.force_login(alice)
    return alice


def test_without_events_the_page_says_so(client):
    assert "No event is on or announced" in html_of(client.get("/events"))


def test_what_is_on_comes_first_then_what_comes_then_what_is_over(client):
    ended(name="Old one"), coming(name="Next one"), on_now(name="This one"), on_now(name="Off", is_cancelled=True)
    page = main_of(client.get("/events"))
    places = [page.index(name) for name in ("This one", "Next one", "Old one")]
    assert places == sorted(places)
    assert page.index("Past events") < page.index(">Off<")


def test_an_event_shows_its_figures(client, alice):
    event = on_now(multiplier_bps=15_000, participation_xp=1_200)
    for name in ("bob", "carol"):
        EventParticipation.objects.create(event=event, user=make.user(name), joined_at=clock.database_time())
    page = main_of(client.get(path_of(event)))
    assert '<b class="t-xp">×1.5</b>on all your XP once you have joined.' in page
    assert '<b class="t-xp">+1,200 XP</b>for joining.' in page
    assert "2 members joined" in page


@pytest.mark.parametrize(("zone", "shown"), [("Asia/Tokyo", ["6 Dec 2026, 03:00 JST", "5 Dec 2026, 18:00 UTC"])])
def test_the_window_is_in_the_members_time_zone_and_in_utc(client, zone, shown):
    client.force_login(make.user("alice", time_zone=zone))
    page = main_of(client.get(path_of(event_of())))
    assert [moment in page for moment in shown] == [True, True]


def test_a_member_in_utc_reads_the_window_once(client, alice):
    assert main_of(client.get(path_of(event_of()))).count("5 Dec 2026, 18:00 UTC") == 1


def test_the_description_is_text_with_its_lines(client):
    page = main_of(client.get(path_of(event_of(description="Two\nlines <script>alert(1)</script>"))))
    assert "<p>Two<br>lines &lt;script&gt;alert(1)&lt;/script&gt;</p>" in page


def test_an_event_that_does_not_exist_is_a_404(client):
    assert [client.get("/events/nope").status_code, client.get("/events/nope/join").status_code] == [404, 404]


def test_a_visitor_is_offered_to_sign_in_and_comes_back(client):
    event = on_now()
    page = main_of(client.get(path_of(event)))
    assert f'<a class="btn tonal" href="/account/login/?next={path_of(event)}">Sign in to join</a>' in page
    answer = client.post(join_path_of(event))
    assert (answer.status_code, answer["Location"]) == (303, f"/account/login/?next={path_of(event)}")
    assert EventParticipation.objects.count() == 0


def test_a_lost_session_leaves_the_page_alone(client):
    assert client.post(join_path_of(on_now()), headers={"HX-Request": "true"}).status_code == 401


def test_joining_without_a_script_comes_back_and_says_what_it_earned(client, alice):
    event = on_now(participation_xp=120)
    answer = client.post(join_path_of(event), follow=True)
    page = html_of(answer)
    assert (answer.redirect_chain, earned_by_joining(alice, event)) == ([(path_of(event), 303)], 120)
    assert ("Joining earned you 120 XP." in page, "+120 XP" in page, "<form" in main_of(answer)) == (True, True, False)


def test_joining_with_htmx_answers_with_the_changed_part_and_a_toast(client, alice):
    answer = client.post(join_path_of(on_now(participation_xp=120)), headers={"HX-Request": "true"})
    page = html_of(answer)
    assert ("Joining earned you 120 XP." in page, "<html" in page, "hx-post" in page) == (True, False, False)
    assert 'data-toast="xp"' in page


def test_a_second_press_changes_nothing_and_brags_no_second_time(client, alice):
    event = on_now(participation_xp=120)
    client.post(join_path_of(event), headers={"HX-Request": "true"})
    again = client.post(join_path_of(event), headers={"HX-Request": "true"})
    assert ("Joining earned you 120 XP." in again.text, "data-toast" in again.text) == (True, False)
    assert (earned_by_joining(alice, event), EventParticipation.objects.count()) == (120, 1)


@pytest.mark.parametrize("htmx", [{}, {"HX-Request": "true"}])
def test_an_event_that_ended_meanwhile_says_so(client, alice, htmx):
    answer = client.post(join_path_of(ended(name="Old one")), headers=htmx, follow=True)
    assert "“Old one” ended on" in answer.text
    assert EventParticipation.objects.count() == 0


def test_an_event_that_has_not_begun_has_no_button(client, alice):
    page = main_of(client.get(path_of(coming())))
    assert ("Joining opens when it starts." in page, "<form" in page) == (True, False)


def test_a_reload_after_signing_in_leads_to_the_event(client, alice):
    event = on_now()
    answer = client.get(join_path_of(event))
    assert (answer.status_code, answer["Location"]) == (302, path_of(event))


def test_past_events_go_on_behind_next_and_a_broken_link_starts_again(client):
    for number in range(15):
        ended(name=f"Old {number}")
    first = client.get("/events")
    second = client.get("/events", {"cursor": first.context["page"].next})
    assert [len(page.context["past"]) for page in (first, second)] == [12, 3]
    answer = client.get("/events", {"cursor": "made.up"})
    assert (answer.status_code, answer["Location"]) == (302, "/events")


@pytest.mark.parametrize("number", [1, 6])
def test_events_cost_three_queries_however_many_there_are(client, number, django_assert_num_queries):
    for serial in range(number):
        on_now(name=f"On {serial}"), coming(name=f"Soon {serial}"), ended(name=f"Old {serial}")
    client.get("/events")
    with django_assert_num_queries(3):
        client.get("/events")
