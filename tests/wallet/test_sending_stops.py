"""While a card payment of a member is disputed, nothing goes from that wallet to other members: MONEY.md S19."""

from functools import partial

import psycopg
import pytest
from django.db import Error, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import make
from tests.forum.tipping import post_by
from tests.html import main_of
from tests.threads import beside, together, until_somebody_waits
from tests.wallet.sending import ask, balance, confirm, hidden
from tests.wallet.test_ledger import drift, give
from tests.wallet.test_staff import economist
from wallet import services as wallet
from wallet.errors import PaymentDisputed
from wallet.models import DgtJournal, SendingStop, UserWallet

DISPUTED = "A card payment of yours is disputed: until that is decided you can neither send DGT nor give gifts."
ORDER = "order:0b1e"


def member(username, dgt=100):
    user = make.verified(make.user(username))
    give(user, dgt, key=f"gift:{username}")
    return user


@pytest.fixture
def alice(db):
    return member("alice")


@pytest.fixture
def bob(db):
    return member("bob")


@pytest.fixture
def otto(db):
    return economist()


@pytest.fixture
def both(committed_db):
    """Alice and bob where commits are real: what is done once opens its transaction itself."""
    return member("alice"), member("bob")


def browser_of(user):
    client = Client()
    make.signed_in(client, user)
    return client


def stop(user, because=ORDER):
    wallet.stop_sending(user=user, because=because)


def let(user, because=ORDER):
    wallet.let_send(user=user, because=because)


def send(sender, receiver, key="transfer:1", amount=10):
    return wallet.transfer(sender=sender, receiver=receiver, amount=amount, key=key)


def tip(sender, receiver, key="tip:1", amount=10):
    return wallet.tip(sender=sender, receiver=receiver, amount=amount, key=key, cause=("post", 1))


def sent():
    return DgtJournal.objects.filter(kind__in=["transfer", "tip"]).count()


def is_stopped(user):
    """What the wallet says; the stops themselves must say the same."""
    stopped = UserWallet.objects.of(user).sending_is_stopped
    assert stopped == SendingStop.objects.of(user).open().exists()
    return stopped


# ── What stands still, and what does not ──


@pytest.mark.parametrize("way", [send, tip])
def test_s19_nothing_is_sent_while_a_payment_is_disputed(alice, bob, way):
    stop(alice)
    with pytest.raises(PaymentDisputed, match=DISPUTED):
        way(alice, bob)
    assert (balance(alice), balance(bob), sent()) == (100, 100, 0)


@pytest.mark.parametrize("way", [send, tip])
def test_the_member_goes_on_to_receive(alice, bob, way):
    stop(alice)
    way(bob, alice)
    assert (balance(alice), balance(bob)) == (110, 90)


def test_the_member_goes_on_to_earn_buy_and_spend(alice):
    stop(alice)
    give(alice, 20, key="gift:2")
    wallet.purchase(user=alice, amount=50, source="stripe", key="purchase:1", description="A pack")
    wallet.debit(user=alice, amount=60, to="shop", key="unlock:1", description="A frame")
    held = wallet.hold(user=alice, amount=50, key="hold:1", description="A dispute")
    assert balance(alice) == 60
    wallet.release(hold_id=held.id, key="release:1")
    assert (balance(alice), drift()) == (110, [])


def test_staff_reverse_and_adjust_as_ever(alice, bob, otto):
    journal = send(bob, alice)
    stop(alice)
    wallet.reverse(journal_id=journal.id, key="reversal:1", reason="Sent by mistake", actor=otto)
    wallet.adjust(user=alice, amount=-30, reason="A mistake", actor=otto, key="adjustment:1")
    assert (balance(alice), balance(bob)) == (70, 100)


def test_what_was_sent_before_answers_its_key_as_it_did(alice, bob):
    first = send(alice, bob)
    stop(alice)
    again = send(alice, bob)
    assert (again.id, again.replayed, balance(alice)) == (first.id, True, 90)


