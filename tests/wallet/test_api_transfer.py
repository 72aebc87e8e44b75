"""Sending DGT over the API: done once, and refused in words."""

from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from degentalk.accounts import services as accounts
from degentalk.accounts.models import Notification, User
from degentalk.core import clock
from degentalk.core.switches import set_switch
from tests import make
from tests.wallet.test_ledger import give
from wallet import services as wallet
from wallet.models import DgtJournal, DgtTransaction, UserWallet, WalletPolicy
from wallet.services.sending import SENDING

pytestmark = pytest.mark.usefixtures("committed_db")
PATH = "/api/wallet/transfer"
PROBLEM = "application/problem+json"


@pytest.fixture
def alice(committed_db):
    alice = make.verified(make.user("alice"))
    give(alice, 100)
    return alice


@pytest.fixture
def bob(committed_db):
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


def test_it_moves_dgt_and_says_what_is_left(ask, alice, bob):
    answer = ask({"receiver_id": bob.pk, "amount": 40, "memo": "for the audit"})
    journal = DgtJournal.objects.get(kind="transfer")
    assert answer.status_code == 201
    assert answer.json() == {
        "journal": str(journal.public_id),
        "receiver_id": bob.pk,
        "amount": 40,
        "fee": 0,
        "memo": "for the audit",
        "balance_after": 60,
    }
    assert (balance(alice), balance(bob), Notification.objects.get(kind="transfer").user) == (60, 40, bob)


def test_the_fee_comes_on_top_and_burns(ask, alice, bob):
    WalletPolicy.objects.update(fee_bps=500)
    answer = ask({"receiver_id": bob.pk, "amount": 40, "fee": 2}).json()
    assert (answer["amount"], answer["fee"], answer["balance_after"], balance(bob)) == (40, 2, 58, 40)


def test_l18_a_fee_that_is_not_the_one_expected_sends_nothing(ask, bob):
    WalletPolicy.objects.update(fee_bps=500)
    answer = ask({"receiver_id": bob.pk, "amount": 40, "fee": 0})
    assert refused(answer) == (422, "fee-changed")


def test_the_key_of_the_journal_is_none_that_a_client_chose(ask, bob):
    ask({"receiver_id": bob.pk, "amount": 40}, key="bob@example.com")
    assert "bob" not in DgtJournal.objects.get(kind="transfer").key


@pytest.mark.parametrize(
    ("memo", "kept"), [("pay\u202eelpoep \u0000now\nand here", "payelpoep now and here"), (" \t ", "")]
)
def test_w16_a_memo_loses_control_and_bidirectional_characters(ask, bob, memo, kept):
    assert ask({"receiver_id": bob.pk, "amount": 40, "memo": memo}).json()["memo"] == kept
    assert set(DgtTransaction.objects.filter(journal__kind="transfer").values_list("description", flat=True)) == {kept}


# ── Keys ──


def test_l9_the_same_key_gets_the_same_answer_and_moves_dgt_once(ask, alice, bob):
    answers = [ask({"receiver_id": bob.pk, "amount": 40}, key="one") for _time in range(3)]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(201, answers[0].json())] * 3
    assert (moved(), balance(alice), Notification.objects.filter(kind="transfer").count()) == (1, 60, 1)


def test_l10_the_same_key_with_another_body_is_refused(ask, alice, bob):
    ask({"receiver_id": bob.pk, "amount": 40}, key="one")
    for other in ({"amount": 41}, {"memo": "x"}, {"fee": 0}, {"receiver_id": alice.pk}):
        answer = ask({"receiver_id": bob.pk, "amount": 40} | other, key="one")
        assert (answer.status_code, answer.json()["code"]) == (422, "key-reused")
    assert (moved(), balance(alice)) == (1, 60)


def test_l10_the_same_key_of_two_members_is_two_transfers(ask, alice, bob):
    give(bob, 100, key="gift:bob")
    ask({"receiver_id": bob.pk, "amount": 40}, key="one")
    headers = {"Authorization": f"Bearer {make.api_token(bob, 'wallet:transfer')}", "Idempotency-Key": "one"}
    body = {"receiver_id": alice.pk, "amount": 7}
    answer = Client().post(PATH, body, content_type="application/json", headers=headers)
    assert (answer.status_code, moved(), balance(alice)) == (201, 2, 67)


@pytest.mark.parametrize("key", ["", "two words", "x" * 201])
def test_l11_without_a_usable_key_nothing_is_tried(ask, bob, key):
    answer = ask({"receiver_id": bob.pk, "amount": 40}, **{"Idempotency-Key": key})
    assert refused(answer) == (400, "key-missing")


def test_l12_what_was_refused_stays_refused_for_its_key_when_dgt_has_come(ask, alice, bob):
    first = ask({"receiver_id": bob.pk, "amount": 140}, key="one")
    give(alice, 100, key="gift:2")
    again = ask({"receiver_id": bob.pk, "amount": 140}, key="one")
    assert refused(again) == (422, "not-enough-dgt")
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert ask({"receiver_id": bob.pk, "amount": 140}, key="two").status_code == 201


# ── Refusals ──


