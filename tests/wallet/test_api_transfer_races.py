"""Fifty transfers at once, over HTTP: what moves is exactly what one after the other would."""

from collections import Counter

import pytest
import requests

from tests import make
from tests.threads import together
from tests.wallet.test_ledger import drift, give
from wallet.models import DgtJournal, UserWallet
from wallet.services.sending import SENDING

MANY = 50
TIMEOUT_SECONDS = 60


@pytest.fixture
def alice(live):
    alice = make.verified(make.user("alice"))
    give(alice, 100)
    return alice


@pytest.fixture
def bob(live):
    return make.verified(make.user("bob"))


@pytest.fixture
def ask(live, alice):
    """Alice's program asks with this key and body; status and answer."""
    authorization = {"Authorization": f"Bearer {make.api_token(alice, 'wallet:transfer')}"}

    def ask(key, **body):
        headers = authorization | {"Idempotency-Key": key}
        answer = requests.post(f"{live}/api/wallet/transfer", json=body, headers=headers, timeout=TIMEOUT_SECONDS)
        return answer.status_code, answer.json()

    return ask


def state(alice, bob):
    balances = [UserWallet.objects.of(member).dgt_balance for member in (alice, bob)]
    return (*balances, DgtJournal.objects.filter(kind="transfer").count(), drift())


def test_l9_fifty_requests_with_one_key_are_one_transfer_and_one_answer(ask, alice, bob):
    answers = together([lambda: ask("one", receiver_id=bob.pk, amount=40)] * MANY)
    assert answers == [answers[0]] * MANY
    assert (answers[0][0], answers[0][1]["balance_after"]) == (201, 60)
    assert state(alice, bob) == (60, 40, 1, [])


def test_l10_one_key_for_two_bodies_moves_one_of_them(ask, alice, bob):
    answers = together([lambda n=n: ask("one", receiver_id=bob.pk, amount=1 + n % 2) for n in range(MANY)])
    assert sorted(status for status, _answer in answers) == [201] * (MANY // 2) + [422] * (MANY // 2)
    assert {answer["code"] for status, answer in answers if status == 422} == {"key-reused"}
    assert state(alice, bob)[2:] == (1, [])


def test_l13_parallel_transfers_of_a_balance_succeed_as_often_as_it_lasts(ask, alice, bob):
    answers = together([lambda n=n: ask(f"key-{n}", receiver_id=bob.pk, amount=30) for n in range(12)])
    assert Counter(status for status, _answer in answers) == {201: 3, 422: 9}
    assert state(alice, bob) == (10, 90, 3, [])


def test_w7_of_fifty_attempts_at_once_exactly_the_allowed_number_is_made(ask, alice, bob):
    answers = together([lambda n=n: ask(f"key-{n}", receiver_id=bob.pk, amount=1) for n in range(MANY)])
    assert Counter(status for status, _answer in answers) == {201: SENDING.most, 429: MANY - SENDING.most}
    assert state(alice, bob) == (70, 30, 30, [])
