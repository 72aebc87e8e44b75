"""Tips of posts that go, and tips that staff undo: where the DGT is, whose XP stays, who is told."""

import pytest
from django.contrib.auth.models import Group

from degentalk.accounts.models import Notification, User
from degentalk.approvals import services as approvals
from degentalk.approvals.models import Approval
from degentalk.core.errors import Refused
from degentalk.forum import services as forum
from degentalk.forum.errors import NoReason, StaffModerated, TipUndone
from degentalk.forum.models import ModerationAct, Post, Tip
from tests import make
from tests.forum.tipping import balance, counted, member, miscounted, points, post_by, tip
from wallet import services as wallet
from wallet.errors import NoSuchAccount, NotForYou, WalletFrozen
from wallet.models import DgtJournal, UserWallet, WalletPolicy
from wallet.services.second_person import REVERSE, reverse_or_ask
from xp import services as xp
from xp.models import XpLog

pytestmark = pytest.mark.django_db
PER_THREAD = 20


@pytest.fixture
def alice(db):
    return member("alice")


@pytest.fixture
def bob(db):
    return member("bob", dgt=300)


@pytest.fixture
def moderator(db):
    return make.moderator()


@pytest.fixture
def post(alice) -> Post:
    return post_by(alice)


@pytest.fixture
def tipped(bob, post) -> Tip:
    """50 DGT, which earned both 10 XP."""
    return tip(post, bob, 50).tip


def told(user):
    return list(Notification.objects.of(user).filter(kind="tip").order_by("id").values_list("text", flat=True))


# ── A post that goes ──


@pytest.mark.parametrize("verb", [forum.hide, forum.flag_spam])
def test_a_removed_post_leaves_its_tips_where_they_are(alice, bob, post, tipped, moderator, verb):
    verb(post=post, moderator=moderator, reason="Off topic")
    assert (balance(alice), balance(bob), counted(post)) == (50, 250, (50, 1))


def test_a3_a_removed_post_takes_the_xp_of_its_tips_from_the_author_alone(alice, bob, post, tipped, moderator):
    act = forum.hide(post=post, moderator=moderator, reason="Off topic")
    assert (points(alice), points(bob), act.xp_change, act.dgt_undone) == (0, 10, -PER_THREAD - 10, 0)
    forum.restore(post=post, moderator=moderator, reason="A mistake")
    assert (points(alice), points(bob)) == (PER_THREAD + 10, 10)


def test_an_author_who_deletes_a_post_takes_no_xp_from_whoever_tipped_it(alice, bob, post, tipped):
    forum.delete_post(post=post, author=alice)
    assert (points(alice), points(bob), balance(alice), counted(post)) == (0, 10, 50, (50, 1))


def test_a11_a_ban_leaves_tips_in_the_wallet_and_lets_none_out(alice, bob, post, tipped, moderator):
    forum.ban(member=alice, moderator=moderator, reason="Farming", takes_back_xp=True)
    assert (balance(alice), counted(post), points(alice), points(bob)) == (50, (50, 1), 0, 10)
    with pytest.raises(NoSuchAccount, match="suspended"):
        wallet.transfer(sender=User.objects.get(pk=alice.pk), receiver=bob, amount=50, key="transfer:1")
    forum.unban(member=alice, moderator=moderator, reason="A mistake")
    wallet.transfer(sender=alice, receiver=bob, amount=50, key="transfer:2")
    assert (balance(alice), points(alice)) == (0, PER_THREAD + 10)


# ── One tip, undone ──


def test_a_tip_that_is_undone_goes_back(alice, bob, post, tipped, moderator):
    forum.undo_tip(tip=tipped, actor=moderator, reason="Scam")
    assert (balance(alice), balance(bob), counted(post), miscounted()) == (0, 300, (0, 0), [])


def test_a_tip_that_is_undone_stays_on_the_list_as_undone(post, tipped, moderator):
    undone = forum.undo_tip(tip=tipped, actor=moderator, reason="Scam")
    assert (undone.is_reversed, undone.reversed_at is not None, post.tips.get()) == (True, True, tipped)


def test_l16_undoing_a_tip_reverses_its_journal_with_actor_and_reason(tipped, moderator):
    forum.undo_tip(tip=tipped, actor=moderator, reason="  Scam ")
    reversal = DgtJournal.objects.get(reverses=tipped.journal_id)
    assert (reversal.kind, reversal.actor, reversal.reason) == ("reversal", moderator, "Scam")


def test_a_tip_that_is_undone_earned_neither_anything(alice, bob, tipped, moderator):
    forum.undo_tip(tip=tipped, actor=moderator, reason="Scam")
    assert (points(alice), points(bob)) == (PER_THREAD, 0)
    reasons = XpLog.objects.filter(xp_awarded__lt=0).values_list("metadata__because", "reason", "actor")
    assert set(reasons) == {(f"tip_undone:{tipped.pk}", "Scam", moderator.pk)}


