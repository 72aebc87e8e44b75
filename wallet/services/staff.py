"""What staff decide about members' DGT, always with a reason: adjustments, and wallets that stand still."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import Sum
from django.urls import reverse as address_of
from django.utils.translation import gettext as _

from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from degentalk.core.errors import Refused
from wallet import taken_back
from wallet.models import DgtTransaction, UserWallet, WalletFreeze
from wallet.services.calling import Journal, ask, call, check_amount, request_hash
from wallet.services.ledger import reverse

DGT_ADJUST = "dgt_adjust(%s, %s, %s, %s, %s, %s::bigint, %s)"


@transaction.atomic
def adjust(*, user: User, amount: int, reason: str, actor: User, key: str, approver: User | None = None) -> Journal:
    """Add `amount` DGT to a member, or take it if negative, once per key. The member reads the reason.

    Above the policy's limit (counted over what the actor adjusted alone within 24 hours) `approver` is the second
    member of staff who agreed. Raises Refused without a reason, BadAmount, NotEnoughDGT, NotForYou, ApprovalNeeded,
    WalletFrozen, KeyReused.
    """
    reason = _given(reason)
    check_amount(abs(amount) if type(amount) is int else amount)
    request = request_hash(kind="adjustment", user=user.pk, amount=amount, actor=actor.pk, reason=reason)
    approver_id = approver and approver.pk
    journal = call(DGT_ADJUST, [user.pk, amount, key, request, actor.pk, approver_id, reason])
    if not journal.replayed:
        _tell(user, amount, reason, journal)
        message = _("Adjusted by %(amount)s DGT. Reason: %(reason)s") % {"amount": f"{amount:+,}", "reason": reason}
        _log(actor, user, message)
    return journal


def hold_decisions(actor: User) -> None:
    """Let no other decision about DGT by this member of staff begin until the transaction ends.

    Each decision takes this lock itself, before the wallets: who holds wallets earlier calls this before that.
    """
    ask("select dgt_lock_staff(%s)", [actor.pk])


@transaction.atomic
def reverse_by_staff(
    *, journal_id: int, key: str, reason: str, actor: User, into_debt: bool, approver: User | None = None
) -> Journal:
    """Reverse a journal, and tell its members what that moved and why.

    Raises what `reverse` does, and Refused for one that is taken back elsewhere, with what hangs on it.
    """
    if where := taken_back.elsewhere(journal_id):
        raise Refused(where)
    journal = reverse(
        journal_id=journal_id, key=key, reason=_given(reason), actor=actor, approver=approver, into_debt=into_debt
    )
    if not journal.replayed:
        moved = DgtTransaction.objects.filter(journal_id=journal.id, user__isnull=False).values("user")
        for user_id, amount in moved.annotate(dgt=Sum("amount")).values_list("user", "dgt").order_by("user"):
            _tell_of_reversal(User.objects.get(pk=user_id), amount, reason, journal)
    return journal


@transaction.atomic
def freeze(*, user: User, reason: str, actor: User | None) -> bool:
    """Stop every movement of a wallet, in and out; rewards wait; and tell the member. False: it stands still already.
    Without an actor it was the audit, whose reason is for staff alone. Raises Refused without a reason."""
    reason = _given(reason)
    is_new: bool = ask("select dgt_freeze(%s, %s::bigint, %s)", [user.pk, actor and actor.pk, reason])[0]
    if is_new:
        text = _("Your wallet is frozen while staff look into it: nothing moves in or out until then.")
        if actor is not None:
            _log(actor, user, _("Froze the wallet. Reason: %(reason)s") % {"reason": reason})
            text += " " + _("Reason: %(reason)s") % {"reason": reason}
        _tell_of_freeze(user, text, key="wallet_frozen")
    return is_new


@transaction.atomic
def unfreeze(*, user: User, reason: str, actor: User) -> bool:
    """Let a wallet move again, and tell the member. False: it moves already. Raises Refused without a reason, NotForYou
    for one's own."""
    reason = _given(reason)
    was_frozen: bool = ask("select dgt_unfreeze(%s, %s, %s)", [user.pk, actor.pk, reason])[0]
    if was_frozen:
        _log(actor, user, _("Let the wallet move again. Reason: %(reason)s") % {"reason": reason})
        _tell_of_freeze(user, _("Your wallet is no longer frozen: DGT move again."), key="wallet_unfrozen")
    return was_frozen


def _given(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why: the reason is kept."))
    return reason


def _tell(user: User, amount: int, reason: str, journal: Journal) -> None:
    words = _("Staff added %(dgt)s DGT: %(reason)s") if amount > 0 else _("Staff took %(dgt)s DGT: %(reason)s")
    text = words % {"dgt": f"{abs(amount):,}", "reason": reason}
    accounts.notify(user=user, kind="adjustment", text=text, key=f"journal:{journal.id}")


def _tell_of_reversal(user: User, amount: int, reason: str, journal: Journal) -> None:
    words = _("Staff reversed a movement, and %(dgt)s DGT came back to you: %(reason)s")
    if amount < 0:
        words = _("Staff reversed a movement, and %(dgt)s DGT left you: %(reason)s")
    text = words % {"dgt": f"{abs(amount):,}", "reason": reason}
    accounts.notify(user=user, kind="adjustment", text=text, key=f"journal:{journal.id}")


def _tell_of_freeze(user: User, text: str, *, key: str) -> None:
    newest = WalletFreeze.objects.of(user).latest("pk")
    url = address_of("wallet:wallet")
    accounts.notify(user=user, kind="moderation", text=text, url=url, key=f"{key}:{newest.pk}")


def _log(actor: User, user: User, message: str) -> None:
    LogEntry.objects.log_actions(actor.pk, [UserWallet.objects.of(user)], CHANGE, message, single_object=True)
