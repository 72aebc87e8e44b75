"""Undoing tips: only staff do it, and only because they choose to. A post that goes leaves its tips where they are."""

from collections.abc import Iterable
from contextlib import suppress

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from degentalk.approvals import services as approvals
from degentalk.approvals.errors import ApprovalNeeded
from degentalk.approvals.models import Approval
from degentalk.core.clock import Clock
from degentalk.core.errors import MemberError
from degentalk.forum.errors import StaffModerated, TipUndone
from degentalk.forum.models import Post, Tip
from degentalk.forum.permissions import is_staff
from degentalk.forum.services.judging import checked_reason
from degentalk.forum.services.locks import locked_post
from wallet import services as wallet
from wallet.errors import AlreadyReversed
from xp import services as xp

UNDOING = "tip_undone"
"""What a second person is asked for."""
AT_ONCE = 200
"""So many tips of a post are undone in one act, the largest first: the work is bounded."""


@transaction.atomic
def undo_tip(*, tip: Tip, actor: User, reason: str, approver: User | None = None) -> Tip:
    """Send the DGT of a tip back, and take back what both earned by it. What its receiver has spent, they owe.

    Above the policy's limit `approver` is the second member of staff who agreed. Raises NoReason, TipUndone,
    StaffModerated, and what `wallet.reverse` does: NotForYou (to or from oneself), ApprovalNeeded, WalletFrozen.
    """
    reason = checked_reason(reason)
    post = locked_post(tip.post_id)
    row: Tip = Tip.objects.with_names().select_related("journal").get(pk=tip.pk)
    if row.is_reversed:
        raise TipUndone
    _refuse(row, actor)
    hold_for_undoing([row], actor)
    _undo(row, actor, reason, approver)
    _tell_receiver(row, post, reason)
    _tell_giver(row, post, reason)
    row.refresh_from_db(fields=["is_reversed", "reversed_at"])
    return row


def undo_tip_or_ask(*, tip: Tip, actor: User, reason: str, key: str) -> Tip | Approval:
    """The same by one member of staff, or where that takes two, the question for the second one, once per key."""
    try:
        return undo_tip(tip=tip, actor=actor, reason=reason)
    except ApprovalNeeded:
        return approvals.ask(
            kind=UNDOING,
            actor=actor,
            about=tip.receiver,
            request={"tip": tip.pk},
            summary=_summary(tip),
            reason=checked_reason(reason),
            key=key,
        )


def undo_approved(approval: Approval, decider: User) -> str:
    """Do what was asked for, in both names. What `undo_tip` refuses now is refused."""
    tip = Tip.objects.get(pk=approval.request["tip"])
    undone = undo_tip(tip=tip, actor=approval.asked_by, reason=approval.reason, approver=decider)
    facts = {"dgt": f"{undone.amount:,}", "giver": undone.giver.username}
    return _("%(dgt)s DGT went back to %(giver)s.") % facts


def taken_back_here(journal_id: int) -> str:
    """Where the journal of a tip is taken back: the ledger alone would leave the XP and the tip counted by its post;
    "" for any other journal."""
    if not Tip.objects.filter(journal_id=journal_id).exists():
        return ""
    return _("A tip is undone on the list of tips of its post: its XP goes with it.")


# ── Several at once, with their post ────────────────────────────────────────────────────────────────────────────────


def tips_to_undo(post: Post) -> list[Tip]:
    """The tips of a post that stand, the largest first. Wants the post locked."""
    standing = Tip.objects.active().filter(post=post).with_names().select_related("journal")
    return list(standing.order_by("-amount", "id")[:AT_ONCE])


def undo_with_post(tips: Iterable[Tip], post: Post, actor: User, reason: str) -> int:
    """Undo what can be undone without a second person, and tell the givers. How many DGT that were.

    What cannot be undone now, such as a tip of whoever moderates, stays and is undone by itself. Wants everybody held.
    """
    undone = 0
    for tip in tips:
        try:
            _undo(tip, actor, reason, None)
        except MemberError:
            continue
        undone += tip.amount
        _tell_giver(tip, post, reason)
    return undone


def hold_for_undoing(tips: Iterable[Tip], actor: User) -> None:
    """All locks that undoing takes, in the one order: members, then whoever decides, then XP and wallets."""
    people = {person.pk: person for tip in tips for person in (tip.giver, tip.receiver)}
    if people:
        list(User.objects.filter(pk__in=people).order_by("pk").select_for_update(no_key=True).values_list("pk"))
        wallet.hold_decisions(actor)
        xp.lock_members(people.values())


# ── One tip, everybody held ─────────────────────────────────────────────────────────────────────────────────────────


def _undo(tip: Tip, actor: User, reason: str, approver: User | None) -> None:
    """The door refuses before anything is written."""
    with suppress(AlreadyReversed):  # somebody reversed the journal alone: what hangs on it follows now
        wallet.reverse(
            journal_id=tip.journal_id,
            key=f"tip_undone:{tip.pk}",
            reason=reason,
            actor=actor,
            approver=approver,
            into_debt=True,
        )
    xp.take_back_tip(key=tip.journal.key, because=f"tip_undone:{tip.pk}", actor=actor, reason=reason)
    Tip.objects.filter(pk=tip.pk).update(is_reversed=True, reversed_at=Clock())
    Post.objects.filter(pk=tip.post_id).update(tip_dgt=F("tip_dgt") - tip.amount, tip_count=F("tip_count") - 1)


def _refuse(tip: Tip, actor: User) -> None:
    """Staff answer to an admin; what concerns whoever decides is for the door."""
    if tip.receiver_id != actor.pk and is_staff(tip.receiver) and not actor.is_superuser:
        raise StaffModerated


def _tell_giver(tip: Tip, post: Post, reason: str) -> None:
    _tell(
        tip,
        tip.giver,
        post,
        _("Your tip of %(dgt)s DGT in “%(title)s” was undone and is yours again: %(reason)s"),
        reason,
    )


def _tell_receiver(tip: Tip, post: Post, reason: str) -> None:
    _tell(
        tip, tip.receiver, post, _("A tip of %(dgt)s DGT for your post in “%(title)s” was undone: %(reason)s"), reason
    )


def _tell(tip: Tip, member: User, post: Post, words: str, reason: str) -> None:
    text = words % {"dgt": f"{tip.amount:,}", "title": post.thread.title, "reason": reason}
    accounts.notify(user=member, kind="tip", text=text, url=post.get_absolute_url(), key=f"tip_undone:{tip.pk}")


def _summary(tip: Tip) -> str:
    facts = {"dgt": f"{tip.amount:,}", "giver": tip.giver.username, "receiver": tip.receiver.username}
    return _("Undo the tip of %(dgt)s DGT from %(giver)s to %(receiver)s.") % facts
