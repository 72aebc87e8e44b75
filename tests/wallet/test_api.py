"""The wallet over the API."""

import pytest

from tests import make
from tests.wallet.test_ledger import give
from wallet import services as wallet

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"
NOTHING = {"balance": 0, "held": 0, "debt": 0, "lifetime_earned": 0, "lifetime_spent": 0}


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
        "lifetime_earned": 100,
        "lifetime_spent": 30,
    }


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


def test_it_takes_one_query_besides_the_session(client, alice, django_assert_num_queries):
    with django_assert_num_queries(3):
        client.get("/api/wallet/me")
