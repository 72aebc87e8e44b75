"""Worn, used, granted and taken back: what a member has, what others see of it, and what staff may do about it."""

from datetime import timedelta
from functools import partial

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission

from degentalk.accounts.models import Notification
from degentalk.approvals import services as approvals
from degentalk.approvals.errors import ApprovalNeeded
from degentalk.core import clock
from degentalk.core.errors import MemberError, Refused
from degentalk.forum.models import Thread, ThreadHighlight
from paths import services as paths
from paths.models import PathSwitchToken, XpPath
from shop import services as shop
from shop.errors import NoRefund, NotWearable, NotYours, SoldOut, UsedUp
from shop.models import DgtUnlock, DgtUnlockLog, ShopPolicy
from tests import make
from tests.shop.selling import balance, buy, rich, unlock
from tests.threads import together
from tests.wallet.test_ledger import drift
from wallet import services as wallet
from wallet.models import WalletPolicy
from wallet.services.staff import reverse_by_staff
from xp import services as xp
from xp.models import StreakFreeze, XpBoost


def look(user):
    user.refresh_from_db()
    return user.look


@pytest.fixture
def otto(db):
    return make.user("otto", is_staff=True, is_superuser=True)


# ── wearing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_equipped_is_what_everybody_sees(db):
    alice = rich()
    item = buy(alice, unlock("badge"))
    shop.equip(user=alice, item_id=item.pk), shop.equip(user=alice, item_id=item.pk)
    assert look(alice) == {"badge": {"icon": "crown", "label": "Early bird"}}
    shop.unequip(user=alice, item_id=item.pk), shop.unequip(user=alice, item_id=item.pk)
    assert look(alice) == {}


def test_a_slot_holds_one_thing_and_slots_do_not_touch_each_other(db):
    alice = rich(dgt=1_000)
    gold = buy(alice, unlock("avatar_frame"))
    neon = buy(alice, unlock("avatar_frame", unlock_data={"frame": "neon"}))
    title = buy(alice, unlock("title"))
    for item in (gold, title, neon):
        shop.equip(user=alice, item_id=item.pk)
    assert look(alice) == {"avatar_frame": "neon", "title": "Whale watcher"}
    assert set(DgtUnlockLog.objects.exclude(equipped_slot=None)) == {neon, title}


def test_two_things_for_one_slot_at_once_leave_one(committed_db):
    alice = rich(dgt=1_000)
    items = [buy(alice, unlock("avatar_frame", unlock_data={"frame": name})) for name in ("gold", "neon", "silver")]
    together([lambda item=item: shop.equip(user=alice, item_id=item.pk) for item in items * 3])
    worn = DgtUnlockLog.objects.get(equipped_slot="avatar_frame")
    assert look(alice) == {"avatar_frame": worn.unlock_data["frame"]}


def test_what_staff_change_later_changes_nothing_that_somebody_has(db):
    alice, row = rich(), unlock("title")
    item = buy(alice, row)
    DgtUnlock.objects.filter(pk=row.pk).update(unlock_data={"text": "Other"}, name="Other")
    shop.equip(user=alice, item_id=item.pk)
    assert look(alice) == {"title": "Whale watcher"}


def test_nobody_wears_what_is_not_theirs_or_nothing_to_wear(db):
    alice = rich()
    item = buy(alice, unlock("title"))
    with pytest.raises(NotYours):
        shop.equip(user=rich("mallory"), item_id=item.pk)
    with pytest.raises(NotWearable):
        shop.equip(user=alice, item_id=buy(alice, unlock("streak_freeze")).pk)


