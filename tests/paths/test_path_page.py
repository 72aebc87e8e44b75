"""The page of one path: what it multiplies, its levels and titles, and its board with the page around me."""

import re

import pytest

from tests import make
from tests.html import html_of, main_of
from tests.pages.test_leaderboards import current, has_podium, names, own_bar
from tests.paths.standing import a_path, choose, earn, only, pause, waits
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def sage():
    (path, _other) = only(("test-sage", {"post_created": 15_000}), ("test-host", {}))
    waits(0)
    return path


def member_with(points, username, path, **fields):
    member = make.user(username, **fields)
    choose(member, path)
    if points:
        earn(member, points)
    return member


def crowd(number, path):
    for place in range(number):
        member_with(1_000 - place, f"member_{place:02d}", path)


def warm(client, path):
    from degentalk.rulebook import services as rulebook

    rulebook.forget()
    client.get(path)


def test_it_shows_what_the_path_multiplies_and_every_level_with_its_title(client, sage):
    page = main_of(client.get("/paths/test-sage"))
    assert "<h1>Sage</h1>" in page
    assert "<b>×1.5</b>Reply written" in page
    levels = re.findall(
        r'<span class="pos">(\d+)</span>.*?<span class="title">(\w+)</span>.*?class="num">([\d,]+)', page
    )
    assert levels == [("1", "Novice", "0"), ("2", "Adept", "30"), ("3", "Master", "100")]


def test_a_path_that_is_newer_than_the_rules_at_hand_shows_its_levels_too(client, sage):
    client.get("/paths/test-sage")
    a_path("test-new")
    assert ">Adept</span>" in main_of(client.get("/paths/test-new"))


def test_it_marks_the_levels_that_i_have_reached(client, sage):
    sign_in(client, member_with(45, "alice", sage))
    page = main_of(client.get("/paths/test-sage"))
    assert page.count('class="reached"') == 2
    assert '<li aria-current="true" class="reached"><span class="pos">2</span>' in page


def test_its_board_shows_level_title_and_xp_of_each_member(client, sage):
    member_with(45, "alice", sage), member_with(10, "bob", sage)
    page = main_of(client.get("/paths/test-sage"))
    assert names(client.get("/paths/test-sage")) == ["alice", "bob"]
    assert '<span class="sub">Level 2</span>' in page
    assert '<td class="opt soft small">Adept</td>' in page


def test_members_of_other_paths_are_not_on_it(client, sage):
    alice = member_with(45, "alice", sage)
    assert names(client.get("/paths/test-host")) == []
    from paths.models import XpPath

    choose(alice, XpPath.objects.get(pk="test-host"))
    assert names(client.get("/paths/test-sage")) == ["alice"]


def test_a_member_sees_their_own_place_and_the_gap_to_the_next(client, sage):
    crowd(3, sage)
    sign_in(client, member_with(900, "alice", sage))
    assert own_bar(client.get("/paths/test-sage")) == "#4 alice Master, level 3 98 XP behind the next place 900 XP"


def test_around_me_is_the_page_with_my_row_in_it(client, sage):
    crowd(40, sage)
    sign_in(client, member_with(979, "alice", sage))
    answer = client.get("/paths/test-sage?around=me")
    assert (len(names(answer)), names(answer)[12], has_podium(answer)) == (25, "alice", False)
    assert (current(answer), main_of(answer).count('<tr class="me">')) == (["Around me"], 1)


def test_next_stays_on_the_board(client, sage):
    crowd(30, sage)
    (link,) = re.findall(r'rel="next" href="([^"]+)"', main_of(client.get("/paths/test-sage")))
    second = client.get(f"/paths/test-sage{link.replace('&amp;', '&')}")
    assert (names(second)[0], len(names(second))) == ("member_25", 5)


def test_a_link_of_another_board_is_a_bad_request(client, sage):
    crowd(26, sage)
    cursor = client.get("/paths/test-sage").context["shown"].page.next
    assert client.get("/paths/test-host", {"cursor": cursor}).status_code == 400


