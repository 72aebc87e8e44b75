"""The page of all paths: each in the state it is in for whoever looks, and what each would have earned them."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from degentalk.core import clock
from degentalk.pages import paths as page_of_paths
from paths import services as paths
from paths.models import XpPath, XpPathLevel
from tests import make
from tests.html import html_of, main_of
from tests.paths.standing import a_path, choose, earn, only, pause, publish, waits
from tests.signing_in import sign_in
from xp import services as xp

pytestmark = pytest.mark.django_db


@pytest.fixture
def warm(client):
    from degentalk.rulebook import services as rulebook

    def visit(path):
        rulebook.forget()
        return client.get(path)

    return visit


@pytest.fixture
def both():
    return only(("test-sage", {"post_created": 15_000, "like_received": 8_000}), ("test-host", {}))


@pytest.fixture
def alice(client):
    return sign_in(client, make.user("alice"))


def states(answer):
    """Each path's state, by its id."""
    cards = re.findall(r'<li class="card path"[^>]*data-state="(\w+)".*?href="/paths/([\w-]+)"', html_of(answer))
    return {path: state for state, path in cards}


def write(member, number):
    return xp.award(user=member, action="post_created", key=f"post:{number}", cause=("post", number))


def test_a_visitor_sees_the_paths_and_how_to_join(client, both):
    page = client.get("/paths")
    assert states(page) == {"test-sage": "idle", "test-host": "idle"}
    assert main_of(page).count("Sign in to choose") == 2
    assert "<b>×1.5</b>Reply written" in main_of(page)
    assert "<b>×0.8</b>Like received" in main_of(page)


def test_a_visitor_is_told_no_forecast(client, both):
    assert "last 30 days" not in main_of(client.get("/paths"))


def test_before_the_first_choice_every_path_is_one_click_away(client, both, alice):
    page = client.get("/paths")
    assert states(page) == {"test-sage": "first", "test-host": "first"}
    assert main_of(page).count('<form method="post" action="/paths/test-') == 2


def test_after_a_choice_the_others_say_when_they_can_be_chosen(client, both, alice):
    waits(720)
    chosen = choose(alice, both[0])
    page = client.get("/paths")
    assert states(page) == {"test-sage": "primary", "test-host": "cooldown"}
    when = chosen.again_at.strftime("%-d %b %Y, %H:%M UTC")
    assert main_of(page).count(f">{when}</time>") == 2
    assert "<form" not in main_of(page)


def offered(answer):
    """Where the page says that a path switch can be had, in its links."""
    return re.findall(r'<a[^>]*href="([^"]*)"[^>]*>Switch sooner with a path switch', main_of(answer))


@pytest.mark.parametrize("address", ["/paths", "/paths/test-host", "/paths/test-host/choose"])
def test_who_has_to_wait_is_led_to_the_path_switches_of_the_shop(client, both, alice, address):
    waits(720)
    choose(alice, both[0])
    assert offered(client.get(address)) == ["/shop?type=path_switch"]
    shelf = client.get("/shop?type=path_switch").context["shown"].cards
    assert {card.unlock.type for card in shelf} == {"path_switch"}


@pytest.mark.parametrize("address", ["/paths", "/paths/test-host", "/paths/test-host/choose"])
def test_who_has_a_path_switch_is_offered_none(client, both, alice, address):
    waits(720)
    choose(alice, both[0])
    paths.grant_switch_token(user=alice, source="test:1")
    assert offered(client.get(address)) == []


def test_a_token_opens_the_other_paths_and_says_that_it_is_taken(client, both, alice):
    waits(720)
    choose(alice, both[0])
    paths.grant_switch_token(user=alice, source="test:1")
    page = client.get("/paths")
    assert states(page) == {"test-sage": "primary", "test-host": "token"}
    assert "It takes one path switch." in main_of(page)


def test_when_the_cooldown_is_over_the_others_can_be_chosen(client, both, alice):
    waits(24)
    with clock.at(timezone.now() - timedelta(hours=25)):
        choose(alice, both[0])
    assert states(client.get("/paths")) == {"test-sage": "primary", "test-host": "choosable"}


def test_a_paused_path_of_mine_stays_and_choosing_another_is_free(client, both, alice):
    waits(720)
    choose(alice, both[0])
    pause(both[0])
    page = client.get("/paths")
    assert states(page) == {"test-host": "choosable", "test-sage": "primary"}
    assert ("Your path, paused" in main_of(page), "Choosing another is free." in main_of(page)) == (True, True)


def test_a_paused_path_is_shown_to_whoever_has_earned_in_it(client, both, alice):
    waits(0)
    choose(alice, both[0])
    earn(alice, 10)
    choose(alice, both[1])
    pause(both[0])
    assert states(client.get("/paths")) == {"test-host": "primary", "test-sage": "paused"}
    sign_in(client, make.user("bob"))
    assert states(client.get("/paths")) == {"test-host": "first"}