# ── using ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_boost_starts_when_it_is_used_multiplies_and_ends(db):
    alice = rich()
    item = buy(alice, unlock("xp_boost"))
    assert not XpBoost.objects.exists()
    now = clock.database_time()
    with clock.at(now):
        told = shop.use(user=alice, item_id=item.pk)
        assert shop.use(user=alice, item_id=item.pk) == told
    boost = XpBoost.objects.get(user=alice)
    assert (boost.starts_at, boost.ends_at, boost.source) == (now, now + timedelta(hours=24), item.source)
    gain = xp.award(user=alice, action="thread_created", key="thread:1", cause=("thread", 1))
    assert (gain.points, gain.why.multipliers[0].source) == (40, f"boost:{item.source}")
    with clock.at(now + timedelta(hours=24)):
        assert xp.award(user=alice, action="thread_created", key="thread:2", cause=("thread", 2)).points == 20


def test_a_second_boost_waits_for_the_first_and_is_not_lost(db):
    alice = rich()
    row = unlock("xp_boost")
    first, second = buy(alice, row), buy(alice, row)
    shop.use(user=alice, item_id=first.pk)
    with pytest.raises(Refused, match="runs until"):
        shop.use(user=alice, item_id=second.pk)
    second.refresh_from_db()
    assert second.state == "owned"


def test_of_two_boosts_that_are_started_at_once_one_waits(committed_db):
    alice, row = rich(), unlock("xp_boost")
    items = [buy(alice, row) for _ in range(2)]
    calls = [partial(shop.use, user=alice, item_id=item.pk) for item in items]
    told = together(calls, refusals=Refused)
    assert sorted(str(words).split(" until")[0] for words in told) == [
        "A boost of yours runs", "Your boost runs: ×2 on all XP",
    ]  # fmt: skip
    assert (XpBoost.objects.count(), DgtUnlockLog.objects.filter(state="owned").count()) == (1, 1)


def test_a_boost_is_used_once_when_it_is_clicked_often(committed_db):
    alice = rich()
    item = buy(alice, unlock("xp_boost"))
    assert len(set(together([lambda: shop.use(user=alice, item_id=item.pk)] * 8))) == 1
    assert XpBoost.objects.count() == 1


def test_a_freeze_and_a_switch_are_there_at_once(db):
    alice = rich()
    freeze, switch = buy(alice, unlock("streak_freeze")), buy(alice, unlock("path_switch"))
    assert StreakFreeze.objects.get(user=alice).source == freeze.source
    assert PathSwitchToken.objects.get(user=alice).source == switch.source
    for item in (freeze, switch):
        with pytest.raises(UsedUp):
            shop.use(user=alice, item_id=item.pk)


def test_a_highlight_shows_ones_own_thread_for_its_hours(db):
    alice = rich()
    thread, item = make.thread(alice), buy(alice, unlock("thread_highlight"))
    now = clock.database_time()
    with clock.at(now):
        shop.use(user=alice, item_id=item.pk, target=str(thread.pk))
    thread.refresh_from_db()
    assert thread.highlighted_until == now + timedelta(hours=24)
    assert ThreadHighlight.objects.get().source == item.source


@pytest.mark.parametrize("target", ["", "x", "٣", "999999", "of bob", "locked", "removed"])
def test_a_highlight_is_for_ones_own_open_threads_only(db, target):
    alice = rich()
    item, own = buy(alice, unlock("thread_highlight")), make.thread(alice)
    if target == "of bob":
        target = str(make.thread(make.user("bob")).pk)
    elif target in {"locked", "removed"}:
        Thread.objects.filter(pk=own.pk).update(**{f"is_{target}": True})
        target = str(own.pk)
    with pytest.raises(Refused):
        shop.use(user=alice, item_id=item.pk, target=target)
    item.refresh_from_db()
    assert item.state == "owned"


def test_a_thread_is_highlighted_by_one_at_a_time(db):
    alice = rich()
    thread, row = make.thread(alice), unlock("thread_highlight")
    first, second = buy(alice, row), buy(alice, row)
    shop.use(user=alice, item_id=first.pk, target=str(thread.pk))
    with pytest.raises(Refused, match="already"):
        shop.use(user=alice, item_id=second.pk, target=str(thread.pk))


