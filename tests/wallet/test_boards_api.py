"""The DGT boards over the API."""

import pytest
from django.utils.dateparse import parse_datetime

from degentalk.accounts.models import User
from tests import make
from tests.signing_in import sign_in
from tests.wallet.test_boards import member_with
from wallet import services as wallet
from wallet.models import DgtBoardRefresh

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"
PATH = "/api/wallet/leaderboard"


@pytest.fixture
def alice(client):
    """Signed in; with 100 DGT, of which 30 are spent."""
    alice = sign_in(client, member_with(100, "alice"))
    wallet.debit(user=alice, amount=30, to="shop", key="purchase:1", description="A frame")
    return alice


def bearer(user, *scopes):
    return {"Authorization": f"Bearer {make.api_token(user, *scopes)}"}


def test_visitors_read_the_board_of_balances(client):
    bob, alice = member_with(60, "bob"), member_with(600, "alice")
    wallet.refresh_board()
    answer = client.get(PATH).json()
    assert parse_datetime(answer.pop("refreshed_at")) == DgtBoardRefresh.objects.moment()
    row = {"position_is_exact": True, "is_tied": False}
    assert answer == {
        "results": [
            {"position": 1, "user_id": alice.pk, "username": "alice", "dgt": 600, **row},
            {"position": 2, "user_id": bob.pk, "username": "bob", "dgt": 60, **row},
        ],
        "next": None,
        "previous": None,
        "type": "balance",
        "me": None,
    }


@pytest.mark.parametrize(("board", "dgt"), [("balance", 70), ("earned", 100), ("spent", 30)])
def test_each_type_counts_its_own(client, alice, board, dgt):
    wallet.refresh_board()
    answer = client.get(PATH, {"type": board}).json()
    assert (answer["type"], [row["dgt"] for row in answer["results"]], answer["me"]["dgt"]) == (board, [dgt], dgt)


def test_before_the_first_refresh_the_boards_are_empty_and_say_so(client, alice):
    answer = client.get(PATH).json()
    assert (answer["results"], answer["refreshed_at"], answer["me"]["position"]) == ([], None, None)


def test_the_board_goes_on_where_the_page_ended(client):
    for number in range(51):
        member_with(100 + number, f"member_{number}")
    wallet.refresh_board()
    first = client.get(PATH, {"type": "earned"}).json()
    second = client.get(first["next"]).json()
    assert ([row["dgt"] for row in second["results"]], second["results"][0]["position"], second["next"]) == (
        [100], 51, None,
    )  # fmt: skip
    assert client.get(second["previous"]).json()["results"] == first["results"]


def test_the_board_carries_the_callers_own_place(client, alice):
    member_with(900, "bob")
    wallet.refresh_board()
    page = client.get(PATH).json()
    assert page["me"] == page["results"][1] | {"behind": 830, "is_listed": True}


def test_around_me_begins_with_the_page_that_has_the_caller_in_its_middle(client, alice):
    for number in range(80):
        member_with(30 + number, f"member_{number}")
    wallet.refresh_board()
    page = client.get(PATH, {"around": "me"}).json()
    names = [row["username"] for row in page["results"]]
    assert (len(names), names.index("alice"), page["results"][25]["position"]) == (50, 25, page["me"]["position"])
    assert client.get(page["previous"]).json()["results"][-1]["position"] == page["results"][0]["position"] - 1


@pytest.mark.parametrize(
    ("hides", "spent", "words"),
    [
        ({"hides_balance": True}, 30, "Your settings leave you out"),
        ({"hides_from_boards": True}, 30, "Your settings leave you out"),
        ({}, 0, "You have no DGT on this board yet"),
    ],
)
def test_there_is_no_page_around_who_is_not_on_the_board(client, hides, spent, words):
    alice = sign_in(client, member_with(100, "alice", **hides))
    if spent:
        wallet.debit(user=alice, amount=spent, to="shop", key="purchase:1", description="A frame")
    wallet.refresh_board()
    answer = client.get(PATH, {"type": "spent", "around": "me"})
    assert (answer.status_code, answer["Content-Type"]) == (422, PROBLEM)
    assert words in answer.json()["detail"]


@pytest.mark.parametrize("how", [{"hides_from_boards": True}, {"hides_balance": True}])
def test_who_hides_is_on_nobodys_board_and_sees_the_own_place(client, alice, how):
    wallet.refresh_board()
    User.objects.filter(pk=alice.pk).update(**how)
    page = client.get(PATH).json()
    assert (page["results"], page["me"]["position"], page["me"]["is_listed"]) == ([], 1, False)


# ── who may, and what is refused ────────────────────────────────────────────────────────────────────────────────────


def test_a_token_that_may_not_read_the_wallet_sees_the_board_as_a_visitor_does(client):
    alice = member_with(100, "alice")
    wallet.refresh_board()
    page = client.get(PATH, headers=bearer(alice, "xp:read")).json()
    assert (page["results"][0]["username"], page["me"]) == ("alice", None)


def test_a_token_with_the_scope_sees_the_owners_place(client):
    alice = member_with(100, "alice")
    wallet.refresh_board()
    page = client.get(PATH, {"around": "me"}, headers=bearer(alice, "wallet:read")).json()
    assert page["me"]["username"] == "alice"


def test_around_me_needs_somebody(client):
    assert client.get(PATH, {"around": "me"}).status_code == 401
    answer = client.get(PATH, {"around": "me"}, headers=bearer(make.user("alice"), "xp:read"))
    assert (answer.status_code, "wallet:read" in answer.json()["detail"]) == (403, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [("type", "received"), ("type", ""), ("type", "Balance"), ("type", "\x00"), ("around", "7"), ("tpye", "earned")],
)
def test_what_does_not_exist_is_refused_by_name(client, alice, name, value):
    answer = client.get(PATH, {name: value})
    assert (answer.status_code, answer["Content-Type"], list(answer.json()["errors"])) == (400, PROBLEM, [name])


@pytest.mark.parametrize("cursor", ["nonsense", "1.2", "\x00", "é" * 5_000])
def test_a_malformed_cursor_is_refused(client, cursor):
    answer = client.get(PATH, {"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-cursor")


def test_a_page_link_of_another_board_is_refused(client):
    for number in range(51):
        member_with(100 + number, f"member_{number}")
    wallet.refresh_board()
    link = client.get(PATH, {"type": "earned"}).json()["next"]
    assert client.get(link.replace("earned", "balance")).json()["code"] == "invalid-cursor"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written_here(client, alice, method):
    answer = getattr(client, method)(PATH, {"dgt": 1_000_000}, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (405, PROBLEM)


SESSION = 2  # the session, then the member


@pytest.mark.parametrize(("query", "queries"), [("", SESSION + 2 + 1 + 1), ("?around=me", SESSION + 2 + 1 + 3)])
def test_queries_do_not_grow_with_rows(client, alice, django_assert_num_queries, query, queries):
    """The own place, as of when the boards are, the page."""
    for number in range(60):
        member_with(40 + number, f"member_{number}")
    wallet.refresh_board()
    with django_assert_num_queries(queries):
        client.get(PATH + query)
