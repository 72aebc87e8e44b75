"""Payments that need a person: opened by the services, decided by staff, closed by themselves where possible."""

from datetime import timedelta

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from degentalk.accounts.models import User
from degentalk.approvals.errors import ApprovalNeeded
from degentalk.approvals.models import Approval
from degentalk.core.clock import Clock, database_time
from degentalk.core.errors import Conflict, Refused
from payments.models import Order, Review, UsdtDeposit
from payments.rules import extra
from payments.services.moving import move
from payments.states import SETTLED, Notice, State
from wallet import services as wallet
from wallet.errors import NotForYou
from wallet.models import WalletPolicy

KIND = "payments.credit_review"
"""What a second person is asked for."""

RESOLVE_THEMSELVES = (
    Review.Reason.BUYER_SUSPENDED, Review.Reason.BUYER_GONE, Review.Reason.WALLET_FROZEN, Review.Reason.UNDERPAID,
)  # fmt: skip
"""Reasons that are gone once the order is settled. Money that came beside an order's own payment is not."""

BESIDE = (
    Review.Reason.SURPLUS, Review.Reason.VANISHED, Review.Reason.WRONG_CHAIN, Review.Reason.WRONG_TOKEN,
    Review.Reason.NATIVE_COIN,
)  # fmt: skip
"""Reasons that are never about the payment that the order itself waits for."""

ALONE = timedelta(hours=24)
"""Over how long what one person credits alone is counted together."""


def open_review(
    *,
    reason: Review.Reason,
    reference: str,
    order: Order | None = None,
    provider: str = "",
    details: str = "",
    amount: int = 0,
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
                amount=amount,
            )
        ],
        ignore_conflicts=True,
    )


def open_stray(*, provider: str, reference: str, order: Order | None = None) -> None:
    """Put money that came beside any order's own payment on the list, once."""
    open_notice(Notice(Review.Reason.UNKNOWN_ORDER, reference), provider=provider, order=order)


def open_notice(notice: Notice, *, provider: str, order: Order | None = None) -> None:
    """Put something on the list that no order waits for: once. What a person decided stays decided, however often the
    provider tells of it again."""
    reason = Review.Reason(notice.reason)
    if not Review.objects.filter(provider=provider, reference=notice.reference, reason=reason).exists():
        open_review(
            provider=provider,
            order=order,
            reference=notice.reference,
            reason=reason,
            details=notice.details,
            amount=notice.amount,
        )


def resolve_reviews(order: Order) -> None:
    """Close what has resolved itself: the order is settled."""
    waiting = Review.objects.open().filter(order=order, reason__in=RESOLVE_THEMSELVES)
    waiting.update(decision=Review.Decision.RESOLVED, decided_at=Clock())


def may_credit(review: Review) -> bool:
    """Whether there is an order whose own payment waits for this decision, or a surplus that is not credited."""
    order = review.order
    if order is None:
        return False
    if review.reason == Review.Reason.SURPLUS:
        return order.state in SETTLED and review.amount > order.surplus_approved
    waiting = State.UNDERPAID if review.reason == Review.Reason.UNDERPAID else State.REVIEW
    return order.state == waiting and not _is_stray(review, order)


def may_take_back(review: Review) -> bool:
    """Whether what was credited can be taken back, because the chain has its payment no more (U8)."""
    order = review.order
    return review.reason == Review.Reason.VANISHED and order is not None and order.state in SETTLED and not order.lost


def may_dismiss(review: Review) -> bool:
    """Whether it can be closed: not what was credited and cannot be taken back yet, which goes on being tried."""
    settled = review.order is not None and review.order.state in SETTLED
    return not (settled and review.reason == Review.Reason.WALLET_FROZEN)


