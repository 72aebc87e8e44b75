"""What was confirmed is done, once however often it is sent; what is refused says why, and moves nothing."""

import pytest
from django.test import Client

from degentalk.accounts import services as accounts
from degentalk.accounts.models import Notification
from tests import make
from tests.html import main_of
from tests.wallet.sending import ask, balance, confirm, errors, hidden, moved
from tests.wallet.test_ledger import give
from wallet import services as wallet
from wallet.models import DgtJournal, WalletPolicy
from wallet.services.sending import SENDING

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def alice(committed_db):
    alice = make.verified(make.user("alice"))
    give(alice, 100)
    return alice


@pytest.fixture
def bob(committed_db):
    return make.verified(make.user("bob"))


@pytest.fixture
def browser(alice):
    client = Client()
    make.signed_in(client, alice)
    return client


def test_what_was_confirmed_is_done_and_shown_on_the_page_of_the_movement(browser, alice, bob):
    answer = confirm(browser, hidden(ask(browser, memo="for the audit")))
    journal = DgtJournal.objects.get(kind="transfer")
    assert (answer.status_code, answer["Location"]) == (303, f"/wallet/journal/{journal.public_id}")
    page = browser.get(answer["Location"]).content.decode()
    assert ("Sent 40 DGT to bob" in page, "You have 60 DGT left." in page) == (True, True)
    assert (balance(alice), balance(bob), Notification.objects.get(kind="transfer").user) == (60, 40, bob)


def test_l9_sent_twice_it_is_done_once_with_the_same_result_and_told_once(browser, alice, bob):
    fields = hidden(ask(browser))
    answers = [confirm(browser, fields) for _time in range(3)]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(303, answers[0]["Location"])}
    assert (moved(), balance(alice)) == (1, 60)
    assert browser.get(answers[0]["Location"]).content.decode().count("Sent 40 DGT to bob") == 1


def test_a_reload_of_the_result_sends_nothing(browser, alice, bob):
    answer = confirm(browser, hidden(ask(browser)))
    for _time in range(2):
        assert browser.get(answer["Location"]).status_code == 200
    assert balance(alice) == 60


def test_the_journals_key_is_none_that_a_form_carried(browser, bob):
    fields = hidden(ask(browser))
    confirm(browser, fields)
    assert fields["key"] not in DgtJournal.objects.get(kind="transfer").key


def test_l10_one_key_for_another_amount_moves_nothing(browser, alice, bob):
    fields = hidden(ask(browser))
    confirm(browser, fields)
    answer = confirm(browser, fields, amount="41")
    assert (answer.status_code, moved(), balance(alice)) == (422, 1, 60)
    assert hidden(answer)["key"] != fields["key"]


def test_l10_the_same_key_of_two_members_is_two_transfers(browser, alice, bob):
    give(bob, 100, key="gift:bob")
    fields = hidden(ask(browser))
    confirm(browser, fields)
    other = Client()
    make.signed_in(other, bob)
    assert confirm(other, fields, receiver=str(alice.pk)).status_code == 303
    assert moved() == 2


@pytest.mark.parametrize("key", ["", "two words", "x" * 201])
def test_l11_without_a_usable_key_nothing_moves_and_the_form_gets_a_new_one(browser, bob, key):
    answer = confirm(browser, hidden(ask(browser)), key=key)
    assert (answer.status_code, moved()) == (422, 0)
    assert confirm(browser, hidden(answer)).status_code == 303


def test_l12_what_was_refused_stays_refused_for_its_key_when_dgt_has_come(browser, alice, bob):
    fields = hidden(ask(browser))
    wallet.debit(user=alice, amount=100, to="shop", key="debit:1", description="A frame")
    first = confirm(browser, fields)
    give(alice, 100, key="gift:2")
    again = confirm(browser, fields)
    assert (first.status_code, again.status_code, moved()) == (422, 422, 0)
    assert errors(first) == errors(again) == {"amount": ["You have 0 DGT; this needs 40: 40 DGT short."]}
    assert confirm(browser, hidden(ask(browser))).status_code == 303


