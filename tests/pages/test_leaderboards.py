"""The boards: all XP ever earned, and that of the running month, week and day."""

import re
from datetime import UTC, datetime

import pytest

from degentalk.accounts.models import User
from degentalk.core import clock
from tests import make
from tests.html import html_of, main_of
from tests.signing_in import sign_in
from tests.xp.test_boards import member_with

pytestmark = pytest.mark.django_db


def names(answer):
    return [row.username for row in answer.context["shown"].rows]


def crowd(number):
    for place in range(number):
        member_with(10_000 - place, f"member_{place:02d}")


def has_podium(answer):
    return '<ol class="podium">' in html_of(answer)


def current(answer):
    """The labels of the links that say they are where one is, in the part of the page that is exchanged."""
    return re.findall(r'aria-current="\w+">([\w ]+)</a>', main_of(answer))


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


def test_members_with_the_same_xp_share_a_place_and_the_page_says_so(client):
    for username, points in (("alice", 30), ("bob", 20), ("carol", 20), ("dave", 10), ("erin", 10)):
        member_with(points, username)
    page = html_of(client.get("/leaderboards"))
    cells = re.findall(r'(?:<td class="pos">|Place ?</span>)(.*?)(?:</td>|<span class="av-rank">)', page)
    assert [" ".join(re.sub("<[^>]+>", " ", cell).split()) for cell in cells] == [
        "1", "2 = , shared", "2 = , shared", "4 = , shared", "4 = , shared",
    ]  # fmt: skip


def test_two_members_need_no_podium(client):
    crowd(2)
    page = html_of(client.get("/leaderboards"))
    assert ('class="podium"' in page, page.count('<td class="pos">')) == (False, 2)


def test_next_and_previous_lead_there_and_back(client):
    crowd(60)
    first = client.get("/leaderboards")
    second = client.get("/leaderboards", {"cursor": first.context["shown"].page.next})
    back = client.get("/leaderboards", {"cursor": second.context["shown"].page.previous})
    assert (names(second)[0], names(back)) == ("member_25", names(first))
    assert ("podium" in html_of(second), "podium" in html_of(back)) == (False, True)


def test_a_member_sees_their_own_place_and_the_gap_to_the_next(client):
    crowd(3)
    alice = member_with(9_000, "alice")
    sign_in(client, alice)
    bar = own_bar(client.get("/leaderboards"))
    assert bar == "#4 alice Crab, level 19 998 XP behind the next place 9,000 XP"


def test_a_hidden_member_is_not_shown_to_others(client):
    member_with(100, "alice")
    User.objects.filter(username="alice").update(hides_from_boards=True)
    sign_in(client, make.user("mallory"))
    assert "alice" not in html_of(client.get("/leaderboards"))


def test_a_hidden_member_sees_their_own_place(client):
    crowd(1)
    member_with(100, "alice")
    User.objects.filter(username="alice").update(hides_from_boards=True)
    sign_in(client, User.objects.get(username="alice"))
    answer = client.get("/leaderboards")
    assert (names(answer), own_bar(answer)) == (
        ["member_00"],
        "#2 alice Lurker, level 2 Only you can see this 100 XP",
    )


def test_without_xp_there_is_no_place_yet(client):
    crowd(1)
    sign_in(client, make.user("alice"))
    assert own_bar(client.get("/leaderboards")) is None


@pytest.mark.parametrize("members", [3, 60])
def test_the_first_page_costs_six_queries_however_many_members(client, members, django_assert_num_queries, warm):
    crowd(members)
    sign_in(client, member_with(5, "alice"))
    warm("/leaderboards")
    with django_assert_num_queries(6):
        client.get("/leaderboards")


@pytest.mark.parametrize("members", [26, 60])
def test_any_other_page_costs_seven_queries(client, members, django_assert_num_queries, warm):
    crowd(members)
    sign_in(client, member_with(5, "alice"))
    cursor = warm("/leaderboards").context["shown"].page.next
    with django_assert_num_queries(7):
        client.get("/leaderboards", {"cursor": cursor})


def test_a_visitor_costs_one_query(client, django_assert_num_queries, warm):
    crowd(3)
    warm("/leaderboards")
    with django_assert_num_queries(1):
        client.get("/leaderboards")


# ── periods ─────────────────────────────────────────────────────────────────────────────────────────────────────────

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)


@pytest.fixture
def november():
    """A Wednesday afternoon; alice earned on the Monday before, bob on that day, carol last month."""
    with clock.at(datetime(2026, 10, 31, 23, 59, tzinfo=UTC)):
        member_with(500, "carol")
    with clock.at(MONDAY):
        member_with(300, "alice")
    with clock.at(datetime(2026, 11, 18, tzinfo=UTC)):
        member_with(50, "bob")
    with clock.at(datetime(2026, 11, 18, 15, tzinfo=UTC)):
        yield


