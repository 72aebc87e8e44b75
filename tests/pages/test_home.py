"""The start page, for visitors and for members."""

import pytest
from django.urls import reverse

from degentalk.forum import services as forum
from tests import make
from tests.html import html_of
from tests.xp.test_boards import member_with
from tests.xp.test_events import on_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(client):
    alice = make.user("alice")
    client.force_login(alice)
    return alice


def test_a_visitor_is_offered_to_join(client):
    page = html_of(client.get("/"))
    assert f'<a class="btn primary" href="{reverse("account_signup")}">Join</a>' in page


def test_a_visitor_sees_every_tier(client):
    page = html_of(client.get("/"))
    tiers = ["lurker", "shrimp", "crab", "octopus", "dolphin", "shark", "whale", "leviathan"]
    assert [tier for tier in tiers if f'data-tier="{tier}"' in page] == tiers


def test_an_empty_site_says_so(client):
    page = html_of(client.get("/"))
    assert ("No threads yet" in page, "Nobody has XP yet" in page) == (True, True)


def test_a_member_sees_their_last_awards_with_what_caused_them(client, alice):
    started = forum.start_thread(author=alice, title="Gas at 3 gwei", body="Now what?")
    page = html_of(client.get("/"))
    assert f'<a href="{started.post.get_absolute_url()}">Thread started</a>' in page


def test_there_is_one_primary_button(client, alice):
    assert html_of(client.get("/")).count("btn primary") == 1


def test_a_member_can_join_an_event_that_is_on_from_here(client, alice):
    event = on_now(name="Halving party")
    assert f'action="/events/{event.slug}/join"' in html_of(client.get("/"))


def test_a_visitor_sees_an_event_that_is_on(client):
    on_now(name="Halving party")
    page = html_of(client.get("/"))
    assert ("Halving party" in page, "Sign in to join" in page) == (True, True)


def fill(number):
    authors = [member_with(1000 + serial % 7, f"member_{number}_{serial}") for serial in range(number)]
    for serial, author in enumerate(authors):
        forum.start_thread(author=author, title=f"Thread {serial}", body="Words.")


@pytest.mark.parametrize("members", [1, 20])
def test_a_member_costs_eleven_queries_however_much_there_is(client, alice, members, django_assert_num_queries, warm):
    fill(members)
    forum.start_thread(author=alice, title="Mine", body="Words.")
    warm("/")
    with django_assert_num_queries(11):
        client.get("/")


@pytest.mark.parametrize("members", [1, 20])
def test_a_visitor_costs_three_queries_however_much_there_is(client, members, django_assert_num_queries, warm):
    fill(members)
    warm("/")
    with django_assert_num_queries(3):
        client.get("/")
