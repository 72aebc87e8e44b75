"""The DGT boards on the page of leaderboards: what members have, have earned and have spent."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from degentalk.core import clock
from tests import make
from tests.html import html_of, main_of
from tests.pages.test_leaderboards import current, has_podium, names, own_bar
from tests.signing_in import sign_in
from tests.wallet.test_boards import member_with
from wallet import services as wallet
from wallet.boards import KINDS

pytestmark = pytest.mark.django_db
BALANCE = "/leaderboards?board=dgt-balance"
BOARDS = [f"/leaderboards?board=dgt-{name}" for name in KINDS]


def crowd(number):
    for place in range(number):
        member_with(10_000 - place, f"member_{place:02d}")


def spend(member, dgt):
    wallet.debit(user=member, amount=dgt, to="shop", key=f"purchase:{make.serial()}", description="A frame")


def tabs(page):
    return re.findall(r'<a id="board-([\w-]+)" href="([^"]+)"', page)


@pytest.mark.parametrize(
    ("board", "members", "meaning"),
    [
        ("balance", ["bob", "alice"], "What members can spend now."),
        ("earned", ["alice", "bob"], "All that levels and the site have paid."),
        ("spent", ["alice"], "All that members have paid to the site."),
    ],
)
def test_each_board_says_in_a_sentence_what_it_counts(client, board, members, meaning):
    spend(member_with(300, "alice"), 280)
    member_with(50, "bob")
    wallet.refresh_board()
    answer = client.get(f"/leaderboards?board=dgt-{board}")
    assert (names(answer), meaning in main_of(answer)) == (members, True)


def test_tabs_are_links_that_work_without_a_script(client):
    page = main_of(client.get("/leaderboards"))
    assert tabs(page) == [
        ("xp", "/leaderboards"),
        ("dgt-balance", "/leaderboards?board=dgt-balance"),
        ("dgt-earned", "/leaderboards?board=dgt-earned"),
        ("dgt-spent", "/leaderboards?board=dgt-spent"),
    ]
    assert [current(client.get(url))[0] for _name, url in tabs(page)] == [
        "XP",
        "DGT balance",
        "DGT earned",
        "DGT spent",
    ]


def test_only_xp_has_periods(client):
    assert [main_of(client.get(url)).count('id="period-') for url in ("/leaderboards", BALANCE)] == [4, 0]


@pytest.mark.parametrize("board", ["dgt", "balance", "dgt-", "DGT-balance", "\x00"])
def test_a_board_that_is_none_is_a_bad_request(client, board):
    assert client.get("/leaderboards", {"board": board}).status_code == 400


def test_a_link_of_another_board_is_a_bad_request(client):
    crowd(30)
    wallet.refresh_board()
    cursor = client.get(BALANCE).context["shown"].page.next
    assert client.get("/leaderboards", {"board": "dgt-earned", "cursor": cursor}).status_code == 400


@pytest.mark.parametrize(
    ("address", "sentence"),
    list(zip(BOARDS, ["Nobody has DGT yet", "Nobody has earned DGT yet", "Nobody has spent DGT yet"], strict=True)),
)
def test_an_empty_board_says_so(client, address, sentence):
    assert sentence in main_of(client.get(address))


def test_the_first_three_stand_on_a_podium(client):
    crowd(5)
    wallet.refresh_board()
    page = html_of(client.get(BALANCE))
    podium = re.search(r'<ol class="podium">.*?</ol>', page, re.DOTALL)[0]
    assert re.findall(r'/profile/(\w+)"', podium) == ["member_00", "member_01", "member_02"]
    assert page.count('<td class="pos">') == 2


@pytest.mark.parametrize("members", [2, 3, 5])
def test_a_board_says_when_it_was_brought_up_to_date(client, members):
    crowd(members)
    with clock.at(timezone.now() - timedelta(minutes=7)):
        wallet.refresh_board()
    assert re.search(r"Updated ?<time [^>]+>7 min ago</time>", main_of(client.get(BALANCE)))


def test_members_with_as_much_share_a_place_and_the_page_says_so(client):
    for username, dgt in (("alice", 30), ("bob", 20), ("carol", 20), ("dave", 10)):
        member_with(dgt, username)
    wallet.refresh_board()
    page = html_of(client.get(BALANCE))
    cells = re.findall(r'(?:<td class="pos">|Place ?</span>)(.*?)(?:</td>|<span class="av-rank">)', page)
    assert [" ".join(re.sub("<[^>]+>", " ", cell).split()) for cell in cells] == [
        "1", "2 = , shared", "2 = , shared", "4",
    ]  # fmt: skip


def test_next_and_previous_stay_on_the_board(client):
    crowd(60)
    wallet.refresh_board()
    first = client.get(BALANCE)
    (link,) = re.findall(r'rel="next" href="([^"]+)"', main_of(first))
    second = client.get(f"/leaderboards{link.replace('&amp;', '&')}")
    assert (names(second)[0], current(second)[0], has_podium(second)) == ("member_25", "DGT balance", False)


def test_a_member_sees_their_own_place_and_the_gap_to_the_next(client):
    crowd(3)
    alice = member_with(9_000, "alice")
    wallet.refresh_board()
    sign_in(client, alice)
    assert own_bar(client.get(BALANCE)) == "#4 alice 998 DGT behind the next place 9,000 DGT"


def test_around_me_is_the_page_with_my_row_in_it(client):
    crowd(60)
    sign_in(client, member_with(9_960, "alice"))
    wallet.refresh_board()
    answer = client.get(f"{BALANCE}&around=me")
    assert (len(names(answer)), names(answer)[12], has_podium(answer)) == (25, "alice", False)
    assert current(answer) == ["DGT balance", "Around me"]
    assert main_of(answer).count('<tr class="me">') == 1
    assert [url for _name, url in tabs(main_of(answer))][:2] == [
        "/leaderboards?around=me",
        "/leaderboards?board=dgt-balance&amp;around=me",
    ]


@pytest.mark.parametrize(
    "path", ["/leaderboards?board=dgt-spent&around=me", "/wallet/leaderboard?type=spent&around=me"]
)
def test_a_visitor_who_asks_for_their_own_place_is_asked_to_sign_in(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer["Location"].startswith("/account/login/?next=")) == (302, True)


def test_who_has_none_is_told_so(client):
    sign_in(client, member_with(100, "alice"))
    wallet.refresh_board()
    page = main_of(client.get("/leaderboards?board=dgt-spent&around=me"))
    assert ("There is no page around you" in page, "You have spent no DGT yet." in page) == (True, True)


@pytest.mark.parametrize("how", [{"hides_balance": True}, {"hides_from_boards": True}])
def test_who_hides_is_on_no_board_and_is_told_why_and_where_to_change_it(client, how):
    alice = sign_in(client, member_with(100, "alice", **how))
    wallet.refresh_board()
    answer = client.get(BALANCE)
    page = main_of(answer)
    assert (names(answer), own_bar(answer)) == ([], "#1 alice Only you can see this 100 DGT")
    assert ("You are not on the DGT boards" in page, 'href="/account/settings' in page) == (True, True)
    around = main_of(client.get(f"{BALANCE}&around=me"))
    assert ("You are not on this board" in around, "nobody stands around you" in around) == (True, True)
    assert alice.username not in main_of(type(client)().get(BALANCE))


def test_a_hidden_balance_does_not_leave_the_board_of_xp(client):
    sign_in(client, make.user("alice", hides_balance=True))
    assert "You are not on the boards" not in main_of(client.get("/leaderboards"))


def test_the_settings_say_that_hiding_the_balance_leaves_the_boards(client):
    sign_in(client, make.user("alice"))
    assert "It also takes you off the DGT boards." in main_of(client.get("/account/settings"))


def test_the_board_alone_is_the_same_board(client):
    spend(member_with(300, "alice"), 280)
    member_with(50, "bob")
    wallet.refresh_board()
    answer = html_of(client.get("/wallet/leaderboard?type=earned"))
    assert re.findall(r'/profile/(\w+)"', answer) == ["alice", "bob"]
    assert ("<html" in answer, "Members by DGT earned" in answer) == (False, True)


def test_without_a_type_the_board_alone_is_that_of_balances(client):
    member_with(50, "bob")
    wallet.refresh_board()
    assert "Members by DGT balance" in html_of(client.get("/wallet/leaderboard"))


def test_a_type_that_is_none_is_a_bad_request(client):
    assert client.get("/wallet/leaderboard?type=received").status_code == 400


def test_the_board_alone_is_only_read(client):
    assert client.post("/wallet/leaderboard").status_code == 405


@pytest.mark.parametrize("members", [26, 60])
@pytest.mark.parametrize(("query", "queries"), [("", 7), ("&around=me", 9)])
def test_a_board_costs_as_much_however_many_members(client, members, query, queries, django_assert_num_queries, warm):
    """Session, member, the frame; the own place in two, as of when the boards are, the page."""
    crowd(members)
    sign_in(client, member_with(9_985, "alice"))
    wallet.refresh_board()
    warm(BALANCE + query)
    with django_assert_num_queries(queries):
        client.get(BALANCE + query)


def test_a_visitor_costs_two_queries(client, django_assert_num_queries, warm):
    crowd(3)
    wallet.refresh_board()
    warm(BALANCE)
    with django_assert_num_queries(2):
        client.get(BALANCE)