def test_a_fee_that_changed_meanwhile_is_confirmed_anew(browser, alice, bob):
    fields = hidden(ask(browser, memo="thanks"))
    WalletPolicy.objects.update(fee_bps=500)
    answer = confirm(browser, fields)
    assert (answer.status_code, moved()) == (422, 0)
    assert errors(answer) == {"__all__": ["The fee is 2 DGT now. Nothing was sent: look again and confirm."]}
    page = main_of(answer)
    for words in ('<dd class="num">2 DGT</dd>', '<dd class="num">58 DGT</dd>', "“thanks”", "Send 40 DGT to bob"):
        assert words in page
    assert confirm(browser, hidden(answer)).status_code == 303
    assert (moved(), balance(alice), balance(bob)) == (1, 58, 40)


def test_a_fee_that_nobody_can_pay_any_more_leads_back_to_the_form(browser, alice, bob):
    fields = hidden(ask(browser, amount="100"))
    WalletPolicy.objects.update(fee_bps=500)
    answer = confirm(browser, fields)
    assert (answer.status_code, moved()) == (422, 0)
    assert errors(answer) == {"amount": ["You have 100 DGT; this needs 105: 5 DGT short."]}


def test_l15_a_receiver_who_was_suspended_meanwhile_is_not_paid(browser, alice, bob):
    fields = hidden(ask(browser))
    accounts.suspend(member=bob, actor=make.moderator(), reason="Spam")
    answer = confirm(browser, fields)
    assert (answer.status_code, errors(answer)) == (422, {"to": ["There is no member called “bob”."]})
    assert (moved(), balance(alice)) == (0, 100)


def test_a_receiver_who_changed_their_name_meanwhile_is_still_the_one_who_was_shown(browser, bob):
    fields = hidden(ask(browser))
    bob.username = "robert"
    bob.save()
    mallory = make.verified(make.user("bob", email="other@example.com"))
    confirm(browser, fields)
    assert (balance(bob), balance(mallory)) == (40, 0)


def test_w5_what_the_form_does_not_have_changes_nothing(browser, alice, bob):
    confirm(browser, hidden(ask(browser)), sender=str(bob.pk), balance="1000000", user="1", is_staff="on")
    assert (balance(alice), balance(bob)) == (60, 40)


def test_with_a_script_the_result_is_the_page_of_the_movement(browser, bob):
    answer = browser.post("/wallet/transfer", hidden(ask(browser)), headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == f"/wallet/journal/{DgtJournal.objects.get(kind='transfer').public_id}"


def test_w7_so_many_attempts_a_minute_and_the_form_keeps_its_key(browser, alice, bob):
    for _time in range(SENDING.most):
        assert (
            confirm(browser, {"key": f"key-{_time}", "receiver": bob.pk, "amount": "1", "fee": "0"}).status_code == 303
        )
    fields = {"key": "late", "receiver": bob.pk, "amount": "1", "fee": "0"}
    answer = confirm(browser, fields)
    assert (answer.status_code, moved(), hidden(answer)["key"]) == (422, SENDING.most, "late")
    assert "That was too often. Try again in" in main_of(answer)


def test_w7_pages_and_api_count_together(browser, alice, bob):
    headers = {"Authorization": f"Bearer {make.api_token(alice, 'wallet:transfer')}"}
    for serial in range(SENDING.most):
        body = {"receiver_id": bob.pk, "amount": 1}
        Client().post(
            "/api/wallet/transfer", body, "application/json", headers=headers | {"Idempotency-Key": f"k{serial}"}
        )
    assert confirm(browser, {"key": "late", "receiver": bob.pk, "amount": "1", "fee": "0"}).status_code == 422


def test_every_step_takes_a_fixed_number_of_queries(browser, bob, django_assert_num_queries):
    ask(browser)
    with django_assert_num_queries(6):
        browser.get("/wallet/send")
    with django_assert_num_queries(11):
        fields = hidden(ask(browser))
    with django_assert_num_queries(4):
        browser.get("/wallet/recipients", {"to": "b"})
    with django_assert_num_queries(18):  # six of them begin and end savepoints
        confirm(browser, fields)
