"""What the policy says of transfers and tips, decided by the door under its locks: MONEY.md A6, A9, A17, L15."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from degentalk.core import clock, switches
from degentalk.core.clock import database_time
from degentalk.core.switches import SwitchedOff
from tests import make
from tests.threads import together
from tests.wallet.test_ledger import drift, give
from wallet import rules
from wallet import services as wallet
from wallet.errors import (
    CannotReceive,
    DailyLimit,
    FeeChanged,
    Locked,
    NoSuchAccount,
    NotEnoughDGT,
    TooLittle,
    TooMuch,
    TooNew,
    Unverified,
)
from wallet.models import DgtJournal, DgtTransaction, UserWallet, WalletPolicy


@pytest.fixture
def alice(db):
    alice = make.verified(make.user("alice"))
    give(alice, 1_000)
    return alice


@pytest.fixture
def bob(db):
    return make.verified(make.user("bob"))


def policy(**figures):
    WalletPolicy.objects.update(**figures)


def balance(user):
    return UserWallet.objects.of(user).dgt_balance


def send(sender, receiver, amount, key="transfer:1", **more):
    return wallet.transfer(sender=sender, receiver=receiver, amount=amount, key=key, **more)


def tip(sender, receiver, amount, key="tip:1"):
    return wallet.tip(sender=sender, receiver=receiver, amount=amount, key=key, cause=("post", 91))


def joined(user, hours_ago):
    user.date_joined = database_time() - timedelta(hours=hours_ago)
    user.save(update_fields=["date_joined"])


def test_the_smallest_and_the_largest_transfer_are_the_policys(alice, bob):
    policy(transfer_min_dgt=10, transfer_max_dgt=20)
    with pytest.raises(TooLittle, match="at least 10 DGT"):
        send(alice, bob, 9)
    with pytest.raises(TooMuch, match="at most 20 DGT"):
        send(alice, bob, 21)
    send(alice, bob, 10, "transfer:2")
    send(alice, bob, 20, "transfer:3")
    assert (balance(alice), balance(bob)) == (970, 30)


def test_tips_have_limits_of_their_own(alice, bob):
    policy(transfer_max_dgt=10, tip_min_dgt=5, tip_max_dgt=50)
    with pytest.raises(TooLittle):
        tip(alice, bob, 4)
    with pytest.raises(TooMuch):
        tip(alice, bob, 51)
    tip(alice, bob, 50)
    assert balance(bob) == 50


def test_the_daily_limit_counts_transfers_with_tips(alice, bob):
    policy(daily_max_dgt=100)
    send(alice, bob, 60)
    tip(alice, bob, 30)
    with pytest.raises(DailyLimit, match="100 DGT in a day .* 10 of it are left"):
        send(alice, bob, 11, "transfer:2")
    send(alice, bob, 10, "transfer:3")
    assert balance(bob) == 100


def test_the_daily_limit_begins_anew_at_midnight_utc(alice, bob):
    policy(daily_max_dgt=100, min_account_age_hours=0)
    midnight = database_time().replace(hour=0, minute=0, second=0, microsecond=0)
    with clock.at(midnight - timedelta(seconds=1)):
        send(alice, bob, 100)
        with pytest.raises(DailyLimit):
            send(alice, bob, 1, "transfer:2")
    with clock.at(midnight):
        send(alice, bob, 100, "transfer:3")
    assert balance(bob) == 200


def test_a8_a_transfer_that_waited_over_midnight_opens_no_day_twice(alice, bob):
    policy(daily_max_dgt=100, min_account_age_hours=0)
    midnight = database_time().replace(hour=0, minute=0, second=0, microsecond=0)
    with clock.at(midnight):
        send(alice, bob, 60)
    with clock.at(midnight - timedelta(seconds=1)):  # began before the other one, and had to wait for it
        send(alice, bob, 40, "transfer:2")
    with clock.at(midnight + timedelta(seconds=1)), pytest.raises(DailyLimit, match="and 0 of it are left"):
        send(alice, bob, 1, "transfer:3")


def test_what_one_receives_is_not_counted_in_the_daily_limit(alice, bob):
    policy(daily_max_dgt=100)
    send(alice, bob, 100)
    send(bob, alice, 100, "transfer:2")
    assert (balance(alice), balance(bob)) == (1_000, 0)


def test_a7_parallel_transfers_pass_exactly_the_daily_limit(committed_db):
    alice, bob = make.verified(make.user("alice")), make.verified(make.user("bob"))
    give(alice, 10_000)
    policy(daily_max_dgt=100)
    answers = together([lambda n=n: send(alice, bob, 10, f"transfer:{n}") for n in range(20)], refusals=DailyLimit)
    assert sum(isinstance(answer, wallet.Journal) for answer in answers) == 10
    assert (balance(bob), drift()) == (100, [])


def test_a_fee_comes_on_top_and_burns(alice, bob):
    policy(fee_bps=250)
    send(alice, bob, 100)
    assert (balance(alice), balance(bob)) == (898, 100)
    fees = DgtTransaction.objects.filter(account__name="fees").values_list("amount", flat=True)
    assert list(fees) == [rules.fee(100, 250)] == [2]


def test_l18_a_fee_that_changed_since_it_was_shown_is_refused(alice, bob):
    policy(fee_bps=250)
    with pytest.raises(FeeChanged, match="is 2 DGT now"):
        send(alice, bob, 100, fee=1)
    assert balance(bob) == 0


def test_a_fee_is_part_of_what_one_must_have(alice, bob):
    policy(fee_bps=1_000)
    with pytest.raises(NotEnoughDGT, match="You have 1,000 DGT; this needs 1,100"):
        send(alice, bob, 1_000)


def test_the_fee_of_the_door_is_the_fee_of_the_rules(alice, bob):
    for n, (amount, bps) in enumerate([(1, 9_999), (7, 1_428), (99, 101), (333, 33), (10, 10_000)]):
        policy(fee_bps=bps)
        send(alice, bob, amount, f"transfer:{n}", fee=rules.fee(amount, bps))
    assert DgtJournal.objects.filter(kind="transfer").count() == 5


def test_l8_an_amount_that_is_too_much_with_its_fee_is_refused(alice, bob):
    policy(transfer_max_dgt=10**12, daily_max_dgt=10**12, fee_bps=100)
    with pytest.raises(TooMuch, match="at most 990,000,000,000 DGT"):
        send(alice, bob, 10**12)


def test_a_tip_costs_no_fee(alice, bob):
    policy(fee_bps=1_000)
    tip(alice, bob, 100)
    assert (balance(alice), balance(bob)) == (900, 100)


def test_a_tip_says_what_for(alice, bob):
    tip(alice, bob, 5)
    entry = DgtTransaction.objects.of(bob).get()
    assert (entry.transaction_type, entry.reference_type, entry.reference_id) == ("tip", "post", 91)


def test_a6_a_new_account_does_not_send(alice, bob):
    joined(alice, 23)
    with pytest.raises(TooNew, match="Your account is too new to send DGT. You can from"):
        send(alice, bob, 1)


def test_a6_a_new_account_does_not_receive(alice, bob):
    joined(bob, 23)
    with pytest.raises(CannotReceive, match="cannot receive DGT at the moment"):
        send(alice, bob, 1)


def test_a6_an_account_is_old_enough_to_the_second(alice, bob):
    bob.date_joined = timezone.now() - timedelta(days=3)
    bob.save(update_fields=["date_joined"])
    with clock.at(bob.date_joined + timedelta(hours=24, seconds=-1)), pytest.raises(CannotReceive):
        send(alice, bob, 1)
    with clock.at(bob.date_joined + timedelta(hours=24)):
        send(alice, bob, 1, "transfer:2")
    assert balance(bob) == 1


def test_a6_both_need_a_confirmed_address(alice):
    mallory = make.user("mallory")
    give(mallory, 50, key="gift:2")
    with pytest.raises(CannotReceive, match="cannot receive DGT at the moment"):
        send(alice, mallory, 1)
    with pytest.raises(Unverified, match="Confirm your e-mail address first"):
        send(mallory, alice, 1)
    policy(needs_verified_email=False)
    send(mallory, alice, 1)
    assert balance(alice) == 1_001


def test_a9_bought_dgt_is_not_sent_for_some_days(alice, bob):
    wallet.purchase(user=alice, amount=500, source="stripe", key="order:1", description="500 DGT")
    with pytest.raises(Locked, match="Of your balance 1,000 DGT can be sent now"):
        send(alice, bob, 1_001)
    send(alice, bob, 1_000)
    assert (balance(alice), wallet.transferable_of(alice).transferable) == (500, 0)


def test_a9_bought_dgt_can_be_spent_at_once(alice):
    wallet.purchase(user=alice, amount=500, source="usdt", key="order:1", description="500 DGT")
    wallet.debit(user=alice, amount=1_500, to="shop", key="buy:1", description="Everything")
    assert balance(alice) == 0


def test_a9_bought_dgt_can_be_sent_after_the_days(alice, bob):
    policy(purchases_locked_days=14)
    bought_at = database_time() - timedelta(days=20)
    with clock.at(bought_at):
        wallet.purchase(user=alice, amount=500, source="stripe", key="order:1", description="500 DGT")
    with clock.at(bought_at + timedelta(days=14, seconds=-1)), pytest.raises(Locked):
        send(alice, bob, 1_500)
    with clock.at(bought_at + timedelta(days=14)):
        send(alice, bob, 1_500, "transfer:2")
    assert balance(bob) == 1_500


def test_a9_a_purchase_that_was_taken_back_locks_nothing(alice, bob):
    bought = wallet.purchase(user=alice, amount=500, source="stripe", key="order:1", description="500 DGT")
    wallet.reverse(journal_id=bought.id, key="refund:1", reason="Refunded", actor=None)
    send(alice, bob, 1_000)
    assert balance(bob) == 1_000


def test_a_purchase_is_not_earned(alice):
    wallet.purchase(user=alice, amount=500, source="stripe", key="order:1", description="500 DGT")
    assert UserWallet.objects.of(alice).lifetime_earned == 1_000


@pytest.mark.parametrize(("switch", "verb"), [("transfers", send), ("tips", tip)])
def test_a17_a_switch_stops_its_kind_at_once(alice, bob, switch, verb):
    switches.set_switch(name=switch, is_on=False, actor=make.moderator(), reason="An incident")
    with pytest.raises(SwitchedOff):
        verb(alice, bob, 5)
    assert balance(bob) == 0
    switches.set_switch(name=switch, is_on=True, actor=alice, reason="Over")
    verb(alice, bob, 5)
    assert balance(bob) == 5


def test_a17_transfers_go_on_while_tips_are_off(alice, bob):
    switches.set_switch(name="tips", is_on=False, actor=make.moderator(), reason="An incident")
    send(alice, bob, 5)
    assert balance(bob) == 5


def test_a_used_key_answers_the_same_whatever_the_policy_says_now(alice, bob):
    first = send(alice, bob, 100)
    policy(transfer_max_dgt=10)
    switches.set_switch(name="transfers", is_on=False, actor=alice, reason="An incident")
    bob.is_active = False
    bob.save(update_fields=["is_active"])
    again = send(alice, bob, 100)
    assert (again.id, again.replayed, balance(bob)) == (first.id, True, 100)


def test_l15_a_system_account_is_no_member_to_send_to(alice):
    with pytest.raises(NoSuchAccount, match="no such member"), transaction.atomic(), connection.cursor():
        wallet.transfer(sender=alice, receiver=type(alice)(pk=10**9), amount=1, key="transfer:1")


def test_what_may_be_sent_leaves_room_for_the_fee(alice, bob):
    policy(fee_bps=100)
    most = wallet.transferable_of(alice).now
    with pytest.raises(NotEnoughDGT):
        send(alice, bob, most + 1)
    send(alice, bob, most, "transfer:2")
    assert (most, balance(alice)) == (991, 0)


def test_a_frozen_wallet_may_send_nothing(alice):
    wallet.freeze(user=alice, reason="Looking into it", actor=None)
    facts = wallet.transferable_of(alice)
    assert (facts.now, facts.locked) == (0, 0)


def test_what_may_be_sent_is_told_before_it_is_tried(alice, bob):
    policy(daily_max_dgt=300)
    wallet.purchase(user=alice, amount=500, source="stripe", key="order:1", description="500 DGT")
    send(alice, bob, 100)
    facts = wallet.transferable_of(alice)
    assert (facts.balance, facts.locked, facts.transferable, facts.daily_left) == (1_400, 500, 900, 200)
    assert facts.locked_until == DgtTransaction.objects.purchases_of(alice).get().created_at + timedelta(days=14)