@transaction.atomic
def decide(
    *, review: Review, decision: Review.Decision, actor: User, note: str, approver: User | None = None
) -> Review:
    """Write down what staff decided, and do it. DGT are moved by `settle`, which the caller calls afterwards.

    Raises Refused (no note, about oneself, nothing to credit or to dismiss), NotForYou (not staff, or no more when the
    second person agrees), Conflict (decided already), and ApprovalNeeded for more DGT than the wallet policy lets one
    person decide within 24 hours, without an `approver`.
    """
    note = note.strip()
    if not note:
        raise Refused(_("Say why: the reason is kept."))
    if not (actor.is_active and actor.is_staff):
        raise NotForYou(_("Only staff can do this."))
    wallet.hold_decisions(actor)
    order = Order.objects.select_for_update(no_key=True).get(pk=review.order_id) if review.order_id else None
    row = Review.objects.select_for_update(no_key=True, of=("self",)).get(pk=review.pk)
    row.order = order
    if row.decided_at is not None:
        raise Conflict(_("This was decided already."))
    _refuse_buyer(order, actor, approver)
    _do(row, decision, note, actor, approver)
    row.decision, row.decided_at, row.decided_by, row.note = decision, database_time(), actor, note[:500]
    row.save(update_fields=["decision", "decided_at", "decided_by", "note"])
    message = _("%(decision)s. Reason: %(reason)s") % {"decision": row.get_decision_display(), "reason": note}
    LogEntry.objects.log_actions(actor.pk, [row], CHANGE, message, single_object=True)
    return row


def _refuse_buyer(order: Order | None, actor: User, approver: User | None) -> None:
    if order is None or order.user_id is None:
        return
    if User.objects.get(pk=order.user_id).person_id in {person.person_id for person in (actor, approver) if person}:
        raise Refused(_("This is about yourself: somebody else must decide it."))


def _do(row: Review, decision: Review.Decision, note: str, actor: User, approver: User | None) -> None:
    order = row.order
    if decision == Review.Decision.CREDIT:
        if order is None or not may_credit(row):
            raise Refused(_("There is nothing to credit here."))
        if approver is None:
            _require_little(row, order, actor)
        if row.reason == Review.Reason.SURPLUS:
            approved = Greatest("surplus_approved", row.amount)
            Order.objects.filter(pk=order.pk).update(surplus_approved=approved)
        else:
            move(order, State.CONFIRMED, f"decided: {note}")
        return
    if decision == Review.Decision.TAKE_BACK:
        _take_back(row)
        return
    if not may_dismiss(row):
        raise Refused(_("The money went back: its DGT are taken back as soon as the wallet moves again."))
    if order and not _is_stray(row, order) and order.state in (State.REVIEW, State.CONFIRMED, State.UNDERPAID):
        move(order, State.DISMISSED, f"decided: {note}")
        Order.objects.filter(pk=order.pk).update(waits_for="")


def _take_back(row: Review) -> None:
    """The money of an order counts as lost from now on; the chain is believed again if it has the payment after all."""
    if row.order is None or not may_take_back(row):
        raise Refused(_("There is nothing to take back here."))
    UsdtDeposit.objects.filter(order=row.order, taken_back_at=None).update(taken_back_at=Clock())
    Order.objects.filter(pk=row.order.pk).update(lost=F("paid"))


def _is_stray(review: Review, order: Order) -> bool:
    """Money that came for an order beside its own payment: what is decided about it does not touch the order."""
    return review.reason in BESIDE or (
        review.reason == Review.Reason.UNKNOWN_ORDER and review.reference != order.reference
    )


def worth(review: Review, order: Order) -> int:
    """What crediting it gives the buyer, whole DGT: of a surplus what that is worth, else what was quoted."""
    if review.reason == Review.Reason.SURPLUS:
        return extra(dgt=order.total_dgt, price=order.price, surplus=review.amount)
    return order.total_dgt


def _require_little(row: Review, order: Order, actor: User) -> None:
    """The caller holds the actor's decisions."""
    most = WalletPolicy.objects.current().approval_above_dgt
    if worth(row, order) + _credited_alone(actor) > most:
        raise ApprovalNeeded(_("More than %(dgt)s DGT take a second member of staff.") % {"dgt": f"{most:,}"})


def _credited_alone(actor: User) -> int:
    """What this person, by whatever account, credited without a second one lately."""
    with_another = Approval.objects.filter(kind=KIND, state=Approval.State.APPROVED, decided_at__gt=Clock() - 2 * ALONE)
    lately = Review.objects.filter(decision=Review.Decision.CREDIT, decided_at__gt=Clock() - ALONE)
    mine = Q(decided_by=actor.person_id) | Q(decided_by__same_person_as=actor.person_id)
    alone = lately.filter(mine).exclude(pk__in=[row.request["review"] for row in with_another])
    return sum(worth(row, row.order) for row in alone.select_related("order") if row.order)
