"""My own page."""

import pytest

from tests import make
from tests.html import html_of
from tests.xp.test_views import awards

pytestmark = pytest.mark.django_db


def test_a_visitor_is_asked_to_sign_in(client):
    answer = client.get("/me")
    assert (answer.status_code, answer["Location"]) == (302, "/account/login/?next=/me")


def test_an_empty_history_offers_to_start_a_thread(client):
    client.force_login(make.user("alice"))
    page = html_of(client.get("/me"))
    assert '<a class="btn primary" href="/threads/new">Start a thread</a>' in page


def test_my_history_goes_on_behind_next(client):
    alice = make.user("alice")
    awards(alice, 30)
    client.force_login(alice)
    first = client.get("/me")
    second = client.get("/me", {"cursor": first.context["page"].next})
    assert [len(page.context["awards"]) for page in (first, second)] == [25, 5]


def test_a_made_up_cursor_is_a_bad_request(client):
    client.force_login(make.user("alice"))
    assert client.get("/me", {"cursor": "made.up"}).status_code == 400


def test_it_costs_nine_queries(client, django_assert_num_queries, warm):
    alice = make.user("alice")
    make.thread(alice)
    client.force_login(alice)
    warm("/me")
    with django_assert_num_queries(9):
        client.get("/me")