def test_l15_to_oneself(ask, alice):
    assert refused(ask({"receiver_id": alice.pk, "amount": 1})) == (422, "no-such-account")


def test_l15_to_a_member_who_does_not_exist(ask):
    assert refused(ask({"receiver_id": 2**63 - 1, "amount": 1})) == (422, "no-such-account")


def test_l15_to_a_suspended_member(ask, bob):
    accounts.suspend(member=bob, actor=make.moderator(), reason="Spam")
    assert refused(ask({"receiver_id": bob.pk, "amount": 1})) == (422, "no-such-account")


def test_l15_a_suspended_sender_is_not_let_in(ask, alice, bob):
    accounts.suspend(member=alice, actor=make.moderator(), reason="Spam")
    assert refused(ask({"receiver_id": bob.pk, "amount": 1}))[0] == 401


def test_l15_system_accounts_have_no_number_here(ask):
    """A `receiver_id` is that of a member; numbers and names of accounts mean nothing."""
    system = DgtTransaction.objects.filter(account__kind="system").values_list("account_id", flat=True)[0]
    answer = ask({"receiver_id": system + 10**6, "amount": 1})
    assert refused(answer) == (422, "no-such-account")
    assert ask({"receiver_id": "shop", "amount": 1}).status_code == 400


def a_policy_of_one(**fields):
    return lambda: WalletPolicy.objects.update(**fields)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (a_policy_of_one(transfer_min_dgt=41), "too-little"),
        (a_policy_of_one(transfer_max_dgt=39), "too-much"),
        (a_policy_of_one(daily_max_dgt=39), "daily-limit"),
    ],
)
def test_what_the_policy_refuses_has_a_code(ask, bob, change, code):
    change()
    assert refused(ask({"receiver_id": bob.pk, "amount": 40})) == (422, code)


def test_a6_a_new_account_cannot_receive(ask):
    newbie = make.verified(make.user("newbie", date_joined=timezone.now()))
    assert refused(ask({"receiver_id": newbie.pk, "amount": 40})) == (422, "cannot-receive")


def test_a6_who_has_no_confirmed_address_cannot_receive(ask):
    assert refused(ask({"receiver_id": make.user("mallory").pk, "amount": 40})) == (422, "cannot-receive")


def test_a6_who_has_no_confirmed_address_cannot_send(ask, alice, bob):
    EmailAddress.objects.filter(user=alice).update(verified=False)
    assert refused(ask({"receiver_id": bob.pk, "amount": 40})) == (422, "unverified")


def test_a6_a_new_account_cannot_send(ask, alice, bob):
    User.objects.filter(pk=alice.pk).update(date_joined=timezone.now())
    assert refused(ask({"receiver_id": bob.pk, "amount": 40})) == (422, "too-new")


def test_a9_dgt_bought_lately_is_not_sent(ask, alice, bob):
    wallet.debit(user=alice, amount=100, to="shop", key="debit:1", description="A frame")
    wallet.purchase(user=alice, amount=100, source="stripe", key="purchase:1", description="A pack")
    assert refused(ask({"receiver_id": bob.pk, "amount": 40})) == (422, "locked")


def test_a_frozen_wallet_sends_nothing(ask, alice, bob):
    wallet.freeze(user=alice, reason="The audit", actor=None)
    assert refused(ask({"receiver_id": bob.pk, "amount": 40})) == (422, "wallet-frozen")


def test_a17_what_staff_switched_off_is_refused(ask, bob):
    set_switch(name="transfers", is_on=False, actor=make.moderator(), reason="An incident")
    assert refused(ask({"receiver_id": bob.pk, "amount": 40})) == (422, "switched-off")


# ── Who may ask, and how often ──


def test_w7_so_many_attempts_a_minute_and_no_more(ask, bob):
    statuses = [ask({"receiver_id": bob.pk, "amount": 1}).status_code for _time in range(SENDING.most)]
    late = ask({"receiver_id": bob.pk, "amount": 1}, key="late")
    assert (set(statuses), late.status_code, late.json()["code"]) == ({201}, 429, "too-often")
    assert 1 <= int(late["Retry-After"]) <= SENDING.seconds
    with clock.at(clock.database_time() + timedelta(seconds=SENDING.seconds)):
        assert ask({"receiver_id": bob.pk, "amount": 1}, key="late").status_code == 201


def test_w7_an_answered_key_is_answered_again_when_the_minute_is_used_up(ask, bob):
    first = ask({"receiver_id": bob.pk, "amount": 1}, key="one")
    for _time in range(SENDING.most):
        ask({"receiver_id": bob.pk, "amount": 1})
    again = ask({"receiver_id": bob.pk, "amount": 1}, key="one")
    assert (again.status_code, again.json()) == (201, first.json())


def test_w7_refused_attempts_count_too(ask, bob):
    for _time in range(SENDING.most):
        ask({"receiver_id": bob.pk, "amount": 1_000})
    assert ask({"receiver_id": bob.pk, "amount": 1}).status_code == 429


def test_w16_its_answer_is_kept_in_no_cache(ask, alice, bob):
    assert ask({"receiver_id": bob.pk, "amount": 1})["Cache-Control"] == "no-store"