def test_both_are_told_that_a_tip_was_undone_and_why(alice, bob, tipped, moderator):
    forum.undo_tip(tip=tipped, actor=moderator, reason="Scam")
    assert told(bob) == ["Your tip of 50 DGT in “Gas” was undone and is yours again: Scam"]
    assert told(alice)[-1] == "A tip of 50 DGT for your post in “Gas” was undone: Scam"


def test_a_tip_is_undone_once(alice, bob, tipped, moderator):
    forum.undo_tip(tip=tipped, actor=moderator, reason="Scam")
    with pytest.raises(TipUndone):
        forum.undo_tip(tip=tipped, actor=moderator, reason="Scam")
    assert (balance(alice), balance(bob), len(told(bob))) == (0, 300, 1)


def test_what_the_author_spent_of_an_undone_tip_they_owe(alice, bob, tipped, moderator):
    wallet.debit(user=alice, amount=30, to="shop", key="shop:1", description="")
    forum.undo_tip(tip=tipped, actor=moderator, reason="Scam")
    row = UserWallet.objects.of(alice)
    assert (row.dgt_balance, row.debt_dgt, balance(bob), miscounted()) == (0, 30, 300, [])


def test_dgt_that_a_level_paid_stays_when_a_tip_is_undone(alice, bob, post, moderator):
    xp.award(user=alice, action="special_event", key="event:1", cause=("event", 1), base=25)
    tipped = tip(post, bob, 50)  # 45 XP and 10 more: level 2 begins at 50
    forum.undo_tip(tip=tipped.tip, actor=moderator, reason="Scam")
    assert (tipped.gains.received.dgt, balance(alice), points(alice)) == (20, 20, PER_THREAD + 25)


def test_a_tip_of_a_deleted_post_can_be_undone(alice, bob, post, tipped, moderator):
    forum.delete_post(post=post, author=alice)
    forum.undo_tip(tip=tipped, actor=moderator, reason="Scam")
    assert (balance(bob), counted(post)) == (300, (0, 0))


def test_restoring_a_post_does_not_bring_undone_tips_back(alice, bob, post, tipped, moderator):
    forum.hide(post=post, moderator=moderator, reason="Scam")
    forum.undo_tip(tip=tipped, actor=moderator, reason="Scam")
    forum.restore(post=post, moderator=moderator, reason="A mistake")
    assert (points(alice), points(bob), counted(post)) == (PER_THREAD, 0, (0, 0))


def test_a_tip_back_after_an_undone_tip_is_a_tip_of_its_own(alice, bob, tipped, moderator):
    forum.undo_tip(tip=tipped, actor=moderator, reason="Scam")
    wallet.credit(user=alice, amount=50, source="rewards", key="gift:alice", description="")
    assert tip(post_by(bob), alice, 50).gains.given.points == 10


def test_where_the_journal_was_reversed_alone_undoing_does_the_rest(alice, bob, post, tipped, moderator):
    wallet.reverse(journal_id=tipped.journal_id, key="reversal:1", reason="Scam", actor=make.moderator("economist"))
    forum.undo_tip(tip=tipped, actor=moderator, reason="Scam")
    assert (balance(bob), balance(alice), counted(post), points(bob), miscounted()) == (300, 0, (0, 0), 0, [])


# ── In the ledger alone ──


@pytest.fixture
def otto(db):
    otto = make.user("otto", is_staff=True)
    otto.groups.add(Group.objects.get(name="economist"))
    return otto


@pytest.mark.parametrize("above_dgt", [10_000, 49])
def test_the_ledger_does_not_reverse_a_tip_alone_nor_ask_for_it(alice, bob, post, tipped, otto, above_dgt):
    WalletPolicy.objects.update(approval_above_dgt=above_dgt)
    with pytest.raises(Refused, match="A tip is undone on the list of tips of its post"):
        reverse_or_ask(journal=tipped.journal, about=alice, reason="Scam", actor=otto, key="reversal:1", into_debt=True)
    assert (balance(alice), balance(bob), counted(post), Approval.objects.count()) == (50, 250, (50, 1), 0)


def test_a_reversal_of_a_tip_that_was_asked_for_before_is_not_done(alice, bob, post, tipped, otto):
    asked = approvals.ask(
        kind=REVERSE, actor=otto, about=alice, request={"journal": tipped.journal_id, "into_debt": True},
        summary="Reverse a tip.", reason="Scam", key="reversal:1",
    )  # fmt: skip
    second = make.user("second", is_staff=True, is_superuser=True)
    with pytest.raises(Refused, match="A tip is undone on the list of tips of its post"):
        approvals.approve(approval=asked, actor=second)
    asked.refresh_from_db()
    assert (asked.state, balance(alice), balance(bob), counted(post)) == ("pending", 50, 250, (50, 1))


# ── Who may not ──


def test_undoing_needs_a_reason(tipped, moderator):
    with pytest.raises(NoReason):
        forum.undo_tip(tip=tipped, actor=moderator, reason=" \u200b ")


