"""Taking a purchase back: the money and the thing together, by staff, within the window of the policy."""

from contextlib import suppress
from datetime import timedelta

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from degentalk.approvals import services as approvals
from degentalk.approvals.errors import ApprovalNeeded
from degentalk.approvals.models import Approval
from degentalk.core.clock import database_time
from degentalk.core.errors import Refused
from degentalk.unlocks import Delivered
from shop import addresses
from shop.errors import NoRefund
from shop.models import DgtUnlock, DgtUnlockLog, ShopPolicy
from shop.services.wearing import hold_looks, take_off
from wallet import services as wallet
from wallet.errors import AlreadyReversed
from wallet.models import DgtJournal
from xp import services as xp

KIND = "shop_refund"
"""What a second person is asked for."""


@transaction.atomic
def refund(*, item: DgtUnlockLog, actor: User, reason: str, approver: User | None = None) -> DgtUnlockLog:
    """Give the payer the DGT back and take the unlock away; it returns to the stock. Both are told.

    Raises Refused without a reason, NoRefund (too late, used, given for nothing, taken back already), and what
    `wallet.reverse` raises: NotForYou, ApprovalNeeded, WalletFrozen.
    """
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why: the reason is kept."))
    unlock = DgtUnlock.objects.select_for_update(no_key=True).get(pk=item.unlock_id)
    people = User.objects.in_bulk({item.user_id, item.payer_id or item.user_id})
    hold_looks(list(people.values()))
    wallet.hold_decisions(actor)
    xp.lock_members(people.values())
    row: DgtUnlockLog = DgtUnlockLog.objects.select_for_update(no_key=True, of=("self",)).get(pk=item.pk)
    _refuse(row, actor, approver, people)
    take_off(row)
    kind = row.unlock_type
    if isinstance(kind, Delivered) and not kind.take_away(row.source):
        raise NoRefund(_("It is used already."))
    journal_id = _money_back(row, reason, actor, approver)
    row.state, row.refunded_at, row.refunded_by = DgtUnlockLog.State.REFUNDED, database_time(), actor
    row.refund_reason, row.refund_journal_id = reason[:500], journal_id
    row.save(update_fields=["state", "refunded_at", "refunded_by", "refund_reason", "refund_journal"])
    if unlock.stock is not None:
        DgtUnlock.objects.filter(pk=unlock.pk).update(stock=F("stock") + 1)
    _tell(row, people, reason)
    message = _("Refunded %(dgt)s DGT. Reason: %(reason)s") % {"dgt": f"{row.dgt_spent:,}", "reason": reason}
    LogEntry.objects.log_actions(actor.pk, [row], CHANGE, message, single_object=True)
    return row


def refund_or_ask(*, item: DgtUnlockLog, actor: User, reason: str, key: str) -> DgtUnlockLog | Approval:
    """The same by one member of staff, or where that takes two, the question for the second one, once per key."""
    try:
        return refund(item=item, actor=actor, reason=reason)
    except ApprovalNeeded:
        return approvals.ask(
            kind=KIND,
            actor=actor,
            about=item.payer,
            request={"item": item.pk},
            summary=_("Refund %(name)s %(dgt)s DGT for “%(unlock)s”.")
            % {"name": item.payer, "dgt": f"{item.dgt_spent:,}", "unlock": item.name},
            reason=reason,
            key=key,
        )


def refund_approved(approval: Approval, decider: User) -> str:
    """Do what was asked for, in both names. What `refund` refuses now is refused."""
    item = DgtUnlockLog.objects.select_related("payer").get(pk=approval.request["item"])
    row = refund(item=item, actor=approval.asked_by, reason=approval.reason, approver=decider)
    return _("%(dgt)s DGT went back to %(name)s.") % {"dgt": f"{row.dgt_spent:,}", "name": item.payer}


def taken_back_here(journal_id: int) -> str:
    """Where the journal of a purchase is taken back: the ledger would leave the unlock; "" for any other journal."""
    if not DgtUnlockLog.objects.filter(journal_id=journal_id).exists():
        return ""
    return _("A purchase is refunded on the page of the acquired unlock, which is taken away with it.")


def _money_back(row: DgtUnlockLog, reason: str, actor: User, approver: User | None) -> int:
    """The journal that gave the payer the DGT back."""
    journal_id = row.journal_id or 0
    with suppress(AlreadyReversed):  # somebody reversed the journal alone: what hangs on it follows now
        return wallet.reverse(
            journal_id=journal_id, key=f"refund:{row.pk}", reason=reason, actor=actor, approver=approver
        ).id
    return int(DgtJournal.objects.get(reverses_id=journal_id).pk)


def _refuse(row: DgtUnlockLog, actor: User, approver: User | None, people: dict[int, User]) -> None:
    concerned = {person.person_id for person in people.values()}
    if any(staff and staff.person_id in concerned for staff in (actor, approver)):
        raise NoRefund(_("This is about yourself: somebody else must decide it."))
    if row.kind == DgtUnlockLog.Kind.GRANT:
        raise NoRefund(_("Nothing was paid for it."))
    if row.state == DgtUnlockLog.State.REFUNDED:
        raise NoRefund(_("It was taken back already."))
    if row.state == DgtUnlockLog.State.USED:
        raise NoRefund(_("It is used already."))
    days = ShopPolicy.objects.current().refund_days
    if database_time() >= row.acquired_at + timedelta(days=days):
        raise NoRefund(_("It was acquired more than %(days)d days ago.") % {"days": days})


def _tell(row: DgtUnlockLog, people: dict[int, User], reason: str) -> None:
    facts = {"unlock": row.name, "dgt": f"{row.dgt_spent:,}", "reason": reason}
    payer, url = people[row.payer_id or row.user_id], addresses.mine()
    text = _("“%(unlock)s” was taken back, and you have your %(dgt)s DGT again. Reason: %(reason)s") % facts
    accounts.notify(user=payer, kind="shop", text=text, url=url, key=f"refund:{row.pk}:payer")
    if row.user_id != payer.pk:
        gone = _("“%(unlock)s”, a gift, was taken back. Reason: %(reason)s") % facts
        accounts.notify(user=people[row.user_id], kind="shop", text=gone, url=url, key=f"refund:{row.pk}:owner")
