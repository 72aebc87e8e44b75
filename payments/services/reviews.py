"""Payments that need a person: opened by the services, decided by staff, closed by themselves where possible."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.utils.translation import gettext as _

from degentalk.accounts.models import User
from degentalk.core.clock import Clock, database_time
from degentalk.core.errors import Conflict, Refused
from payments.models import Order, Review
from payments.services.moving import move
from payments.states import State

NEEDS_DECISION = (Review.Reason.WRONG_AMOUNT, Review.Reason.WRONG_CURRENCY, Review.Reason.NOT_PAYMENT)


def open_review(
    *, reason: Review.Reason, reference: str, order: Order | None = None, provider: str = "", details: str = ""
) -> None:
    """Put a payment on the list, once per reference and reason while it is open."""
    Review.objects.bulk_create(
        [
            Review(
                provider=order.provider if order else provider,
                order=order,
                reference=reference or (str(order.public_id) if order else ""),
                reason=reason,
                details=details[:500],
            )
        ],
        ignore_conflicts=True,
    )


def resolve_reviews(order: Order) -> None:
    """Close what has resolved itself: the order is settled."""
    Review.objects.open().filter(order=order).update(decision=Review.Decision.RESOLVED, decided_at=Clock())


@transaction.atomic
def decide(*, review: Review, decision: Review.Decision, actor: User, note: str) -> Review:
    """Write down what staff decided, and do it. Crediting is done by `settle`, which the caller calls afterwards.

    Raises Refused (no note, about oneself, nothing to credit), Conflict (decided already).
    """
    note = note.strip()
    if not note:
        raise Refused(_("Say why: the reason is kept."))
    order = review.order_id and Order.objects.select_for_update(no_key=True).get(pk=review.order_id)
    row = Review.objects.select_for_update(no_key=True, of=("self",)).get(pk=review.pk)
    if row.decided_at is not None:
        raise Conflict(_("This was decided already."))
    if order and order.user_id and User.objects.get(pk=order.user_id).person_id == actor.person_id:
        raise Refused(_("This is about yourself: somebody else must decide it."))
    if decision == Review.Decision.CREDIT:
        if not order or order.state != State.REVIEW:
            raise Refused(_("There is nothing to credit here."))
        move(order, State.CONFIRMED, f"decided: {note}")
    elif order and order.state in (State.REVIEW, State.CONFIRMED):
        move(order, State.DISMISSED, f"decided: {note}")
        Order.objects.filter(pk=order.pk).update(waits_for="")
    row.decision, row.decided_at, row.decided_by, row.note = decision, database_time(), actor, note[:500]
    row.save(update_fields=["decision", "decided_at", "decided_by", "note"])
    message = _("%(decision)s. Reason: %(reason)s") % {"decision": row.get_decision_display(), "reason": note}
    LogEntry.objects.log_actions(actor.pk, [row], CHANGE, message, single_object=True)
    return row