def test_progress_says_level_title_and_what_is_missing(client, both, alice):
    choose(alice, both[0])
    earn(alice, 45)
    page = main_of(client.get("/paths"))
    for words in ("<b>Adept</b>", ">Level 2</span>", "15 of 70 XP", "55 XP to Master"):
        assert words in page
    assert '<progress class="bar thin" value="15" max="70" aria-label="Progress to Master, level 3"' in page


def test_at_the_last_level_it_says_so(client, both, alice):
    choose(alice, both[0])
    earn(alice, 130)
    page = main_of(client.get("/paths"))
    assert ("<b>Master</b>" in page, "130 XP in all" in page, 'aria-label="Max level"' in page) == (True, True, True)


def test_each_path_says_what_my_last_30_days_would_have_earned(client, alice):
    only(("test-sage", {"post_created": 15_000}), ("test-slow", {"post_created": 5_000}), ("test-host", {}))
    write(alice, 1), write(alice, 2)
    answer = client.get("/paths")
    told = {path.id: (path.forecast.points, path.forecast.difference) for path in answer.context["shown"].paths}
    assert told == {"test-sage": (30, 10), "test-slow": (10, -10), "test-host": (20, 0)}
    page = main_of(answer)
    assert "<dt>You earned</dt><dd>20 XP</dd>" in page
    assert "<dt>With Sage, the most</dt><dd>30 XP</dd>" in page
    assert ("+10" in page, "−10" in page, "as you earned" in page) == (True, True, True)


def test_who_earned_nothing_of_late_is_told_so(client, both, alice):
    page = main_of(client.get("/paths"))
    assert ("You have earned no XP in the last 30 days." in page, 'class="would"' in page) == (True, False)


def test_the_forecast_is_made_once_for_an_award_and_a_rule_set(client, both, alice, django_assert_num_queries):
    write(alice, 1)
    first = page_of_paths.forecast_of(alice)
    with django_assert_num_queries(1):  # the newest award
        assert page_of_paths.forecast_of(alice) == first
    write(alice, 2)
    assert page_of_paths.forecast_of(alice).earned == 20
    XpPath.objects.filter(pk="test-host").update(xp_multipliers={"post_created": 30_000})
    publish()
    assert page_of_paths.forecast_of(alice).by_path["test-host"] == 60


def test_nobody_reads_the_forecast_of_another(client, both, alice):
    write(alice, 1)
    client.get("/paths")
    sign_in(client, make.user("mallory"))
    assert "You have earned no XP in the last 30 days." in main_of(client.get("/paths"))


def test_without_paths_the_page_says_so(client):
    only()
    assert "There are no paths yet" in main_of(client.get("/paths"))


def test_a_path_that_multiplies_nothing_says_so(client):
    only(("test-host", {"post_created": 10_000}))
    page = main_of(client.get("/paths"))
    assert ("It multiplies nothing" in page, "×1<" in page) == (True, False)


def test_what_staff_write_stays_text(client):
    (path,) = only(("test-host", {}))
    XpPath.objects.filter(pk=path.pk).update(name="<b>x", tagline="<script>1", icon='"><script>')
    XpPathLevel.objects.filter(path=path).update(title="<script>2")
    for address in ("/paths", "/paths/test-host"):
        assert "<script>" not in main_of(client.get(address))


def test_the_navigation_leads_to_it(client, both):
    assert '<a href="/paths" aria-current="page">Paths</a>' in html_of(client.get("/paths"))
    assert '<a href="/paths">Paths</a>' in html_of(client.get("/leaderboards"))


@pytest.mark.parametrize("member", [True, False])
@pytest.mark.parametrize(("address", "current"), [("/paths", "page"), ("/paths/test-host", "true"), ("/shop", None)])
def test_on_a_phone_it_is_told_where_one_is(client, both, member, address, current):
    """In the menu of a member, in the bar at the bottom for a visitor."""
    if member:
        sign_in(client, make.user("alice"))
    page = html_of(client.get(address))
    place = page.split('class="sheet"' if member else 'class="tabbar"')[1]
    link = re.search(r'<a href="/paths"(?: aria-current="(\w+)")?\s*><svg', place)
    assert link is not None
    assert link[1] == current


@pytest.mark.parametrize("more", [0, 6])
def test_it_costs_a_member_seven_queries_however_many_paths(client, both, alice, more, django_assert_num_queries, warm):
    """Session, member, the frame; paths; the standing in two; the forecast's key."""
    waits(0)
    for number in range(more):
        choose(alice, a_path(f"test-more-{number}", post_created=12_000))
    choose(alice, both[0])
    waits(720)
    write(alice, 1)
    warm("/paths")
    with django_assert_num_queries(7):
        client.get("/paths")


@pytest.mark.parametrize("more", [0, 6])
def test_it_costs_a_visitor_one_query(client, both, more, django_assert_num_queries, warm):
    for number in range(more):
        a_path(f"test-more-{number}")
    publish()
    warm("/paths")
    with django_assert_num_queries(1):
        client.get("/paths")
