"""The wallet over the API."""

import pytest

from tests import make
from tests.wallet.test_ledger import give
from wallet import services as wallet

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"
NOTHING = {
    "balance": 0,
    "held": 0,
    "debt": 0,
    "locked": 0,
    "transferable": 0,
    "daily_left": 200_000,
    "is_frozen": False,
    "lifetime_earned": 0,
    "lifetime_spent": 0,
}


@pytest.fixture
def alice(client):
    return make.signed_in(client, make.user("alice"))


def bearer(user, *scopes):
    return {"Authorization": f"Bearer {make.api_token(user, *scopes)}"}


def test_the_wallet_is_whole_dgt(client, alice):
    give(alice, 100)
    wallet.debit(user=alice, amount=30, to="shop", key="adjustment:1", description="A correction")
    assert client.get("/api/wallet/me").json() == NOTHING | {
        "balance": 70,
        "transferable": 70,
        "lifetime_earned": 100,
        "lifetime_spent": 30,
    }


def test_what_is_held_owed_and_bought_lately_stands_apart(client, alice):
    wallet.purchase(user=alice, amount=100, source="stripe", key="purchase:1", description="A pack")
    give(alice, 30)
    wallet.hold(user=alice, amount=20, key="hold:1", description="An order")
    mine = client.get("/api/wallet/me").json()
    figures = ("balance", "held", "debt", "locked", "transferable")
    assert [mine[figure] for figure in figures] == [110, 20, 0, 100, 10]
    wallet.claw_back(user=alice, amount=150, to="stripe", key="clawback:1", description="A dispute")
    mine = client.get("/api/wallet/me").json()
    assert [mine[figure] for figure in figures] == [0, 20, 40, 0, 0]


def test_what_was_sent_today_is_not_left_of_the_days_limit(client, alice):
    make.verified(alice)
    give(alice, 100)
    wallet.transfer(sender=alice, receiver=make.verified(make.user("bob")), amount=40, key="transfer:1")
    assert client.get("/api/wallet/me").json()["daily_left"] == 199_960


def test_a_frozen_wallet_says_so(client, alice):
    give(alice, 100)
    wallet.freeze(user=alice, reason="The audit", actor=None)
    assert client.get("/api/wallet/me").json()["is_frozen"] is True


def test_a_member_who_never_had_dgt_has_a_wallet_of_zeros(client, alice):
    assert client.get("/api/wallet/me").json() == NOTHING


def test_w4_nobody_reads_another_members_wallet(client, alice):
    give(make.user("bob"), 100)
    assert client.get("/api/wallet/me").json() == NOTHING


def test_visitors_are_asked_to_sign_in(client):
    answer = client.get("/api/wallet/me")
    assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (401, PROBLEM, "not-authenticated")


def test_a_token_with_the_scope_may_read(client):
    assert client.get("/api/wallet/me", headers=bearer(make.user("alice"), "wallet:read")).json() == NOTHING


def test_a_token_without_the_scope_is_told_which_one_is_missing(client):
    answer = client.get("/api/wallet/me", headers=bearer(make.user("alice"), "xp:read"))
    assert (answer.status_code, answer["Content-Type"]) == (403, PROBLEM)
    assert "wallet:read" in answer.json()["detail"]


def test_w16_the_balance_is_kept_in_no_cache(client, alice):
    assert client.get("/api/wallet/me")["Cache-Control"] == "no-store"


def test_w5_a_balance_cannot_be_sent(client, alice):
    answer = client.post("/api/wallet/me", {"balance": 1_000_000}, content_type="application/json")
    assert (answer.status_code, client.get("/api/wallet/me").json()) == (405, NOTHING)


def test_a_query_parameter_is_refused(client, alice):
    assert client.get("/api/wallet/me", {"user": 1}).status_code == 400


def test_it_takes_three_queries_besides_the_session(client, alice, django_assert_num_queries):
    with django_assert_num_queries(5):
        client.get("/api/wallet/me")
