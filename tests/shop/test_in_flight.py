"""What happens at the same moment: the price and a purchase, refunds, gifts, and what using needs."""

from functools import partial

from django.db import transaction

from degentalk.core.errors import MemberError
from degentalk.forum import services as forum
from shop import services as shop
from shop.errors import PriceChanged
from shop.models import DgtUnlock, DgtUnlockLog
from tests import make
from tests.shop.selling import balance, buy, rich, unlock
from tests.threads import beside, together, until_somebody_waits
from tests.wallet.test_ledger import drift


def outcome(verb):
    try:
        return verb()
    except MemberError as error:
        return error.code


def reprice(row, price):
    with transaction.atomic():
        DgtUnlock.objects.filter(pk=row.pk).update(cost_dgt=price)


def limited_or_not():
    return [unlock("streak_freeze", name="Unlimited"), unlock("streak_freeze", name="Limited", stock=5)]


def test_l18_who_buys_while_the_price_is_being_changed_waits_and_is_refused(committed_db):
    alice = rich()
    for row in limited_or_not():
        with transaction.atomic():
            DgtUnlock.objects.filter(pk=row.pk).update(cost_dgt=70)
            buying = beside(partial(outcome, partial(buy, alice, row, price=40)))
            until_somebody_waits()
        assert buying() == PriceChanged.code
    assert (balance(alice), DgtUnlockLog.objects.count()) == (100, 0)


def test_l18_a_price_is_not_changed_under_a_purchase_that_is_on_its_way(committed_db):
    alice = rich()
    for row in limited_or_not():
        with transaction.atomic():
            item = buy(alice, row, price=40)
            changing = beside(partial(reprice, row, 70))
            until_somebody_waits()
            row.refresh_from_db()
            assert (item.dgt_spent, row.cost_dgt) == (40, 40)
        changing()
        row.refresh_from_db()
        assert row.cost_dgt == 70
    assert (balance(alice), drift()) == (20, [])


def test_buyers_of_something_unlimited_do_not_wait_for_each_other(committed_db):
    alice, bob, row = rich(), rich("bob"), unlock("streak_freeze")
    with transaction.atomic():
        buy(alice, row)
        assert beside(lambda: buy(bob, row).state)() == "owned"


def test_two_who_buy_while_staff_limit_it_wait_and_then_buy_one_after_the_other(committed_db):
    alice, bob, row = rich(), rich("bob"), unlock("streak_freeze")
    with transaction.atomic():
        DgtUnlock.objects.filter(pk=row.pk).update(stock=1)
        buying = [beside(partial(outcome, lambda who=who: buy(who, row).state)) for who in (alice, bob)]
        until_somebody_waits()
    assert sorted(bought() for bought in buying) == ["owned", "sold-out"]
    row.refresh_from_db()
    assert (row.stock, balance(alice) + balance(bob)) == (0, 160)


def test_a_gift_for_the_limit_of_a_member_is_given_by_one_of_many(committed_db):
    bob, row = rich("bob", 0), unlock("title")
    givers = [rich(f"giver_{number}") for number in range(8)]
    told = together([lambda giver=giver: outcome(lambda: buy(giver, row, to=bob).state) for giver in givers])
    assert sorted(told) == ["already-owned"] * 7 + ["owned"]
    assert sorted(map(balance, givers)) == [60] + [100] * 7


def test_a_piece_is_refunded_once_when_many_ask_for_it(committed_db):
    otto, alice = make.user("otto", is_staff=True, is_superuser=True), rich()
    row = unlock("streak_freeze", stock=1)
    item = buy(alice, row)
    refund = partial(shop.refund, item=item, actor=otto, reason="By mistake")
    told = together([lambda: outcome(lambda: refund().state)] * 6)
    assert sorted(told) == ["no-refund"] * 5 + ["refunded"]
    row.refresh_from_db()
    assert (balance(alice), row.stock, drift()) == (100, 1, [])


def test_highlighting_and_writing_in_the_same_thread_never_deadlock(committed_db):
    alice, row = rich(dgt=1_000), unlock("thread_highlight")
    threads = [make.thread(alice, title=f"Thread {number}") for number in range(6)]
    items = [buy(alice, row) for _thread in threads]
    shine = [partial(shop.use, user=alice, item_id=i.pk, target=str(t.pk)) for i, t in zip(items, threads, strict=True)]
    write = [partial(forum.reply, author=alice, thread=thread, body=f"Look at {thread.title}") for thread in threads]
    together([verb for pair in zip(shine, write, strict=True) for verb in pair])
    assert DgtUnlockLog.objects.filter(state="used").count() == 6
