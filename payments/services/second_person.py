"""Crediting a payment that staff looked at: one of them alone up to the wallet policy's limit, above it two."""

from django.utils.translation import gettext as _

from degentalk.accounts.models import User
from degentalk.approvals import services as approvals
from degentalk.approvals.errors import AlreadyDecided, ApprovalNeeded
from degentalk.approvals.models import Approval
from payments.models import Order, Review
from payments.services.reviews import KIND, decide, worth
from payments.services.settling import settle


def decide_or_ask(*, review: Review, decision: Review.Decision, actor: User, note: str, key: str) -> Review | Approval:
    """Decide and settle, or where that takes two, ask for the second one, once per key. Raises what `decide` does."""
    try:
        return _done(decide(review=review, decision=decision, actor=actor, note=note))
    except ApprovalNeeded:
        order = Order.objects.select_related("user").get(reviews=review)
    row = approvals.ask(
        kind=KIND,
        actor=actor,
        about=order.user,
        request={"review": review.pk},
        summary=_("Credit %(name)s %(dgt)s DGT for order %(order)s: %(reason)s.")
        % {
            "name": order.username,
            "dgt": f"{worth(review, order):,}",
            "order": order.short_id,
            "reason": review.get_reason_display(),
        },
        reason=note,
        key=key,
    )
    if not row.is_pending:  # the same form sent again, after somebody decided
        raise AlreadyDecided(_("This was asked for and decided: %(state)s.") % {"state": row.get_state_display()})
    return row


def credit_approved(approval: Approval, decider: User) -> str:
    """Do what was asked for, in both names. What `decide` refuses now is refused."""
    review = Review.objects.get(pk=approval.request["review"])
    credit = Review.Decision.CREDIT
    _done(decide(review=review, decision=credit, actor=approval.asked_by, note=approval.reason, approver=decider))
    order = Order.objects.get(reviews=review)
    return _("Order %(order)s: %(state)s.") % {"order": order.short_id, "state": order.get_state_display()}


def _done(review: Review) -> Review:
    if review.order_id is not None and review.decision != Review.Decision.DISMISS:
        settle(Order.objects.get(reviews=review), because="decided by staff")
    return review
