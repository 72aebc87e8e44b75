"""What takes a second member of staff above the policy's limit: it is done, or it waits in the queue of approvals."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from degentalk.accounts.models import User
from degentalk.approvals import services as approvals
from degentalk.approvals.errors import AlreadyDecided, ApprovalNeeded
from degentalk.approvals.models import Approval
from degentalk.approvals.registry import Kind
from wallet.models import DgtJournal
from wallet.services.calling import Journal
from wallet.services.staff import adjust, reverse_by_staff

ADJUST, REVERSE = "wallet.adjust", "wallet.reverse"
T = TypeVar("T")


def adjust_or_ask(*, user: User, amount: int, reason: str, actor: User, key: str) -> Journal | Approval:
    """Adjust a member's DGT, or ask for the second person who must agree. Raises what `adjust` and `ask` do."""
    words = _("Add %(dgt)s DGT to %(name)s.") if amount > 0 else _("Take %(dgt)s DGT from %(name)s.")
    return _now_or_later(
        lambda: adjust(user=user, amount=amount, reason=reason, actor=actor, key=key),
        kind=ADJUST,
        actor=actor,
        about=user,
        request={"amount": amount},
        summary=words % {"dgt": f"{abs(amount):,}", "name": user.username},
        reason=reason,
        key=key,
    )


def reverse_or_ask(
    *, journal: DgtJournal, about: User | None, reason: str, actor: User, key: str, into_debt: bool
) -> Journal | Approval:
    """Reverse a journal, or ask for the second person who must agree. `about` is a member whom it takes DGT from."""
    lines = journal.entries.filter(user__isnull=False).order_by("line").values_list("user__username", "amount")
    facts = {
        "id": journal.pk,
        "kind": journal.get_kind_display(),
        "lines": ", ".join(f"{name} {amount:+,} DGT" for name, amount in lines),
    }
    words = _("Reverse journal %(id)d (%(kind)s: %(lines)s); what was spent is owed.")
    return _now_or_later(
        lambda: reverse_by_staff(journal_id=journal.pk, key=key, reason=reason, actor=actor, into_debt=into_debt),
        kind=REVERSE,
        actor=actor,
        about=about,
        request={"journal": journal.pk, "into_debt": into_debt},
        summary=(words if into_debt else _("Reverse journal %(id)d (%(kind)s: %(lines)s).")) % facts,
        reason=reason,
        key=key,
    )


def _now_or_later(verb: Callable[[], T], **question: Any) -> T | Approval:
    try:
        return verb()
    except ApprovalNeeded:
        row = approvals.ask(**question)
    if not row.is_pending:  # the same form sent again, after somebody decided
        raise AlreadyDecided(_("This was asked for and decided: %(state)s.") % {"state": row.get_state_display()})
    return row


def _adjust(row: Approval, decider: User) -> str:
    user, amount = row.about, row.request["amount"]
    assert user is not None, "an adjustment is always about a member"  # noqa: S101 for the type checker
    adjust(user=user, amount=amount, reason=row.reason, actor=row.asked_by, approver=decider, key=row.key)
    return _("Adjusted by %(amount)s DGT.") % {"amount": f"{amount:+,}"}


def _reverse(row: Approval, decider: User) -> str:
    reverse_by_staff(
        journal_id=row.request["journal"],
        into_debt=row.request["into_debt"],
        key=row.key,
        reason=row.reason,
        actor=row.asked_by,
        approver=decider,
    )
    return _("Reversed.")


KINDS = (
    Kind(ADJUST, gettext_lazy("Adjustment of DGT"), "wallet.adjust_dgt", _adjust),
    Kind(REVERSE, gettext_lazy("Reversal of a journal"), "wallet.reverse_journal", _reverse),
)
