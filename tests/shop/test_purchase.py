"""Buying: money, stock, delivery and the log together or not at all; the price is the one that was seen."""

from datetime import timedelta

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from degentalk.accounts import services as accounts
from degentalk.accounts.models import Notification, User
from degentalk.core import clock, switches
from degentalk.core.errors import KeyReused, MemberError, Refused
from paths.models import XpPath
from shop import services as shop
from shop.errors import (
    AlreadyOwned,
    CannotReceive,
    GateClosed,
    LimitReached,
    NoSuchUnlock,
    NotAvailable,
    NotGiftable,
    PriceChanged,
    SoldOut,
)
from shop.models import DgtUnlock, DgtUnlockLog
from tests import make
from tests.shop.selling import balance, buy, rich, unlock
from tests.threads import together
from tests.wallet.test_ledger import drift
from wallet import services as wallet
from wallet.errors import NotEnoughDGT, PaymentDisputed, TooNew, Unverified
from wallet.models import DgtTransaction
from xp.models import StreakFreeze


def refusal(error, user, row, **more):
    before = balance(user), DgtUnlockLog.objects.count(), DgtUnlock.objects.get(pk=row.pk).stock
    with pytest.raises(error) as refused:
        buy(user, row, **more)
    assert (balance(user), DgtUnlockLog.objects.count(), DgtUnlock.objects.get(pk=row.pk).stock) == before
    return str(refused.value)


def test_a_purchase_moves_dgt_to_the_shop_and_writes_what_was_acquired(db):
    alice, row = rich(), unlock()
    item = buy(alice, row)
    assert (balance(alice), drift()) == (60, [])
    assert (item.user, item.payer, item.kind, item.dgt_spent, item.state) == (alice, alice, "purchase", 40, "owned")
    assert (item.name, item.type, item.unlock_data) == (row.name, row.type, row.unlock_data)
    paid = DgtTransaction.objects.get(journal_id=item.journal_id, user=alice)
    assert (paid.amount, paid.journal.kind, paid.description) == (-40, "debit", "Bought: Test avatar_frame")


def test_the_same_key_and_request_buys_once(db):
    alice, row = rich(), unlock("streak_freeze")
    first = buy(alice, row, key="unlock:1")
    assert buy(alice, row, key="unlock:1") == first
    assert (balance(alice), StreakFreeze.objects.filter(user=alice).count()) == (60, 1)


def test_the_same_key_for_something_else_is_refused(db):
    alice, row = rich(), unlock("streak_freeze")
    buy(alice, row, key="unlock:1")
    refusal(KeyReused, alice, unlock("path_switch"), key="unlock:1")
    refusal(KeyReused, alice, row, key="unlock:1", to=rich("bob", 0))
    refusal(KeyReused, rich("mallory"), row, key="unlock:1")


def test_l18_a_price_that_changed_is_refused_and_says_the_new_one(db):
    alice, row = rich(), unlock(cost=40)
    DgtUnlock.objects.filter(pk=row.pk).update(cost_dgt=30)
    assert "30 DGT now" in refusal(PriceChanged, alice, row, price=40)
    assert buy(alice, row, price=30).dgt_spent == 30


@pytest.mark.parametrize("price", [0, -40, 41, 39])
def test_l18_the_buyer_never_decides_the_price(db, price):
    refusal(PriceChanged, rich(), unlock(cost=40), price=price)


def test_l18_a_sale_counts_from_its_first_instant_to_before_its_last(db):
    alice, now = rich(dgt=1_000), clock.database_time()
    starts, ends = now + timedelta(hours=1), now + timedelta(hours=2)
    row = unlock("streak_freeze", cost=40, sale_cost_dgt=25, sale_starts_at=starts, sale_ends_at=ends)
    tick = timedelta(microseconds=1)
    for moment, price in ((starts - tick, 40), (starts, 25), (ends - tick, 25), (ends, 40)):
        with clock.at(moment):
            assert buy(alice, row, price=price).dgt_spent == price


def test_nobody_buys_what_they_cannot_pay(db):
    refusal(NotEnoughDGT, rich(dgt=39), unlock(cost=40))


def test_what_is_sold_out_is_refused(db):
    assert "Sold out" in refusal(SoldOut, rich(), unlock(stock=0))


def test_the_stock_goes_down_by_one(db):
    row = unlock(stock=2)
    buy(rich(), row)
    assert DgtUnlock.objects.get(pk=row.pk).stock == 1


def test_it_is_sold_in_its_window_only(db):
    alice, now = rich(dgt=1_000), clock.database_time()
    opens, closes = now + timedelta(hours=1), now + timedelta(hours=2)
    row = unlock("streak_freeze", available_from=opens, available_until=closes)
    tick = timedelta(microseconds=1)
    for moment, is_open in ((opens - tick, False), (opens, True), (closes - tick, True), (closes, False)):
        with clock.at(moment):
            if is_open:
                buy(alice, row)
            else:
                refusal(NotAvailable, alice, row)