def test_a16_staff_decide_nothing_about_tips_of_their_own(post, moderator, bob):
    make.verified(moderator)
    given = tip(post, give(moderator), 5).tip
    received = tip(post_by(moderator), bob, 5).tip
    for row in (given, received):
        with pytest.raises(NotForYou):
            forum.undo_tip(tip=row, actor=moderator, reason="Mine")
    assert Tip.objects.active().count() == 2


def give(user):
    wallet.credit(user=user, amount=50, source="rewards", key=f"gift:{user.pk}", description="")
    return user


def test_only_an_admin_undoes_what_staff_were_tipped(bob, moderator):
    row = tip(post_by(make.verified(make.moderator("colleague"))), bob, 5).tip
    with pytest.raises(StaffModerated):
        forum.undo_tip(tip=row, actor=moderator, reason="Scam")
    admin = make.user("admin", is_staff=True, is_superuser=True)
    assert forum.undo_tip(tip=row, actor=admin, reason="Scam").is_reversed


def test_members_undo_nothing(tipped):
    with pytest.raises(NotForYou):
        forum.undo_tip(tip=tipped, actor=make.user("mallory"), reason="Mine")
    assert counted(tipped.post) == (50, 1)


def test_a_frozen_wallet_is_not_touched(alice, tipped, moderator):
    wallet.freeze(user=alice, reason="Looking into it", actor=moderator)
    with pytest.raises(WalletFrozen):
        forum.undo_tip(tip=tipped, actor=moderator, reason="Scam")
    assert (balance(alice), counted(tipped.post), points(alice)) == (50, (50, 1), PER_THREAD + 10)


# ── Above the limit: a second person ──


@pytest.fixture
def asked(tipped, moderator) -> Approval:
    WalletPolicy.objects.update(approval_above_dgt=49)
    return forum.undo_tip_or_ask(tip=tipped, actor=moderator, reason="Scam", key="approval:1")


def test_w10_above_the_limit_undoing_waits_for_a_second_person(alice, tipped, asked):
    assert (asked.kind, asked.state, asked.reason) == ("tip_undone", "pending", "Scam")
    assert str(asked) == "Undo the tip of 50 DGT from bob to alice."
    assert (balance(alice), counted(tipped.post)) == (50, (50, 1))


def test_w10_the_second_person_undoes_it_in_both_names(alice, bob, tipped, asked, moderator):
    second = make.moderator("second")
    done = approvals.approve(approval=asked, actor=second)
    assert (done.result, balance(alice), balance(bob)) == ("50 DGT went back to bob.", 0, 300)
    reversal = DgtJournal.objects.get(reverses=tipped.journal_id)
    assert (reversal.actor, reversal.approver) == (moderator, second)


def test_what_is_small_enough_waits_for_nobody(tipped, moderator):
    undone = forum.undo_tip_or_ask(tip=tipped, actor=moderator, reason="Scam", key="approval:1")
    assert (undone.is_reversed, Approval.objects.count()) == (True, 0)


# ── With the post ──


def test_a_moderator_may_undo_the_tips_of_a_post_with_it(alice, bob, post, tipped, moderator):
    carol = member("carol", dgt=20)
    tip(post, carol, 20)
    act = forum.hide(post=post, moderator=moderator, reason="Scam", undoes_tips=True)
    assert (act.dgt_undone, counted(post), miscounted()) == (70, (0, 0), [])
    assert [balance(user) for user in (alice, bob, carol)] == [0, 300, 20]
    assert [points(user) for user in (alice, bob, carol)] == [0, 0, 0]


def test_the_author_is_told_once_however_many_tips_went_back(alice, bob, post, tipped, moderator):
    tip(post, bob, 5)
    forum.flag_spam(post=post, moderator=moderator, reason="Scam", undoes_tips=True)
    assert len(told(alice)) == 2  # of the tips themselves
    note = Notification.objects.of(alice).get(kind="moderation").text
    assert note.endswith("(30 XP were taken back.) (55 DGT of its tips went back.)")
    assert [text.split(" in ")[0] for text in told(bob)] == ["Your tip of 50 DGT", "Your tip of 5 DGT"]


def test_tips_that_one_person_cannot_undo_stay_with_a_post_that_goes(alice, bob, post, tipped, moderator):
    WalletPolicy.objects.update(approval_above_dgt=49)
    tip(post, give(make.verified(moderator)), 5)
    tip(post, bob, 20)
    act = forum.hide(post=post, moderator=moderator, reason="Scam", undoes_tips=True)
    assert (act.dgt_undone, counted(post), Post.objects.get(pk=post.pk).state) == (20, (55, 2), "hidden")


def test_undoing_with_a_post_without_tips_is_hiding(post, moderator):
    assert forum.hide(post=post, moderator=moderator, reason="Scam", undoes_tips=True).dgt_undone == 0
    assert ModerationAct.objects.count() == 1