@pytest.mark.parametrize(
    ("period", "members", "note"),
    [
        ("all", ["carol", "alice", "bob"], "All XP ever earned."),
        ("month", ["alice", "bob"], "Month since Sun 1 Nov, 00:00 UTC. The next begins on Tue 1 Dec."),
        ("week", ["alice", "bob"], "Week since Mon 16 Nov, 00:00 UTC. The next begins on Mon 23 Nov."),
        ("day", ["bob"], "Day since Wed 18 Nov, 00:00 UTC. The next begins on Thu 19 Nov."),
    ],
)
def test_each_period_has_its_board_and_says_what_it_counts(client, november, period, members, note):
    answer = client.get("/leaderboards", {"period": period})
    assert (names(answer), note in main_of(answer)) == (members, True)


@pytest.mark.parametrize(
    ("period", "sentence"),
    [
        ("all", "Nobody is on this board yet"),
        ("month", "Nobody has earned XP this month yet"),
        ("week", "Nobody has earned XP this week yet"),
        ("day", "Nobody has earned XP today yet"),
    ],
)
def test_an_empty_period_says_so(client, period, sentence):
    assert sentence in main_of(client.get("/leaderboards", {"period": period}))


def test_tabs_are_links_that_work_without_a_script(client, november):
    page = main_of(client.get("/leaderboards?period=week"))
    tabs = re.findall(r'<a id="period-(\w+)" href="([^"]+)"', page)
    assert tabs == [
        ("all", "/leaderboards"),
        ("month", "/leaderboards?period=month"),
        ("week", "/leaderboards?period=week"),
        ("day", "/leaderboards?period=day"),
    ]
    assert current(client.get(tabs[2][1])) == ["XP", "This week"]


def test_a_period_that_is_none_is_a_bad_request(client):
    assert client.get("/leaderboards", {"period": "year"}).status_code == 400


def test_a_link_of_another_period_is_a_bad_request(client):
    crowd(30)
    cursor = client.get("/leaderboards?period=week").context["shown"].page.next
    assert client.get("/leaderboards", {"period": "day", "cursor": cursor}).status_code == 400


def test_the_own_bar_counts_the_period(client, november):
    sign_in(client, User.objects.get(username="bob"))
    assert own_bar(client.get("/leaderboards?period=week")) == (
        "#2 bob Lurker, level 2 250 XP behind the next place 50 XP"
    )


# ── around me ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_around_me_is_the_page_with_my_row_in_it(client):
    crowd(60)
    sign_in(client, member_with(9_960, "alice"))
    answer = client.get("/leaderboards?around=me")
    assert (len(names(answer)), names(answer)[12], has_podium(answer)) == (25, "alice", False)
    assert current(answer) == ["XP", "All time", "Around me"]
    assert main_of(answer).count('<tr class="me">') == 1


def test_from_around_me_one_goes_on_in_both_directions(client):
    crowd(50)
    sign_in(client, member_with(9_975, "alice"))
    middle = client.get("/leaderboards?around=me")
    page = middle.context["shown"].page
    after = client.get("/leaderboards", {"around": "me", "cursor": page.next})
    before = client.get("/leaderboards", {"around": "me", "cursor": page.previous})
    every = [*names(before), *names(middle), *names(after)]
    every.remove("alice")
    assert every == [f"member_{place:02d}" for place in range(50)]
    assert current(after) == ["XP", "All time"]


def test_the_first_of_all_sees_the_podium_around_themselves(client):
    crowd(5)
    sign_in(client, User.objects.get(username="member_00"))
    assert has_podium(client.get("/leaderboards?around=me"))


@pytest.mark.parametrize("path", ["/leaderboards", "/xp/leaderboard"])
def test_a_visitor_who_asks_for_their_own_place_is_asked_to_sign_in(client, path):
    answer = client.get(path, {"around": "me", "period": "week"})
    assert (answer.status_code, answer["Location"]) == (
        302, f"/account/login/?next={path}%3Faround%3Dme%26period%3Dweek",
    )  # fmt: skip


def test_who_hides_is_told_why_there_is_no_page_around_them(client):
    crowd(3)
    sign_in(client, member_with(100, "alice", hides_from_boards=True))
    page = main_of(client.get("/leaderboards?around=me"))
    assert "There is no page around you" in page
    assert "Your settings leave you out of leaderboards." in page


def test_who_earned_nothing_is_told_so(client, november):
    sign_in(client, User.objects.get(username="alice"))
    page = main_of(client.get("/leaderboards?around=me&period=day"))
    assert "You have no XP on this board yet." in page


def test_who_hides_is_told_so_and_where_to_change_it(client):
    sign_in(client, member_with(100, "alice", hides_from_boards=True))
    page = main_of(client.get("/leaderboards"))
    assert ("You are not on the boards" in page, 'href="/account/settings' in page) == (True, True)


def test_the_board_alone_is_the_same_board(client, november):
    answer = html_of(client.get("/xp/leaderboard?period=week"))
    assert re.findall(r'/profile/(\w+)"', answer) == ["alice", "bob"]
    assert "<html" not in answer


# ── queries ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("members", [26, 60])
@pytest.mark.parametrize(("address", "queries"), [("?period=week", 8), ("?period=week&around=me", 10)])
def test_a_period_costs_as_much_however_many_members(
    client, members, address, queries, django_assert_num_queries, warm
):
    crowd(members)
    sign_in(client, member_with(9_985, "alice"))
    warm(f"/leaderboards{address}")
    with django_assert_num_queries(queries):
        client.get(f"/leaderboards{address}")
