"""What cannot be a transfer over the API: refused before anything is tried, and nothing moves."""

from uuid import uuid4

import pytest
from django.test import Client

from degentalk.core.models import IdempotencyKey
from tests import make
from tests.wallet.test_ledger import give
from wallet.models import DgtJournal, UserWallet

pytestmark = pytest.mark.django_db
PATH = "/api/wallet/transfer"
PROBLEM = "application/problem+json"


@pytest.fixture
def alice(db):
    alice = make.verified(make.user("alice"))
    give(alice, 100)
    return alice


@pytest.fixture
def bob(db):
    return make.verified(make.user("bob"))


@pytest.fixture
def ask(alice):
    """Alice's program asks, with a key of its own unless one is given."""
    token, client = make.api_token(alice, "wallet:transfer"), Client()

    def ask(body, key=None, **headers):
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key or str(uuid4())} | headers
        return client.post(PATH, body, content_type="application/json", headers=headers)

    return ask


def balance(user):
    return UserWallet.objects.of(user).dgt_balance


def moved():
    return DgtJournal.objects.filter(kind="transfer").count()


def refused(answer):
    assert (answer["Content-Type"], moved()) == (PROBLEM, 0)
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(
    "amount",
    [
        "1_000",
        1.0,
        "１２",
        "٣",
        True,
        False,
        None,
        -1,
        0,
        10**30,
        10**12 + 1,
        "5",
        "5\n",
        5.5,
        1e3,
        "1e3",
        [],
        {},
        [5],
        "",
    ],
)
def test_l8_w6_what_is_no_whole_amount_is_400_and_moves_nothing(ask, alice, bob, amount):
    answer = ask({"receiver_id": bob.pk, "amount": amount})
    assert refused(answer) == (400, "invalid")
    assert list(answer.json()["errors"]) == ["amount"]
    assert (balance(alice), IdempotencyKey.objects.count()) == (100, 0)


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "1.0", "1e2", "0x10", "1_000", "01"])
def test_l8_numbers_that_json_does_not_have_are_400(ask, bob, amount):
    body = f'{{"receiver_id": {bob.pk}, "amount": {amount}}}'
    assert refused(ask(body))[0] == 400


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"receiver_id": "2"}, "receiver_id"),
        ({"receiver_id": True}, "receiver_id"),
        ({"receiver_id": 0}, "receiver_id"),
        ({"receiver_id": 10**30}, "receiver_id"),
        ({"receiver_id": None}, "receiver_id"),
        ({"memo": 7}, "memo"),
        ({"memo": None}, "memo"),
        ({"memo": "x" * 141}, "memo"),
        ({"memo": "\ud800"}, "memo"),
        ({"fee": -1}, "fee"),
        ({"fee": None}, "fee"),
        ({"fee": "0"}, "fee"),
        ({"sender_id": 2}, "sender_id"),
        ({"balance": 1_000_000}, "balance"),
        ({"dgt_amount": 1}, "dgt_amount"),
        ({"key": "transfer:1"}, "key"),
    ],
)
def test_w5_what_cannot_be_right_is_refused_by_field(ask, bob, change, field):
    answer = ask({"receiver_id": bob.pk, "amount": 40} | change)
    assert refused(answer) == (400, "invalid")
    assert list(answer.json()["errors"]) == [field]


@pytest.mark.parametrize("body", ["", "[]", "null", "7", '"x"', "{", '{"receiver_id": 1}'])
def test_a_body_that_is_no_request_is_400(ask, body):
    assert refused(ask(body))[0] == 400


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_w2_bodies_that_a_form_can_send_are_refused(alice, bob, content_type):
    headers = {"Authorization": f"Bearer {make.api_token(alice, 'wallet:transfer')}", "Idempotency-Key": "one"}
    answer = Client().post(PATH, '{"receiver_id": 1, "amount": 1}', content_type=content_type, headers=headers)
    assert refused(answer)[0] == 415


def test_visitors_are_asked_to_sign_in(bob):
    answer = Client().post(PATH, {"receiver_id": bob.pk, "amount": 1}, content_type="application/json")
    assert refused(answer) == (401, "not-authenticated")


def test_a_token_needs_the_scope(alice, bob):
    headers = {"Authorization": f"Bearer {make.api_token(alice, 'wallet:read', 'xp:read')}", "Idempotency-Key": "one"}
    body = {"receiver_id": bob.pk, "amount": 1}
    answer = Client().post(PATH, body, content_type="application/json", headers=headers)
    assert refused(answer) == (403, "permission-denied")
    assert "wallet:transfer" in answer.json()["detail"]


def test_a_session_needs_the_csrf_token(alice, bob):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    body = {"receiver_id": bob.pk, "amount": 1}
    answer = client.post(PATH, body, content_type="application/json", headers={"Idempotency-Key": "one"})
    assert refused(answer)[0] == 403


def test_it_only_writes(ask, alice):
    client = Client()
    client.force_login(alice)
    assert client.get(PATH).status_code == 405