# ── granting ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_staff_give_with_a_reason_once_per_key_and_the_member_is_told(db, otto):
    alice, row = rich(dgt=0), unlock("title", stock=1, min_level=50)
    item = shop.grant(user=alice, unlock=row, actor=otto, reason="First prize", key="1")
    assert shop.grant(user=alice, unlock=row, actor=otto, reason="First prize", key="1") == item
    assert (item.kind, item.dgt_spent, item.payer, item.actor) == ("grant", 0, None, otto)
    assert DgtUnlock.objects.get(pk=row.pk).stock == 0
    assert "First prize" in Notification.objects.get(user=alice, key=f"grant:{item.pk}").text
    assert "First prize" in LogEntry.objects.get(user=otto).change_message
    with pytest.raises(SoldOut):
        shop.grant(user=rich("bob", 0), unlock=row, actor=otto, reason="Second prize", key="2")


def test_nobody_grants_without_a_reason_or_to_themselves(db, otto):
    row = unlock("title")
    with pytest.raises(Refused, match="Say why"):
        shop.grant(user=rich(), unlock=row, actor=otto, reason=" ", key="1")
    with pytest.raises(Refused, match="themselves"):
        shop.grant(user=otto, unlock=row, actor=otto, reason="Me", key="1")


# ── refunds ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_refund_gives_the_money_back_and_takes_the_thing(db, otto):
    alice, row = rich(), unlock(stock=1)
    item = buy(alice, row)
    shop.equip(user=alice, item_id=item.pk)
    shop.refund(item=item, actor=otto, reason="Bought by mistake")
    item.refresh_from_db()
    assert (balance(alice), item.state, look(alice), drift()) == (100, "refunded", {}, [])
    assert DgtUnlock.objects.get(pk=row.pk).stock == 1
    assert "Bought by mistake" in Notification.objects.get(user=alice, key=f"refund:{item.pk}:payer").text
    assert buy(alice, row).state == "owned"


def test_a_gift_goes_back_to_who_paid_and_both_are_told(db, otto):
    alice, bob = rich(), rich("bob", 0)
    item = buy(alice, unlock(), to=bob)
    shop.refund(item=item, actor=otto, reason="Wrong member")
    assert (balance(alice), balance(bob)) == (100, 0)
    assert Notification.objects.filter(key__startswith=f"refund:{item.pk}").count() == 2


def test_what_was_delivered_is_taken_away_with_the_refund(db, otto):
    alice = rich()
    for kind, model in (("streak_freeze", StreakFreeze), ("path_switch", PathSwitchToken)):
        shop.refund(item=buy(alice, unlock(kind)), actor=otto, reason="Wrong one")
        assert not model.objects.exists()
    assert balance(alice) == 100


def test_what_is_used_is_not_refunded(db, otto):
    alice = rich(dgt=1_000)
    boost = buy(alice, unlock("xp_boost"))
    shop.use(user=alice, item_id=boost.pk)
    freeze = buy(alice, unlock("streak_freeze"))
    StreakFreeze.objects.update(used_for="2026-11-01")
    switch = buy(alice, unlock("path_switch"))
    for number in ("test-one", "test-two"):
        path = XpPath.objects.create(id=number, name=number, color="lime")
        paths.choose_primary(user=alice, path_id=path.pk, use_token=True)
    for item in (boost, freeze, switch):
        with pytest.raises(NoRefund, match="used"):
            shop.refund(item=item, actor=otto, reason="Please")
    assert balance(alice) == 880


def test_a_refund_has_a_window_a_reason_and_happens_once(db, otto):
    alice = rich()
    item = buy(alice, unlock())
    with pytest.raises(Refused, match="Say why"):
        shop.refund(item=item, actor=otto, reason=" ")
    with clock.at(item.acquired_at + timedelta(days=14)), pytest.raises(NoRefund, match="14 days"):
        shop.refund(item=item, actor=otto, reason="Late")
    ShopPolicy.objects.update(refund_days=0)
    with pytest.raises(NoRefund):
        shop.refund(item=item, actor=otto, reason="Never")
    ShopPolicy.objects.update(refund_days=14)
    with clock.at(item.acquired_at + timedelta(days=14, microseconds=-1)):
        shop.refund(item=item, actor=otto, reason="In time")
    with pytest.raises(NoRefund, match="already"):
        shop.refund(item=item, actor=otto, reason="Again")
    assert balance(alice) == 100


