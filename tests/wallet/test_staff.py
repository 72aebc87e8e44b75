"""What staff decide about members' DGT: MONEY.md A16, L29."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import transaction

from degentalk.accounts import services as accounts
from degentalk.accounts.models import Notification
from degentalk.approvals.errors import ApprovalNeeded
from degentalk.core import switches
from degentalk.core.errors import KeyReused, Refused
from tests import make
from tests.threads import together
from tests.wallet.test_ledger import drift, give
from wallet import services as wallet
from wallet.errors import CannotReceive, NotEnoughDGT, NotForYou, WalletFrozen
from wallet.models import DgtJournal, DgtTransaction, UserWallet, WalletFreeze, WalletPolicy
from xp import services as xp
from xp.models import LevelDgtRewardLog


def economist(username="otto"):
    member = make.user(username, is_staff=True)
    member.groups.add(Group.objects.get(name="economist"))
    return member


def admin():
    return make.user("root", is_staff=True, is_superuser=True)


@pytest.fixture
def alice(db):
    return make.verified(make.user("alice"))


@pytest.fixture
def otto(db):
    return economist()


def adjust(user, amount, actor, key="adjustment:1", **more):
    return wallet.adjust(user=user, amount=amount, reason="A prize", actor=actor, key=key, **more)


def balance(user):
    return UserWallet.objects.of(user).dgt_balance


def test_an_adjustment_is_a_journal_with_actor_and_reason(alice, otto):
    journal = adjust(alice, 50, otto)
    stored = DgtJournal.objects.get(pk=journal.id)
    assert (stored.kind, stored.actor, stored.reason, stored.approver) == ("adjustment", otto, "A prize", None)
    assert list(
        DgtTransaction.objects.filter(journal=stored).values_list("account__name", "amount").order_by("line")
    ) == [
        ("adjustments", -50),
        (None, 50),
    ]


def test_staff_take_dgt_too(alice, otto):
    give(alice, 80)
    adjust(alice, -30, otto)
    assert (balance(alice), drift()) == (50, [])


def test_staff_take_no_more_than_there_is(alice, otto):
    give(alice, 20)
    with pytest.raises(NotEnoughDGT, match="The member has 20 DGT; this needs 30"):
        adjust(alice, -30, otto)


def test_an_adjustment_is_neither_earned_nor_spent(alice, otto):
    adjust(alice, 50, otto)
    adjust(alice, -20, otto, "adjustment:2")
    row = UserWallet.objects.of(alice)
    assert (row.dgt_balance, row.lifetime_earned, row.lifetime_spent) == (30, 0, 0)


def test_the_member_reads_the_reason_once(alice, otto):
    adjust(alice, 50, otto)
    adjust(alice, 50, otto)
    assert [row.text for row in Notification.objects.of(alice)] == ["Staff added 50 DGT: A prize"]
    assert LogEntry.objects.filter(user=otto).count() == 1


def test_a_reason_is_needed(alice, otto):
    with pytest.raises(Refused, match="Say why"):
        wallet.adjust(user=alice, amount=5, reason="  ", actor=otto, key="adjustment:1")


def test_a_used_key_adjusts_nothing_else(alice, otto):
    adjust(alice, 50, otto)
    with pytest.raises(KeyReused):
        adjust(alice, 51, otto)
    assert balance(alice) == 50


def test_a16_nobody_adjusts_their_own_dgt(otto):
    with pytest.raises(NotForYou, match="their own DGT"):
        adjust(otto, 50, otto)


def test_a16_nor_that_of_another_account_of_theirs(alice, otto):
    accounts.declare_one_person(user=alice, other=otto, actor=admin(), reason="Same device")
    with pytest.raises(NotForYou):
        adjust(alice, 50, otto)


def test_a16_members_adjust_nobody(alice):
    with pytest.raises(NotForYou, match="Only staff"):
        adjust(alice, 50, make.user("mallory"))


def test_l29_above_the_limit_a_second_person_is_needed(alice, otto):
    WalletPolicy.objects.update(approval_above_dgt=100)
    with pytest.raises(ApprovalNeeded, match="Above 100 DGT"):
        adjust(alice, 101, otto)
    ada = economist("ada")
    journal = adjust(alice, 101, otto, approver=ada)
    assert (DgtJournal.objects.get(pk=journal.id).approver, balance(alice)) == (ada, 101)


def test_l29_many_small_adjustments_count_together(alice, otto):
    WalletPolicy.objects.update(approval_above_dgt=100)
    adjust(alice, 60, otto)
    adjust(alice, -30, otto, "adjustment:2")
    with pytest.raises(ApprovalNeeded):
        adjust(make.user("bob"), 11, otto, "adjustment:3")
    adjust(alice, 10, otto, "adjustment:4")
    assert balance(alice) == 40


def test_l29_reversals_count_with_adjustments(alice, otto):
    journals = [give(alice, 40, key=f"gift:{n}") for n in range(3)]
    WalletPolicy.objects.update(approval_above_dgt=100)
    for n, journal in enumerate(journals[:2]):
        wallet.reverse(journal_id=journal.id, key=f"reversal:{n}", reason="A mistake", actor=otto)
    with pytest.raises(ApprovalNeeded):
        wallet.reverse(journal_id=journals[2].id, key="reversal:2", reason="A mistake", actor=otto)
    with pytest.raises(ApprovalNeeded):
        adjust(alice, 21, otto)
    assert balance(alice) == 40


def test_l29_the_limit_is_of_a_person_and_not_of_an_account(alice, otto):
    twin = _twin_of(otto)
    WalletPolicy.objects.update(approval_above_dgt=100)
    adjust(alice, 60, otto)
    with pytest.raises(ApprovalNeeded):
        adjust(alice, 41, twin, "adjustment:2")
    assert balance(alice) == 60


def test_l29_what_was_agreed_does_not_count_against_the_limit(alice, otto):
    WalletPolicy.objects.update(approval_above_dgt=100)
    adjust(alice, 500, otto, approver=economist("ada"))
    adjust(alice, 100, otto, "adjustment:2")
    assert balance(alice) == 600


def test_l29_parallel_adjustments_do_not_slip_past_the_limit(committed_db):
    otto, members = economist(), [make.user(f"member{n}") for n in range(8)]
    WalletPolicy.objects.update(approval_above_dgt=100)
    answers = together(
        [lambda n=n, member=member: adjust(member, 30, otto, f"adjustment:{n}") for n, member in enumerate(members)],
        refusals=ApprovalNeeded,
    )
    assert sum(isinstance(answer, wallet.Journal) for answer in answers) == 3


@pytest.mark.parametrize("second", ["the same", "a member", "the receiver", "one person with the first"])
def test_l29_the_second_person_is_other_staff(alice, otto, second):
    approver = {
        "the same": lambda: otto,
        "a member": lambda: make.user("bob"),
        "the receiver": lambda: alice,
        "one person with the first": lambda: _twin_of(otto),
    }[second]()
    with pytest.raises(NotForYou, match="second person"):
        adjust(alice, 5, otto, approver=approver)
    assert balance(alice) == 0


def _twin_of(otto):
    twin = economist("otto2")
    accounts.declare_one_person(user=twin, other=otto, actor=admin(), reason="Same device")
    twin.refresh_from_db()
    return twin


def test_l29_a_large_reversal_by_staff_needs_a_second_person(alice, otto):
    WalletPolicy.objects.update(approval_above_dgt=100)
    journal = give(alice, 101)
    with pytest.raises(ApprovalNeeded):
        wallet.reverse(journal_id=journal.id, key="reversal:1", reason="A mistake", actor=otto)
    wallet.reverse(journal_id=journal.id, key="reversal:1", reason="A mistake", actor=otto, approver=economist("ada"))
    assert balance(alice) == 0


def test_a16_nobody_reverses_what_they_paid_themselves(alice):
    otto = make.verified(economist())
    give(otto, 50)
    journal = wallet.transfer(sender=otto, receiver=alice, amount=50, key="transfer:1")
    with pytest.raises(NotForYou):
        wallet.reverse(journal_id=journal.id, key="reversal:1", reason="I want it back", actor=otto)


# ── frozen wallets ──


def test_a_frozen_wallet_neither_sends_nor_receives(alice, otto):
    bob = make.verified(make.user("bob"))
    give(alice, 50)
    give(bob, 50, key="gift:2")
    wallet.freeze(user=alice, reason="Looking into it", actor=otto)
    with pytest.raises(WalletFrozen, match="Your wallet is frozen"):
        wallet.transfer(sender=alice, receiver=bob, amount=1, key="transfer:1")
    with pytest.raises(CannotReceive, match="cannot receive DGT at the moment"):
        wallet.transfer(sender=bob, receiver=alice, amount=1, key="transfer:2")
    with pytest.raises(WalletFrozen):
        give(alice, 1, key="gift:3")
    assert (balance(alice), balance(bob)) == (50, 50)


def test_who_froze_it_when_why_and_until_when_is_kept(alice, otto):
    assert wallet.freeze(user=alice, reason="Looking into it", actor=otto)
    assert not wallet.freeze(user=alice, reason="Again", actor=otto)
    assert wallet.unfreeze(user=alice, reason="All well", actor=otto)
    assert not wallet.unfreeze(user=alice, reason="Again", actor=otto)
    row = WalletFreeze.objects.get()
    assert (row.by, row.reason, row.ended_by, row.end_reason) == (otto, "Looking into it", otto, "All well")
    give(alice, 5)
    assert balance(alice) == 5


def told(user):
    return [(row.text, row.url) for row in Notification.objects.of(user).order_by("pk")]


def test_the_member_is_told_of_every_freeze_and_of_its_end_once(alice, otto):
    for _time in range(2):
        wallet.freeze(user=alice, reason="Looking into it", actor=otto)
        wallet.freeze(user=alice, reason="Again", actor=otto)
        wallet.unfreeze(user=alice, reason="All well", actor=otto)
        wallet.unfreeze(user=alice, reason="Again", actor=otto)
    frozen = (
        "Your wallet is frozen while staff look into it: nothing moves in or out until then. Reason: Looking into it"
    )
    assert told(alice) == [(frozen, "/wallet"), ("Your wallet is no longer frozen: DGT move again.", "/wallet")] * 2


def test_what_the_audit_found_is_for_staff_alone(alice, otto):
    wallet.freeze(user=alice, reason="drift of 1 DGT", actor=None)
    assert told(alice) == [
        ("Your wallet is frozen while staff look into it: nothing moves in or out until then.", "/wallet")
    ]


def test_a_freeze_that_is_taken_back_with_its_transaction_is_told_to_nobody(alice, otto):
    with pytest.raises(RuntimeError), transaction.atomic():
        wallet.freeze(user=alice, reason="Looking into it", actor=otto)
        raise RuntimeError
    assert told(alice) == []


def test_only_staff_freeze_and_say_why(alice, otto):
    with pytest.raises(NotForYou, match="Only staff"):
        wallet.freeze(user=alice, reason="I do not like her", actor=make.user("mallory"))
    wallet.freeze(user=alice, reason="Looking into it", actor=otto)
    with pytest.raises(NotForYou, match="Only staff"):
        wallet.unfreeze(user=alice, reason="I like her", actor=make.user("bob"))
    with pytest.raises(Refused, match="Say why"):
        wallet.unfreeze(user=alice, reason=" ", actor=otto)
    assert UserWallet.objects.of(alice).is_frozen


def test_nobody_lets_their_own_wallet_move_again(otto):
    wallet.freeze(user=otto, reason="Looking into it", actor=None)
    with pytest.raises(NotForYou):
        wallet.unfreeze(user=otto, reason="It is mine", actor=otto)


@pytest.mark.parametrize("why", ["frozen", "switched off"])
def test_a11_a_reward_waits_until_it_may_be_paid(alice, otto, why):
    if why == "frozen":
        wallet.freeze(user=alice, reason="Looking into it", actor=otto)
    else:
        switches.set_switch(name="rewards", is_on=False, actor=otto, reason="An incident")
    xp.adjust(user=alice, points=60, reason="A prize", actor=otto, key="adjustment:1")
    assert (xp.pay_pending_rewards(), LevelDgtRewardLog.objects.get(user=alice).state, balance(alice)) == (
        0,
        "pending",
        0,
    )
    if why == "frozen":
        wallet.unfreeze(user=alice, reason="All well", actor=otto)
    else:
        switches.set_switch(name="rewards", is_on=True, actor=otto, reason="Over")
    assert (xp.pay_pending_rewards(), LevelDgtRewardLog.objects.get(user=alice).state) == (1, "paid")
    assert balance(alice) == 20