def test_a_level_that_is_not_reached_locks_it(db):
    assert "Reach level 5 first: you have level 1" in refusal(GateClosed, rich(), unlock(min_level=5))


def test_a_path_that_is_not_far_enough_locks_it(db):
    path = XpPath.objects.create(id="test-path", name="Tester", color="lime")
    row = unlock(required_path=path, min_path_level=2)
    assert "level 2 of the path Tester" in refusal(GateClosed, rich(), row)


def test_something_to_wear_is_owned_once(db):
    alice, row = rich(), unlock()
    buy(alice, row)
    refusal(AlreadyOwned, alice, row)


def test_there_may_be_a_limit_per_member(db):
    alice, row = rich(dgt=1_000), unlock("streak_freeze", limit_per_member=2)
    buy(alice, row), buy(alice, row)
    assert "You can have 2 of them" in refusal(LimitReached, alice, row)


def test_what_is_not_in_the_shop_cannot_be_bought(db):
    refusal(NoSuchUnlock, rich(), unlock(is_listed=False))


def test_a_type_that_nobody_knows_cannot_be_bought(db):
    row = unlock()
    DgtUnlock.objects.filter(pk=row.pk).update(type="hologram")
    refusal(NoSuchUnlock, rich(), row)


def test_while_the_shop_is_switched_off_nothing_is_sold_and_what_is_owned_works(db):
    alice, row = rich(), unlock()
    item = buy(alice, row)
    switches.set_switch(name="shop", is_on=False, actor=make.user("root", is_staff=True), reason="Prices are wrong.")
    refusal(switches.SwitchedOff, alice, unlock("title"))
    shop.equip(user=alice, item_id=item.pk)


def test_the_suspended_buy_nothing(db):
    alice, row = rich(), unlock()
    alice.is_active = False
    alice.save(update_fields=["is_active"])
    refusal(Refused, alice, row)


def test_what_fails_at_delivery_takes_no_money(db, monkeypatch):
    alice, row = rich(), unlock("streak_freeze", stock=3)

    def broken(**_arguments):
        raise RuntimeError("no delivery")

    monkeypatch.setattr("xp.unlocks.streak_freeze.grant_streak_freeze", broken)
    with pytest.raises(RuntimeError):
        buy(alice, row)
    assert (balance(alice), DgtUnlockLog.objects.count(), DgtUnlock.objects.get(pk=row.pk).stock) == (100, 0, 3)


# ── gifts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a6_who_may_not_send_dgt_yet_gives_no_gifts(db):
    bob, row = rich("bob", 0), unlock()
    young = rich("mallory")
    User.objects.filter(pk=young.pk).update(date_joined=timezone.now())
    refusal(TooNew, User.objects.get(pk=young.pk), row, to=bob)
    alice = rich()
    alice.emailaddress_set.update(verified=False)
    refusal(Unverified, alice, row, to=bob)
    assert buy(alice, row).payer == alice


def test_s19_who_disputes_a_payment_gives_no_gifts_until_it_is_decided(db):
    alice, bob, row = rich(), rich("bob", 0), unlock()
    wallet.stop_sending(user=alice, because="order:1")
    refusal(PaymentDisputed, alice, row, to=bob)
    wallet.let_send(user=alice, because="order:1")
    assert buy(alice, row, to=bob).user == bob


def test_who_cannot_pay_learns_nothing_of_others(db):
    bob, row = rich("bob"), unlock(limit_per_member=1)
    buy(bob, row)
    refusal(NotEnoughDGT, rich("mallory", 10), row, to=bob)


def test_a_gift_to_oneself_is_none(db):
    alice = rich()
    refusal(CannotReceive, alice, unlock(), to=alice)


def test_a_gift_is_paid_by_one_and_owned_by_the_other_who_is_told(db):
    alice, bob, row = rich(), rich("bob", 0), unlock()
    item = buy(alice, row, to=bob, note="For the help")
    assert (item.user, item.payer, item.kind, balance(alice)) == (bob, alice, "gift", 60)
    told = Notification.objects.get(user=bob, key=f"gift:{item.pk}")
    assert told.text == "alice gave you “Test avatar_frame”. They say: For the help"


def test_a_gift_is_judged_for_whoever_will_own_it(db):
    alice, bob = rich(dgt=120), rich("bob", 0)
    assert "bob needs level 5" in refusal(GateClosed, alice, unlock(min_level=5), to=bob)
    row = unlock("title")
    buy(alice, row)
    buy(alice, row, to=bob)
    assert "bob has it already" in refusal(AlreadyOwned, alice, row, to=bob)


