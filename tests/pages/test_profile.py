"""A member's profile: what it shows, and to whom."""

from datetime import timedelta

import pytest
from django.utils import timezone

from degentalk.core import clock
from degentalk.forum import services as forum
from degentalk.pages import profile
from tests import make
from tests.html import main_of
from tests.paths.standing import choose, only
from tests.wallet.test_ledger import give
from tests.xp.test_boards import member_with

pytestmark = pytest.mark.django_db
PRIVATE = '<dd>–</dd><dd class="note">Kept private</dd>'
STRANGE = "\"><script>alert(1)</script>{{ 7|add:7 }}'"


def test_the_one_spelling_of_a_name_is_its_address(client):
    make.user("Alice")
    answer = client.get("/profile/aLICE")
    assert (answer.status_code, answer["Location"]) == (301, "/profile/Alice")


def test_a_name_that_nobody_has_is_not_found(client):
    assert client.get("/profile/nobody_here").status_code == 404


def test_it_shows_level_rank_and_xp(client):
    member_with(29_800, "alice")
    page = main_of(client.get("/profile/alice"))
    assert 'aria-label="Dolphin, level 35"' in page
    assert "Tier 5 of 8 · Shark at level 45" in page
    assert '<progress class="bar" value="50" max="1750"' in page


def test_a_new_member_starts_at_level_1(client):
    make.user("alice")
    page = main_of(client.get("/profile/alice"))
    assert ('aria-label="Lurker, level 1"' in page, "No XP yet" in page) == (True, True)


def test_an_award_shows_its_arithmetic(client):
    forum.start_thread(author=make.user("alice"), title="Gas", body="Words.")
    page = main_of(client.get("/profile/alice"))
    assert "<dt>Base</dt><dd>20</dd>" in page
    assert "<dt>Result</dt><dd>= 20</dd>" in page


def test_a_balance_is_shown_to_everybody(client):
    give(make.user("alice"), 1_234)
    assert "1,234" in main_of(client.get("/profile/alice"))


def test_a_hidden_balance_is_shown_to_nobody_else(client):
    give(make.user("alice", hides_balance=True), 1_234)
    client.force_login(make.user("mallory"))
    page = main_of(client.get("/profile/alice"))
    assert ("1,234" in page, PRIVATE in page) == (False, True)


def test_a_hidden_balance_is_shown_to_its_owner_who_is_told_so(client):
    alice = make.user("alice", hides_balance=True)
    give(alice, 1_234)
    client.force_login(alice)
    page = main_of(client.get("/profile/alice"))
    assert ("1,234" in page, "Only you can see this" in page) == (True, True)


@pytest.mark.parametrize(("viewer", "place"), [("mallory", "Not on the boards"), ("alice", "<dd>#1</dd>")])
def test_the_place_of_a_member_off_the_boards_is_theirs_alone_to_see(client, viewer, place):
    make.user("mallory")
    alice = member_with(100, "alice")
    alice.hides_from_boards = True
    alice.save()
    client.force_login(type(alice).objects.get(username=viewer))
    shown = main_of(client.get("/profile/alice"))
    assert [text for text in ("Not on the boards", "<dd>#1</dd>") if text in shown] == [place]


def test_a_suspended_member_has_a_name_and_no_figures(client):
    alice = member_with(29_800, "alice")
    alice.is_active = False
    alice.save()
    answer = client.get("/profile/alice")
    page = main_of(answer)
    assert (answer.status_code, "closed or suspended" in page, "29,800" in page) == (200, True, False)


def test_points_of_the_week_are_those_of_the_last_seven_days():
    with clock.at(timezone.now() - timedelta(days=8)):
        alice = member_with(1_000, "alice")
    forum.start_thread(author=alice, title="Gas", body="Words.")
    assert profile.of(alice, viewer=alice).week_points == 20


def test_text_that_members_write_stays_text(client):
    alice = make.user("alice", about=STRANGE)
    forum.start_thread(author=alice, title=STRANGE, body="Words.")
    page = main_of(client.get("/profile/alice"))
    assert ("<script>alert" in page, page.count("{{ 7|add:7 }}")) == (False, 2)


@pytest.mark.parametrize("replies", [1, 30])
def test_it_costs_twelve_queries_however_much_the_member_did(client, replies, django_assert_num_queries, warm):
    client.force_login(make.user("bob"))
    alice = make.user("alice")
    thread = forum.start_thread(author=alice, title="Gas", body="Words.").thread
    for minute in range(replies):
        with clock.at(timezone.now() - timedelta(days=1) + timedelta(minutes=minute)):
            forum.reply(author=alice, thread=thread, body="Words.")
    choose(alice, *only(("test-sage", {})))
    warm("/profile/alice")
    with django_assert_num_queries(12):
        client.get("/profile/alice")
