"""What Stripe says of an order now: the session with its payment, all refunds and all disputes, asked for anew."""

from typing import Any

import stripe
from django.conf import settings

from degentalk.core.clock import database_time
from payments.errors import PaymentMissing
from payments.models import Order, Review, StripeDgtSession
from payments.providers.stripe.client import calling, is_missing
from payments.rules import share
from payments.states import Facts

EXPAND = ["payment_intent.latest_charge"]

UNDECIDED = frozenset({"needs_response", "under_review"})
LOST = frozenset({"lost"})
GONE = frozenset({"failed", "canceled"})
"""Refunds of these states gave nobody money back."""


def look(order: Order) -> Facts:
    """The whole state of the order's payment. Raises ProviderUnreachable, PaymentMissing."""
    stored = StripeDgtSession.objects.filter(order=order).first()
    if stored is None:
        return _no_page(order)
    try:
        with calling() as client:
            session = client.v1.checkout.sessions.retrieve(stored.session_id, params={"expand": EXPAND})
            found = facts_of(client, order, session)
    except stripe.InvalidRequestError as error:
        if not is_missing(error):
            raise
        if order.paid_at:
            raise PaymentMissing(f"Stripe knows no session {stored.session_id} any more") from error
        return _no_page(order)
    _copy(stored, session)
    return found


def _no_page(order: Order) -> Facts:
    """There is no page to pay on: nobody has opened one, or Stripe has it no more."""
    return Facts(reference="", closed="expired" if order.expires_at <= database_time() else "")


def facts_of(client: stripe.StripeClient, order: Order, session: stripe.checkout.Session) -> Facts:
    """Read a session that was just fetched. Asks for refunds and disputes where there was a payment."""
    if session.status != "complete":
        return Facts(reference=session.id, closed="expired" if session.status == "expired" else "")
    intent = session.payment_intent
    if session.payment_status == "unpaid":
        return Facts(reference=session.id, **_under_way(intent))
    problem = _problem(order, session)
    if not isinstance(intent, stripe.PaymentIntent):
        return Facts(reference=session.id, paid=session.amount_total or 0, problem=problem or Review.Reason.NOT_PAYMENT)
    refunds = client.v1.refunds.list(params={"payment_intent": intent.id, "limit": 100})
    disputes = client.v1.disputes.list(params={"payment_intent": intent.id, "limit": 100})
    return Facts(
        reference=intent.id,
        paid=session.amount_total or 0,
        currency=session.currency or "",
        problem=problem,
        refunded=sum(refund.amount for refund in refunds.auto_paging_iter() if refund.status not in GONE),
        **_disputes(list(disputes.auto_paging_iter())),
    )


def _under_way(intent: Any) -> dict[str, Any]:
    """A payment that takes days, or one that has failed by now (S8)."""
    failed = isinstance(intent, stripe.PaymentIntent) and intent.status in {"requires_payment_method", "canceled"}
    return {"closed": "failed"} if failed else {"is_processing": True}


def _problem(order: Order, session: stripe.checkout.Session) -> str:
    """Why this is not the payment that was ordered (S7, S9); empty if it is."""
    if session.payment_status != "paid" or session.mode != "payment":
        return Review.Reason.NOT_PAYMENT
    if session.client_reference_id != str(order.public_id) or session.livemode != settings.STRIPE_LIVEMODE:
        return Review.Reason.UNKNOWN_ORDER
    if session.currency != order.currency:
        return Review.Reason.WRONG_CURRENCY
    return "" if session.amount_total == order.price else Review.Reason.WRONG_AMOUNT


def _disputes(disputes: list[stripe.Dispute]) -> dict[str, Any]:
    """What they hold and what they took. An inquiry moves no money and holds nothing."""
    real = [dispute for dispute in disputes if not _only_asked(dispute)]
    return {
        "disputed": sum(dispute.amount for dispute in real if dispute.status in UNDECIDED),
        "lost": sum(_lost(dispute) for dispute in real if dispute.status in LOST),
        "had_dispute": bool(real),
    }


def _only_asked(dispute: stripe.Dispute) -> bool:
    """Whether it is an inquiry, or was one until the bank let it be: `prevented` is the end of both kinds."""
    is_prevented = dispute.status == "prevented" and not dispute.balance_transactions
    return is_prevented or dispute.status.startswith("warning_")


def _lost(dispute: stripe.Dispute) -> int:
    """What the bank took and did not give back: funds can be reinstated after a dispute was lost (S19).

    The balance transactions are Stripe's books, in the currency that the account is paid out in: a withdrawal is below
    zero, a reinstatement above. Only what share of the one the other is can be said in the currency of the dispute.
    """
    withdrawn = -sum(entry.amount for entry in dispute.balance_transactions if entry.amount < 0)
    if not withdrawn:
        return dispute.amount
    back = sum(entry.amount for entry in dispute.balance_transactions if entry.amount > 0)
    return share(dispute.amount, withdrawn - back, withdrawn)


def _copy(stored: StripeDgtSession, session: stripe.checkout.Session) -> None:
    """Keep the plan's row in step: its status is for people, and decides nothing."""
    intent = session.payment_intent
    intent_id = intent.id if isinstance(intent, stripe.PaymentIntent) else intent or ""
    status = session.status or ""
    if (stored.status, stored.payment_intent_id) != (status, intent_id):
        stored.status, stored.payment_intent_id = status, intent_id
        stored.save(update_fields=["status", "payment_intent_id"])
