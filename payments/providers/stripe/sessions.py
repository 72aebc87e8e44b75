"""Opening Checkout Sessions: one for each order, however often it is tried."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import stripe
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from degentalk.core.clock import database_time
from payments.errors import OrderClosed
from payments.models import DgtPackage, Order, StripeDgtSession
from payments.providers.stripe.client import calling
from payments.services.moving import move
from payments.states import State

SHORTEST = timedelta(minutes=31)
"""Stripe's own limit of how soon a session may expire is 30, by its clock and when the request arrives there."""

KEYS_LIVE = timedelta(hours=24)
"""How long Stripe remembers a key: after that the same request would open another session (S14)."""


def price_of(package: DgtPackage) -> tuple[int, str]:
    """In cents of its currency."""
    return package.price_cents, package.currency


def prepare(order: Order, chain_id: int | None) -> None:
    """Nothing: where it is paid is asked of Stripe when the order is committed (S15)."""


def open_payment(order: Order) -> str:
    """Where the buyer pays. The order was committed before, and no transaction is open while Stripe answers (S15)."""
    stored = StripeDgtSession.objects.filter(order=order).first()
    if stored is not None:
        return stored.url
    if transaction.get_connection().in_atomic_block:
        raise RuntimeError("Stripe is never called inside a transaction.")
    now = database_time()
    if now - order.created_at >= KEYS_LIVE or order.expires_at - now < SHORTEST:
        raise OrderClosed
    with calling() as client:
        session = client.v1.checkout.sessions.create(
            params=request_for(order), options={"idempotency_key": f"order:{order.public_id}"}
        )
    return attach(order, session).url


def request_for(order: Order) -> Any:
    """All that we ask of Stripe for an order: the same each time, since its key is. The price is our row's (S10)."""
    page = f"{settings.SITE_URL}{reverse('payments:order', args=[order.public_id])}"
    description = f"{order.total_dgt:,} DGT"
    return {
        "mode": "payment",
        "client_reference_id": str(order.public_id),
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": order.currency,
                    "unit_amount": order.price,
                    "product_data": {"name": order.package_name, "description": description},
                },
            }
        ],
        "allow_promotion_codes": False,
        "automatic_tax": {"enabled": False},
        "metadata": {"order": str(order.public_id)},
        "payment_intent_data": {"metadata": {"order": str(order.public_id)}, "description": description},
        "success_url": f"{page}/paid?session={{CHECKOUT_SESSION_ID}}",
        "cancel_url": f"{page}/cancelled",
        "expires_at": int(order.expires_at.timestamp()),
    }


@transaction.atomic
def attach(order: Order, session: stripe.checkout.Session) -> StripeDgtSession:
    """Store the session of an order, whoever hears of it first: we who opened it, a webhook, the reconciler (S12)."""
    row = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    stored, is_new = StripeDgtSession.objects.get_or_create(
        order=row,
        defaults={
            "session_id": session.id,
            "url": session.url or "",
            "user_id": row.user_id,
            "package_id": row.package_id,
            "dgt_amount": row.total_dgt,
            "usd_amount": Decimal(row.price) / 100,
        },
    )
    if is_new:
        Order.objects.filter(pk=row.pk).update(reference=session.id)
        if row.state == State.CREATED:
            move(row, State.PENDING, "payment page opened")
    return stored