def test_a_member_who_never_had_dgt_is_stopped_before_the_first(db, bob):
    mallory = make.verified(make.user("mallory"))
    stop(mallory)
    give(mallory, 50, key="gift:2")
    with pytest.raises(PaymentDisputed):
        send(mallory, bob)


# ── How often, and how long ──


def test_once_it_is_decided_the_member_sends_again(alice, bob):
    stop(alice)
    let(alice)
    send(alice, bob)
    assert (is_stopped(alice), balance(bob)) == (False, 110)


def test_each_of_two_stops_needs_its_own_end(alice, bob):
    stop(alice)
    stop(alice, "order:7c2d")
    let(alice)
    assert is_stopped(alice)
    with pytest.raises(PaymentDisputed):
        send(alice, bob)
    let(alice, "order:7c2d")
    assert not is_stopped(alice)
    send(alice, bob)


def test_stopped_twice_it_takes_one_end(alice):
    stop(alice)
    stop(alice)
    let(alice)
    assert (is_stopped(alice), SendingStop.objects.count()) == (False, 1)


def test_ended_twice_it_keeps_its_first_end(alice):
    stop(alice)
    let(alice)
    kept = SendingStop.objects.values().get()
    let(alice)
    assert SendingStop.objects.values().get() == kept


def test_what_ends_twice_does_not_end_another(alice):
    stop(alice)
    stop(alice, "order:7c2d")
    let(alice)
    let(alice)
    assert is_stopped(alice)


def test_what_begins_again_is_kept_beside_what_ended(alice):
    for _time in range(2):
        stop(alice)
        let(alice)
    stop(alice)
    history = SendingStop.objects.of(alice).order_by("pk")
    assert [(row.because, row.ended_at is None) for row in history] == [(ORDER, False), (ORDER, False), (ORDER, True)]
    assert is_stopped(alice)


def test_stops_are_of_one_member(alice, bob):
    stop(alice)
    stop(bob)
    let(bob)
    assert (is_stopped(alice), is_stopped(bob)) == (True, False)


def test_ending_what_stops_nothing_changes_nothing(alice):
    let(alice)
    assert (is_stopped(alice), SendingStop.objects.count()) == (False, 0)


@pytest.mark.parametrize("because", ["", None])
def test_a_stop_without_a_cause_is_a_bug(alice, because):
    with pytest.raises(IntegrityError):
        stop(alice, because)
    assert not is_stopped(alice)


@pytest.mark.parametrize("change", [stop, let])
def test_it_is_part_of_the_callers_transaction(alice, bob, change):
    if change is let:
        stop(alice)
    before = is_stopped(alice)
    with pytest.raises(RuntimeError), transaction.atomic():
        change(alice)
        assert is_stopped(alice) is not before
        raise RuntimeError
    assert is_stopped(alice) is before


# ── At the same time ──


def test_of_ten_transfers_beside_a_stop_none_commits_after_it(both):
    alice, bob = both

    def stopped():
        stop(alice)
        return sent()

    transfers = [partial(send, alice, bob, f"transfer:{n}") for n in range(10)]
    until_the_stop, *answers = together([stopped, *transfers], refusals=PaymentDisputed)
    went = sum(isinstance(answer, wallet.Journal) for answer in answers)
    assert (sent(), went) == (until_the_stop, until_the_stop)
    assert (balance(alice), balance(bob), drift()) == (100 - 10 * went, 100 + 10 * went, [])


def test_a_transfer_in_flight_happens_before_the_stop(both):
    alice, bob = both
    with transaction.atomic():
        send(alice, bob)
        stopping = beside(partial(stop, alice))
        until_somebody_waits()
    stopping()
    assert (is_stopped(alice), sent(), balance(bob)) == (True, 1, 110)


def test_a_transfer_that_waits_for_the_stop_is_refused(both):
    alice, bob = both
    with transaction.atomic():
        stop(alice)
        sending = beside(partial(send, alice, bob))
        until_somebody_waits()
    with pytest.raises(PaymentDisputed):
        sending()
    assert (sent(), balance(alice), balance(bob)) == (0, 100, 100)