def test_nobody_refunds_what_concerns_themselves_or_what_was_free(db, otto):
    row = unlock()
    with pytest.raises(NoRefund, match="yourself"):
        shop.refund(item=buy(rich(), row, to=otto), actor=otto, reason="Mine")
    granted = shop.grant(user=rich("bob", 0), unlock=row, actor=otto, reason="Prize", key="1")
    with pytest.raises(NoRefund, match="Nothing was paid"):
        shop.refund(item=granted, actor=otto, reason="Back")


def test_a_large_refund_takes_two(db, otto):
    WalletPolicy.objects.update(approval_above_dgt=30)
    alice = rich()
    item = buy(alice, unlock(cost=40))
    with pytest.raises(ApprovalNeeded):
        shop.refund(item=item, actor=otto, reason="By mistake")
    item.refresh_from_db()
    assert (item.state, balance(alice)) == ("owned", 60)
    second = make.user("second", is_staff=True)
    second.user_permissions.add(Permission.objects.get(codename="refund_unlock"))
    request = shop.refund_or_ask(item=item, actor=otto, reason="By mistake", key="refund:1")
    approvals.approve(approval=request, actor=second)
    item.refresh_from_db()
    assert (item.state, balance(alice), drift()) == ("refunded", 100, [])


def test_of_a_refund_and_a_use_at_once_one_wins(committed_db):
    otto, alice, row = make.user("otto", is_staff=True, is_superuser=True), rich(dgt=1_000), unlock("xp_boost")

    def outcome(verb):
        try:
            verb()
        except MemberError as error:
            return error.code
        return "done"

    for number in range(4):
        item = buy(alice, row)
        before = balance(alice)
        used, refunded = together(
            [
                lambda item=item: outcome(lambda: shop.use(user=alice, item_id=item.pk)),
                lambda item=item: outcome(lambda: shop.refund(item=item, actor=otto, reason="Back")),
            ]
        )
        boosts = XpBoost.objects.filter(source=item.source).count()
        assert (used == "done", refunded == "done") in {(True, False), (False, True)}, number
        assert (boosts, balance(alice) - before) == ((1, 0) if used == "done" else (0, 40))
        if used == "done":
            break
    assert drift() == []


def test_the_ledger_does_not_take_a_purchase_back_alone(db, otto):
    alice = rich()
    item = buy(alice, unlock())
    with pytest.raises(Refused, match="refunded on the page of the acquired unlock"):
        reverse_by_staff(journal_id=item.journal_id, key="r:1", reason="Alone", actor=otto, into_debt=False)
    item.refresh_from_db()
    assert (item.state, balance(alice)) == ("owned", 60)


def test_what_was_reversed_alone_is_taken_away_by_the_refund_and_paid_once(db, otto):
    alice = rich()
    row = unlock(stock=1)
    item = buy(alice, row)
    journal = wallet.reverse(journal_id=item.journal_id, key="r:1", reason="By the site", actor=None)
    assert balance(alice) == 100
    taken = shop.refund(item=item, actor=otto, reason="Follows")
    row.refresh_from_db()
    assert (taken.state, taken.refund_journal_id, row.stock, balance(alice)) == ("refunded", journal.id, 1, 100)


def test_whoever_has_the_gift_does_not_decide_its_refund(db, otto):
    owner = make.user("owner", is_staff=True)
    item = buy(rich(), unlock(), to=owner)
    with pytest.raises(NoRefund, match="yourself"):
        shop.refund(item=item, actor=otto, approver=owner, reason="Both")
