"""The board of all XP."""

import re

import pytest

from degentalk.accounts.models import User
from tests import make
from tests.html import html_of
from tests.xp.test_boards import member_with

pytestmark = pytest.mark.django_db


def names(answer):
    return [row.username for row in answer.context["page"].items]


def crowd(number):
    for place in range(number):
        member_with(10_000 - place, f"member_{place:02d}")


def own_bar(answer):
    found = re.search(r'<aside class="mebar".*?</aside>', html_of(answer), re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else None


def test_an_empty_board_says_so(client):
    assert "Nobody is on this board yet" in html_of(client.get("/leaderboards"))


def test_the_first_three_stand_on_a_podium(client):
    crowd(5)
    page = html_of(client.get("/leaderboards"))
    podium = re.search(r'<ol class="podium">.*?</ol>', page, re.DOTALL)[0]
    assert re.findall(r'/profile/(\w+)"', podium) == ["member_00", "member_01", "member_02"]
    assert page.count('<td class="pos">') == 2


def test_two_members_need_no_podium(client):
    crowd(2)
    page = html_of(client.get("/leaderboards"))
    assert ('class="podium"' in page, page.count('<td class="pos">')) == (False, 2)


def test_next_and_previous_lead_there_and_back(client):
    crowd(60)
    first = client.get("/leaderboards")
    second = client.get("/leaderboards", {"cursor": first.context["page"].next})
    back = client.get("/leaderboards", {"cursor": second.context["page"].previous})
    assert (names(second)[0], names(back)) == ("member_25", names(first))
    assert ("podium" in html_of(second), "podium" in html_of(back)) == (False, True)


def test_a_member_sees_their_own_place_and_the_gap_to_the_next(client):
    crowd(3)
    alice = member_with(9_000, "alice")
    client.force_login(alice)
    bar = own_bar(client.get("/leaderboards"))
    assert bar == "#4 alice Crab, level 19 998 XP behind the next place 9,000 XP"


def test_a_hidden_member_is_not_shown_to_others(client):
    member_with(100, "alice")
    User.objects.filter(username="alice").update(hides_from_boards=True)
    client.force_login(make.user("mallory"))
    assert "alice" not in html_of(client.get("/leaderboards"))


def test_a_hidden_member_sees_their_own_place(client):
    crowd(1)
    member_with(100, "alice")
    User.objects.filter(username="alice").update(hides_from_boards=True)
    client.force_login(User.objects.get(username="alice"))
    answer = client.get("/leaderboards")
    assert (names(answer), own_bar(answer)) == (
        ["member_00"],
        "#2 alice Lurker, level 2 Only you can see this 100 XP",
    )


def test_without_xp_there_is_no_place_yet(client):
    crowd(1)
    client.force_login(make.user("alice"))
    assert own_bar(client.get("/leaderboards")) is None


@pytest.mark.parametrize("members", [3, 60])
def test_the_first_page_costs_eight_queries_however_many_members(client, members, django_assert_num_queries, warm):
    crowd(members)
    client.force_login(member_with(5, "alice"))
    warm("/leaderboards")
    with django_assert_num_queries(8):
        client.get("/leaderboards")


@pytest.mark.parametrize("members", [26, 60])
def test_any_other_page_costs_ten_queries(client, members, django_assert_num_queries, warm):
    crowd(members)
    client.force_login(member_with(5, "alice"))
    cursor = warm("/leaderboards").context["page"].next
    with django_assert_num_queries(10):
        client.get("/leaderboards", {"cursor": cursor})


def test_a_visitor_costs_one_query(client, django_assert_num_queries, warm):
    crowd(3)
    warm("/leaderboards")
    with django_assert_num_queries(1):
        client.get("/leaderboards")