def test_not_everything_can_be_given(db):
    refusal(NotGiftable, rich(), unlock(is_giftable=False), to=rich("bob", 0))


def test_nobody_gives_to_themselves_to_their_other_account_or_to_the_suspended(db):
    alice, bob, row = rich(), rich("bob", 0), unlock()
    refusal(CannotReceive, alice, row, to=type(alice).objects.get(pk=alice.pk))
    bob.is_active = False
    bob.save(update_fields=["is_active"])
    refusal(CannotReceive, alice, row, to=bob)
    second = rich("alice_too", 0)
    accounts.declare_one_person(
        user=alice, other=second, actor=make.user("root", is_staff=True, is_superuser=True), reason="One person"
    )
    refusal(CannotReceive, alice, row, to=second)


def test_a_note_that_is_too_long_is_refused(db):
    refusal(Refused, rich(), unlock(), to=rich("bob", 0), note="x" * 281)


# ── races ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def outcome(verb):
    try:
        return verb()
    except MemberError as error:
        return error.code


def test_l17_twenty_buyers_of_three_buy_exactly_three(committed_db):
    row = unlock(stock=3)
    buyers = [rich(f"buyer_{number}") for number in range(20)]
    told = together([lambda buyer=buyer: outcome(lambda: buy(buyer, row).state) for buyer in buyers])
    assert sorted(told) == ["owned"] * 3 + ["sold-out"] * 17
    assert DgtUnlock.objects.get(pk=row.pk).stock == 0
    assert sorted(map(balance, buyers)) == [60] * 3 + [100] * 17
    assert DgtUnlockLog.objects.filter(unlock=row, journal__isnull=False).count() == 3
    assert drift() == []


def test_l13_twenty_purchases_at_once_spend_what_there_is_and_no_more(committed_db):
    alice, row = rich(dgt=100), unlock("streak_freeze", cost=40)
    told = together([lambda: outcome(lambda: buy(alice, row).state)] * 20)
    assert (told.count("owned"), told.count("not-enough-dgt"), balance(alice)) == (2, 18, 20)
    assert StreakFreeze.objects.filter(user=alice).count() == 2


def test_a_limit_per_member_holds_when_all_are_sent_at_once(committed_db):
    alice, row = rich(dgt=1_000), unlock("streak_freeze", limit_per_member=3)
    told = together([lambda: outcome(lambda: buy(alice, row).state)] * 10)
    assert (told.count("owned"), told.count("limit-reached"), balance(alice)) == (3, 7, 880)


def test_something_to_wear_is_bought_once_when_all_are_sent_at_once(committed_db):
    alice, row = rich(dgt=1_000), unlock()
    told = together([lambda: outcome(lambda: buy(alice, row).state)] * 10)
    assert (told.count("owned"), told.count("already-owned"), balance(alice)) == (1, 9, 960)


def test_l18_a_price_that_changes_in_flight_is_honoured_as_quoted_or_refused(committed_db):
    row = unlock("streak_freeze", cost=40)
    buyers = [rich(f"buyer_{number}") for number in range(12)]

    def dearer():
        with transaction.atomic():
            DgtUnlock.objects.filter(pk=row.pk).update(cost_dgt=70)
        return "changed"

    verbs = [lambda buyer=buyer: outcome(lambda: buy(buyer, row, price=40).state) for buyer in buyers]
    told = together([*verbs[:6], dearer, *verbs[6:]])
    assert set(told) <= {"owned", "price-changed", "changed"}
    sold = told.count("owned")
    assert sorted(map(balance, buyers)) == [60] * sold + [100] * (12 - sold)
    assert set(DgtUnlockLog.objects.values_list("dgt_spent", flat=True)) <= {40}


def test_gifts_in_a_circle_never_deadlock(committed_db):
    members = [rich(f"member_{number}", 1_000) for number in range(3)]
    row = unlock("streak_freeze", cost=1)
    pairs = [(members[n % 3], members[(n + 1 + n // 3 % 2) % 3]) for n in range(18)]
    told = together([lambda a=a, b=b: outcome(lambda: buy(a, row, to=b).state) for a, b in pairs])
    assert told == ["owned"] * 18
    assert drift() == []


# ── the log ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "statement",
    [
        "delete from dgt_unlock_log",
        "update dgt_unlock_log set dgt_spent = 1",
        "update dgt_unlock_log set user_id = user_id + 1",
        "truncate dgt_unlock_log",
    ],
)
def test_what_was_acquired_cannot_be_rewritten_by_the_site_or_by_the_owner(committed_db, owner, statement):
    buy(rich(), unlock())
    with pytest.raises(Error), connection.cursor() as cursor:
        cursor.execute(statement)
    with pytest.raises(Exception, match="does not change|is refused"):
        owner.execute(statement)
