"""What sending does beside moving DGT: both are told, once; and what it would cost can be asked before."""

import pytest

from degentalk.accounts import mail
from degentalk.accounts.models import Notification
from degentalk.core.errors import Refused
from degentalk.core.models import OutboxMessage
from tests import make
from tests.wallet.test_ledger import give
from wallet import services as wallet
from wallet.errors import NotEnoughDGT, TooMuch
from wallet.models import DgtJournal, DgtTransaction, UserWallet, WalletPolicy
from wallet.services.sending import MEMO_MAX, cost_of, rehearse

HOSTILE = "</p><script>alert(1)</script>{{ 7|add:7 }}"


@pytest.fixture
def alice(db):
    alice = make.verified(make.user("alice"))
    give(alice, 50_000)
    return alice


@pytest.fixture
def bob(db):
    return make.verified(make.user("bob"))


def policy(**fields):
    WalletPolicy.objects.update(**fields)


def mails():
    return OutboxMessage.objects.filter(topic=mail.TOPIC).order_by("id")


def test_the_receiver_is_told_with_the_way_to_the_movement(alice, bob):
    journal = wallet.send(sender=alice, receiver=bob, amount=1_200, key="transfer:1")
    told = Notification.objects.get()
    assert (told.user, told.kind, told.icon) == (bob, "transfer", "arrow-down-left")
    assert (told.text, told.url) == ("alice sent you 1,200 DGT", f"/wallet/journal/{journal.public_id}")


def test_a_replay_tells_nobody_again(alice, bob):
    journals = [wallet.send(sender=alice, receiver=bob, amount=20_000, key="transfer:1") for _time in range(3)]
    assert [journal.replayed for journal in journals] == [False, True, True]
    assert (Notification.objects.count(), mails().count()) == (1, 2)


def test_what_is_refused_tells_nobody(alice, bob):
    with pytest.raises(NotEnoughDGT):
        wallet.send(sender=bob, receiver=alice, amount=20_000, key="transfer:1")
    assert (Notification.objects.count(), mails().count()) == (0, 0)


@pytest.mark.parametrize(("amount", "to"), [(9_999, []), (10_000, ["alice@example.com", "bob@example.com"])])
def test_large_transfers_are_told_to_both_by_mail(alice, bob, amount, to):
    wallet.send(sender=alice, receiver=bob, amount=amount, key="transfer:1")
    assert [message.payload["to"][0] for message in mails()] == to


def test_staff_choose_from_which_amount_on_a_mail_is_sent(alice, bob):
    policy(mail_from_dgt=5)
    wallet.send(sender=alice, receiver=bob, amount=4, key="transfer:1")
    wallet.send(sender=alice, receiver=bob, amount=5, key="transfer:2")
    assert [message.payload["subject"] for message in mails()] == ["You sent 5 DGT to bob", "alice sent you 5 DGT"]


def test_a_mail_says_what_moved_and_which_transaction_it_was(alice, bob):
    journal = wallet.send(sender=alice, receiver=bob, amount=12_345, key="transfer:1", memo="for the audit")
    sent, received = [message.payload["text"] for message in mails()]
    for words in ("Hello alice,", "12,345 DGT left your wallet for bob.", "Your memo: for the audit"):
        assert words in sent
    for words in ("Hello bob,", "alice sent you 12,345 DGT.", "The memo of alice: for the audit"):
        assert words in received
    assert all(f"/wallet/journal/{journal.public_id}" in text for text in (sent, received))


def test_a_mail_leads_to_the_transfer_on_the_site(alice, bob, settings):
    settings.SITE_URL = "https://degentalk.example"
    journal = wallet.send(sender=alice, receiver=bob, amount=10_000, key="transfer:1")
    for message in mails():
        address = f"https://degentalk.example/wallet/journal/{journal.public_id}"
        assert (address in message.payload["text"], f'href="{address}"' in message.payload["html"]) == (True, True)


def test_w16_a_memo_stays_text_in_a_mail(alice, bob):
    wallet.send(sender=alice, receiver=bob, amount=20_000, key="transfer:1", memo=HOSTILE)
    for message in mails():
        assert "<script>" not in message.payload["html"]
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7|add:7 }}" in message.payload["html"]


@pytest.mark.parametrize(
    ("memo", "kept"),
    [
        ("  thanks\tfor\r\nall  of it ", "thanks for all of it"),
        ("pay\u202eelpoep\u2066!", "payelpoep!"),
        ("null\x00 bell\x07 escape\x1b[31m", "null bell escape[31m"),
        ("👩\u200d💻 stays", "👩\u200d💻 stays"),
        ("\u200e\u200f\u061c", ""),
    ],
)
def test_w16_a_memo_is_one_line_without_control_and_bidirectional_characters(alice, bob, memo, kept):
    wallet.send(sender=alice, receiver=bob, amount=1, key="transfer:1", memo=memo)
    assert set(DgtTransaction.objects.filter(journal__key="transfer:1").values_list("description", flat=True)) == {kept}


def test_a_memo_that_is_too_long_is_refused(alice, bob):
    wallet.send(sender=alice, receiver=bob, amount=1, key="transfer:1", memo="x" * MEMO_MAX)
    with pytest.raises(Refused, match="140"):
        wallet.send(sender=alice, receiver=bob, amount=1, key="transfer:2", memo="x" * (MEMO_MAX + 1))


def test_the_cost_of_a_transfer_is_what_it_took(alice, bob):
    policy(fee_bps=100)
    journal = wallet.send(sender=alice, receiver=bob, amount=250, key="transfer:1")
    cost = cost_of(journal, sender=alice, amount=250)
    assert (cost.amount, cost.fee, cost.total, cost.balance_before, cost.balance_after) == (250, 2, 252, 50_000, 49_748)


# ── Before anything is sent ──


def test_a_rehearsal_says_the_cost_and_moves_nothing(alice, bob):
    policy(fee_bps=100)
    give(bob, 1, key="gift:bob")
    before = (list(UserWallet.objects.values()), DgtJournal.objects.count(), DgtTransaction.objects.count())
    cost = rehearse(sender=alice, receiver=bob, amount=250)
    assert (cost.fee, cost.balance_before, cost.balance_after) == (2, 50_000, 49_748)
    assert (list(UserWallet.objects.values()), DgtJournal.objects.count(), DgtTransaction.objects.count()) == before
    assert (Notification.objects.count(), mails().count()) == (0, 0)


def test_a_rehearsal_refuses_what_the_door_would(alice, bob):
    with pytest.raises(TooMuch):
        rehearse(sender=alice, receiver=bob, amount=100_001)
    with pytest.raises(NotEnoughDGT):
        rehearse(sender=bob, receiver=alice, amount=1)


def test_a_rehearsal_leaves_nothing_in_a_database_that_commits(committed_db):
    alice, bob = make.verified(make.user("alice")), make.verified(make.user("bob"))
    give(alice, 100)
    rehearse(sender=alice, receiver=bob, amount=40)
    assert (DgtJournal.objects.count(), UserWallet.objects.of(alice).dgt_balance) == (1, 100)
    assert not UserWallet.objects.filter(user=bob).exists()
