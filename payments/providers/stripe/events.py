"""What Stripe tells: whether it is really Stripe, and about whose order. What it says of money is never believed."""

import json
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import stripe
from django.conf import settings

from payments.models import Order, ProviderEvent, StripeDgtSession
from payments.providers.stripe.client import calling, is_missing
from payments.providers.stripe.sessions import attach
from payments.services.reviews import open_stray

TOLERANCE_SECONDS = 300
"""How old a signed event may be, and how far in the future (S1)."""

HANDLED = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
        "charge.refunded",
        "refund.created",
        "refund.updated",
        "refund.failed",
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
    }
)


class NotFromStripe(Exception):
    """Nothing that Stripe signed for us just now."""


@dataclass(frozen=True)
class Told:
    """The parts of an event that we look at."""

    id: str
    type: str
    object_id: str
    api_version: str
    livemode: bool
    is_ours: bool
    """False for events of other accounts and contexts (S3)."""


def read(body: bytes, signature: str) -> Told:
    """Check the signature over the raw bytes with each secret that is live (S2), then read. Raises NotFromStripe."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotFromStripe("not UTF-8") from error
    if not any(_is_signed(text, signature, secret) for secret in settings.STRIPE_WEBHOOK_SECRETS):
        raise NotFromStripe("no signature of ours that is young enough")
    return told(text)


def _is_signed(text: str, signature: str, secret: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(text, signature, secret, TOLERANCE_SECONDS)
    except (stripe.SignatureVerificationError, ValueError):
        return False
    # The library refuses what is too old, and lets pass what comes from the future.
    stamp = next((part[2:] for part in signature.split(",") if part.startswith("t=")), "")
    return stamp.isdigit() and int(stamp) <= time.time() + TOLERANCE_SECONDS


def told(text: str) -> Told:
    """Read an event. Raises NotFromStripe for JSON that is none."""
    try:
        event: Any = json.loads(text)
        about = event["data"]["object"]
        found = Told(
            id=_text(event["id"]),
            type=_text(event["type"]),
            object_id=_text(about.get("id", "")),
            api_version=_text(event.get("api_version") or ""),
            livemode=event["livemode"] is True,
            is_ours=not event.get("account") and not event.get("context"),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotFromStripe("no event") from error
    if not found.id or not found.type:
        raise NotFromStripe("an event without a name")
    return found


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > 255 or "\0" in value:
        raise ValueError(value)
    return value


def order_of(event: ProviderEvent) -> Order | None:
    """Whose event it is. Only names are taken from it: what they stand for is fetched anew (S16). None: not ours (S25).

    Raises ProviderUnreachable.
    """
    if event.type not in HANDLED:
        return None
    about = json.loads(event.body)["data"]["object"]
    try:
        if event.type.startswith("checkout.session."):
            return _order_of_session(str(about.get("id", "")))
        intent = about.get("payment_intent")
        return _order_of_payment(str(intent)) if intent else None
    except stripe.InvalidRequestError as error:
        if is_missing(error):
            return None
        raise


def _order_of_session(session_id: str) -> Order | None:
    stored = StripeDgtSession.objects.select_related("order").filter(session_id=session_id).first()
    if stored is not None:
        return stored.order
    with calling() as client:
        return find_order(client.v1.checkout.sessions.retrieve(session_id))


def _order_of_payment(intent_id: str) -> Order | None:
    stored = StripeDgtSession.objects.select_related("order").filter(payment_intent_id=intent_id).first()
    if stored is not None:
        return stored.order
    with calling() as client:
        found = client.v1.checkout.sessions.list(params={"payment_intent": intent_id, "limit": 1})
        return next((find_order(session) for session in found.data), None)


def find_order(session: stripe.checkout.Session) -> Order | None:
    """The order that a session says it is for, which from now on knows its session (S12).

    A paid session that names one of our orders but is not its own goes to review: money is never ignored. Whoever pays
    by a payment link of the account's chooses its client_reference_id; only who holds our key writes metadata.
    """
    order = _order_named(session.client_reference_id or "")
    is_paid = session.payment_status == "paid"
    if order is None:
        if _named(session) and session.client_reference_id and is_paid:
            open_stray(provider="stripe", reference=session.id)
        return None
    is_its_own = _named(session) == str(order.public_id) and attach(order, session).session_id == session.id
    if not is_its_own and is_paid:
        open_stray(provider="stripe", reference=session.id, order=order)
    return order if is_its_own else None


def _order_named(text: str) -> Order | None:
    try:
        public_id = UUID(text)
    except ValueError:
        return None
    return Order.objects.filter(public_id=public_id, provider="stripe").first()


def _named(session: stripe.checkout.Session) -> str:
    """The order's name that it carries in our way: sessions of other sites on the account are none of ours (S25)."""
    return str(session.metadata.to_dict().get("order", "")) if session.metadata else ""