def test_who_hides_is_on_no_board_and_sees_their_place_alone(client, sage):
    alice = member_with(45, "alice", sage)
    alice.hides_from_boards = True
    alice.save()
    assert names(client.get("/paths/test-sage")) == []
    sign_in(client, alice)
    answer = client.get("/paths/test-sage")
    assert (names(answer), own_bar(answer)) == ([], "#1 alice Adept, level 2 Only you can see this 45 XP")
    assert "Your settings leave you out" in main_of(client.get("/paths/test-sage?around=me"))


def test_who_has_no_xp_in_it_is_told_so(client, sage):
    crowd(1, sage)
    sign_in(client, make.user("alice"))
    page = main_of(client.get("/paths/test-sage?around=me"))
    assert ("There is no page around you" in page, "You have no XP in this path yet." in page) == (True, True)


def test_an_empty_board_says_how_it_begins(client, sage):
    page = main_of(client.get("/paths/test-sage"))
    assert ("Nobody has XP in this path yet" in page, "takes the first place" in page) == (True, True)


def test_a_visitor_who_asks_for_their_own_place_is_asked_to_sign_in(client, sage):
    for address in ("/paths/test-sage?around=me", "/paths/test-sage/leaderboard?around=me"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"].startswith("/account/login/?next=")) == (302, True)


def test_a_path_that_is_none_is_not_found(client, db):
    assert [client.get(f"/paths/moon{part}").status_code for part in ("", "/leaderboard")] == [404, 404]


def test_a_paused_path_keeps_its_page_and_cannot_be_chosen_there(client, sage):
    member_with(45, "alice", sage)
    pause(sage)
    sign_in(client, make.user("bob"))
    answer = client.get("/paths/test-sage")
    assert names(answer) == ["alice"]
    assert ("This path is paused" in main_of(answer), "/choose" in main_of(answer)) == (True, False)


def test_it_can_be_chosen_from_its_page(client, sage):
    sign_in(client, make.user("alice"))
    assert '<form method="post" action="/paths/test-sage/choose">' in main_of(client.get("/paths/test-sage"))


def test_the_board_alone_is_the_same_board(client, sage):
    crowd(4, sage)
    answer = html_of(client.get("/paths/test-sage/leaderboard"))
    assert re.findall(r'/profile/(\w+)"', answer) == [f"member_{place:02d}" for place in range(4)]
    assert ("<html" in answer, "Members by XP in Sage" in answer) == (False, True)


@pytest.mark.parametrize("members", [26, 36])
@pytest.mark.parametrize(("query", "queries"), [("", 10), ("?around=me", 12)])
def test_it_costs_a_member_as_much_however_many_members(
    client, sage, members, query, queries, django_assert_num_queries
):
    """Session, member, the frame; the path; the own row and place; the board, around me in three; the standing in two;
    the forecast's key."""
    crowd(members, sage)
    sign_in(client, member_with(985, "alice", sage))
    warm(client, f"/paths/test-sage{query}")
    with django_assert_num_queries(queries):
        client.get(f"/paths/test-sage{query}")


def test_pages_of_its_board_cost_at_most_twelve_queries(client, sage, django_assert_max_num_queries):
    crowd(52, sage)
    sign_in(client, member_with(5, "alice", sage))
    warm(client, "/paths/test-sage")
    later = client.get("/paths/test-sage").context["shown"].page.next
    last = client.get("/paths/test-sage", {"cursor": later}).context["shown"].page.next
    back = client.get("/paths/test-sage", {"cursor": last}).context["shown"].page.previous
    for cursor in (later, last, back):
        with django_assert_max_num_queries(12):
            client.get("/paths/test-sage", {"cursor": cursor})


def test_a_visitor_costs_two_queries(client, sage, django_assert_num_queries):
    crowd(3, sage)
    warm(client, "/paths/test-sage")
    with django_assert_num_queries(2):
        client.get("/paths/test-sage")