def test_a_stop_that_comes_ten_times_at_once_is_one(committed_db):
    alice = member("alice")
    together([partial(stop, alice)] * 10)
    assert SendingStop.objects.count() == 1
    let(alice)
    assert not is_stopped(alice)


# ── Who may write it ──


@pytest.mark.parametrize(
    "statement",
    [
        "update sending_stops set ended_at = clock()",
        "update user_wallet set sending_is_stopped = false",
        "delete from sending_stops",
    ],
)
def test_the_application_role_ends_a_stop_by_its_door_only(alice, statement):
    stop(alice)
    with pytest.raises(Error, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert is_stopped(alice)


@pytest.mark.parametrize("statement", ["delete from sending_stops", "truncate sending_stops"])
def test_the_owner_forgets_no_stop(committed_db, owner, statement):
    alice = member("alice")
    stop(alice)
    with pytest.raises(psycopg.errors.RestrictViolation):
        owner.execute(statement)
    assert is_stopped(alice)


# ── What members and staff see ──


def test_s19_what_was_shown_for_confirmation_before_is_refused(both):
    (alice, bob), browser = both, browser_of(both[0])
    form = hidden(ask(browser))
    stop(alice)
    answer = confirm(browser, form)
    assert (answer.status_code, DISPUTED in main_of(answer)) == (422, True)
    assert (balance(alice), balance(bob), sent()) == (100, 100, 0)


def test_s19_the_api_refuses_with_a_code_of_its_own(both):
    alice, bob = both
    token = make.api_token(alice, "wallet:transfer", "wallet:read")
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "one"}
    stop(alice)
    body = {"receiver_id": bob.pk, "amount": 10}
    answer = Client().post("/api/wallet/transfer", body, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (422, "payment-disputed", DISPUTED)
    mine = Client().get("/api/wallet/me", headers={"Authorization": f"Bearer {token}"}).json()
    assert (mine["balance"], mine["transferable"], sent()) == (100, 0, 0)


def test_s19_the_form_of_tips_says_so_at_once(alice, bob):
    browser, post = browser_of(alice), post_by(bob)
    stop(alice)
    shown = main_of(browser.get(f"/post/{post.pk}/tip"))
    assert (DISPUTED in shown, "<button" in shown) == (True, False)


def test_s19_a_tip_that_was_looked_at_before_is_refused(both):
    alice, bob = both
    browser, post = browser_of(alice), post_by(bob)
    stop(alice)
    answer = browser.post(f"/post/{post.pk}/tip/give", {"amount": "10", "key": "form-1"})
    assert (answer.status_code, DISPUTED in main_of(answer)) == (422, True)
    assert (balance(alice), balance(bob), sent()) == (100, 100, 0)


def test_others_are_told_nothing_of_it(alice, bob):
    stop(alice)
    page = main_of(browser_of(bob).get("/profile/alice"))
    assert ("disputed" in page, "/wallet/send?to=alice" in page) == (False, True)


def test_staff_see_what_stops_a_member_and_since_when(client, alice, otto):
    client.force_login(otto)
    url = reverse("admin:wallet_userwallet_change", args=[alice.pk])
    stop(alice, "order:over")
    let(alice, "order:over")
    stop(alice, "order:<b>")
    shown = client.get(url).text
    since = SendingStop.objects.open().get().started_at
    assert f"order:&lt;b&gt;, since {since.day} {since:%b %Y}" in shown
    assert "order:over" not in shown


def test_staff_read_all_stops_of_a_member_in_one_query(client, alice, otto):
    client.force_login(otto)
    url = reverse("admin:wallet_userwallet_change", args=[alice.pk])
    client.get(url)
    with CaptureQueriesContext(connection) as none:
        client.get(url)
    for n in range(3):
        stop(alice, f"order:{n}")
    with CaptureQueriesContext(connection) as three:
        client.get(url)
    reads = [query["sql"] for query in three if "sending_stops" in query["sql"]]
    assert (len(three), len(reads)) == (len(none), 1)
