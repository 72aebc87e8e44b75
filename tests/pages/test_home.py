"""The start page, for visitors and for members."""

import re

import pytest
from django.urls import reverse

from degentalk.forum import services as forum
from tests import make
from tests.html import html_of, main_of
from tests.paths.standing import choose, only
from tests.wallet.test_boards import member_with as dgt_member_with
from tests.xp.test_boards import member_with
from tests.xp.test_events import on_now
from wallet import services as wallet

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
    sentences = ("No threads yet", "Nobody has XP yet", "Nobody has DGT yet")
    assert [sentence in page for sentence in sentences] == [True, True, True]


@pytest.mark.parametrize("who", ["visitor", "member"])
def test_the_first_of_both_boards_are_shown(client, who):
    rich = dgt_member_with(12_345, "bob")
    member_with(678, "carol")
    wallet.refresh_board()
    if who == "member":
        client.force_login(rich)
    page = main_of(client.get("/"))
    xp_card, dgt_card = page.split("Top members</h2>")[1].split("Most DGT</h2>")
    assert ("678" in xp_card, "carol" in xp_card) == (True, True)
    assert re.search(r'#1<.*?/profile/bob".*?12,345.*?DGT', dgt_card)
    assert 'href="/leaderboards?board=dgt-balance"' in dgt_card


def test_who_hides_the_balance_is_not_among_those_with_most_dgt(client):
    dgt_member_with(12_345, "bob", hides_balance=True)
    wallet.refresh_board()
    assert "12,345" not in main_of(client.get("/"))


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
def test_a_member_costs_twelve_queries_however_much_there_is(client, alice, members, django_assert_num_queries, warm):
    fill(members)
    forum.start_thread(author=alice, title="Mine", body="Words.")
    choose(alice, *only(("test-sage", {})))
    warm("/")
    with django_assert_num_queries(12):
        client.get("/")


@pytest.mark.parametrize("members", [1, 20])
def test_a_visitor_costs_four_queries_however_much_there_is(client, members, django_assert_num_queries, warm):
    fill(members)
    warm("/")
    with django_assert_num_queries(4):
        client.get("/")
