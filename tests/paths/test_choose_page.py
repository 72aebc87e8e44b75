"""Choosing a path on the site: the first in one click, another after reading what it means; all without a script."""

from datetime import timedelta

import pytest
from django.utils import timezone

from degentalk.core import clock
from paths import services as paths
from paths.models import PathChoice, PathSwitchToken
from tests import make
from tests.html import html_of, main_of
from tests.paths.standing import choose, earn, only, pause, primary, waits
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def both():
    return only(("test-sage", {"post_created": 15_000}), ("test-host", {}))


@pytest.fixture
def alice(client):
    return sign_in(client, make.user("alice"))


def toast_of(client):
    return html_of(client.get("/paths")).split('id="toasts"')[1].split("<main")[0]


def ask(client, **headers):
    return client.get("/paths/test-host/choose", **headers)


def test_the_first_choice_is_one_click_and_is_told(client, both, alice):
    waits(720)
    answer = client.post("/paths/test-sage/choose")
    assert (answer.status_code, answer["Location"], primary(alice)) == (303, "/paths", "test-sage")
    toast = toast_of(client)
    assert ("Your path is Sage now" in toast, "You can switch again from" in toast) == (True, True)


def test_chosen_twice_it_is_chosen_and_told_once(client, both, alice):
    client.post("/paths/test-sage/choose"), client.post("/paths/test-sage/choose")
    assert PathChoice.objects.filter(user=alice).count() == 1
    assert toast_of(client).count("Your path is Sage now") == 1


def test_before_a_switch_the_page_says_what_it_means(client, both, alice):
    waits(48)
    with clock.at(timezone.now() - timedelta(hours=49)):
        choose(alice, both[0])
    earn(alice, 45)
    page = main_of(ask(client))
    for words in (
        "Switch from Sage to Host?",
        "Sage stops multiplying and collecting your XP.",
        "Its level 2 and 45 XP stay yours.",
        "From your next award on Host multiplies and collects.",
        "After that you can switch again from",
    ):
        assert words in page
    assert "path switch" not in page
    assert primary(alice) == "test-sage"


def test_a_switch_with_a_token_says_that_it_is_used_up(client, both, alice):
    waits(720)
    choose(alice, both[0])
    paths.grant_switch_token(user=alice, source="test:1"), paths.grant_switch_token(user=alice, source="test:2")
    page = main_of(ask(client))
    assert "It uses up one of your 2 path switches" in page
    assert '<input type="hidden" name="use_token" value="1">' in page
    client.post("/paths/test-host/choose", {"use_token": "1"})
    assert (primary(alice), PathSwitchToken.objects.filter(choice=None).count()) == ("test-host", 1)
    assert "One path switch is used up." in toast_of(client)


def test_without_the_word_for_it_no_token_is_used(client, both, alice):
    waits(720)
    choose(alice, both[0])
    paths.grant_switch_token(user=alice, source="test:1")
    client.post("/paths/test-host/choose")
    assert (primary(alice), PathSwitchToken.objects.filter(choice=None).count()) == ("test-sage", 1)
    assert "or use a path switch now" in toast_of(client)


def test_within_the_cooldown_the_page_says_when_and_offers_no_button(client, both, alice):
    waits(720)
    chosen = choose(alice, both[0])
    page = main_of(ask(client))
    when = chosen.again_at.strftime("%-d %b %Y, %H:%M UTC")
    assert ("You can switch again from <time" in page or "You can switch again from<time" in page, when in page) == (
        True,
        True,
    )
    assert "<button" not in page


def test_within_the_cooldown_nothing_is_chosen_and_the_refusal_is_told(client, both, alice):
    waits(720)
    choose(alice, both[0])
    answer = client.post("/paths/test-host/choose")
    assert (answer.status_code, primary(alice)) == (303, "test-sage")
    assert "You can switch again from" in toast_of(client)


def test_leaving_a_paused_path_is_free_and_says_nothing_is_lost(client, both, alice):
    waits(720)
    choose(alice, both[0])
    pause(both[0])
    page = main_of(ask(client))
    assert ("stops multiplying" in page, "<button" in page) == (False, True)
    client.post("/paths/test-host/choose")
    assert primary(alice) == "test-host"


def test_where_nobody_waits_the_page_promises_no_date(client, both, alice):
    waits(0)
    choose(alice, both[0])
    page = main_of(ask(client))
    assert ("You can switch again whenever you like." in page, "After that" in page) == (True, False)


def test_the_confirmation_of_the_first_choice_takes_nothing_away(client, both, alice):
    page = main_of(ask(client))
    assert ("Choose Host?" in page, "stops multiplying" in page) == (True, False)


def test_what_one_has_needs_no_confirmation(client, both, alice):
    choose(alice, both[1])
    answer = ask(client)
    assert (answer.status_code, answer["Location"]) == (302, "/paths")


def test_a_paused_path_is_not_chosen(client, both, alice):
    pause(both[1])
    assert ask(client).status_code == 404
    client.post("/paths/test-host/choose")
    assert primary(alice) is None
    assert "There is no such path to choose." in toast_of(client)


def test_a_path_that_is_none_is_not_found(client, alice):
    assert client.get("/paths/moon/choose").status_code == 404
    assert client.post("/paths/moon/choose").status_code == 303
    assert "There is no such path to choose." in toast_of(client)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_visitor_is_asked_to_sign_in(client, both, method):
    answer = getattr(client, method)("/paths/test-sage/choose")
    assert (answer.status_code, answer["Location"]) == (303, "/account/login/?next=/paths")
    assert getattr(client, method)("/paths/test-sage/choose", **HTMX).status_code == 401


def test_for_htmx_the_confirmation_comes_alone(client, both, alice):
    choose(alice, both[0])
    page = html_of(ask(client, **HTMX))
    assert (page.startswith('<form class="path-confirm'), "<html" in page) == (True, False)
    assert 'hx-target="#paths"' in page


def test_there_is_one_primary_button(client, both, alice):
    waits(0)
    choose(alice, both[0])
    assert (html_of(ask(client)).count("btn primary"), html_of(client.get("/paths")).count("btn primary")) == (1, 0)
