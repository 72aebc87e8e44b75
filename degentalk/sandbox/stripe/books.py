"""The books on Stripe's side: balance transactions, and what they sum to for each order.

https://docs.stripe.com/reports/balance-transaction-types
"""

from collections import defaultdict
from typing import Any

from degentalk.sandbox.stripe.store import Json
from degentalk.sandbox.stripe.world import World

CARD_FEE_BASIS_POINTS, CARD_FEE_CENTS = 290, 30  # United States, domestic cards
BANK_FEE_BASIS_POINTS, BANK_FEE_MAX_CENTS = 80, 500
DISPUTE_FEE_CENTS = 1500
SETTLES_AFTER_SECONDS = 2 * 24 * 3600


def charge_fee(method: str, amount: int) -> int:
    """Stripe's price for a payment of so many cents."""
    if method == "card":
        return _share(amount, CARD_FEE_BASIS_POINTS) + CARD_FEE_CENTS
    return min(_share(amount, BANK_FEE_BASIS_POINTS), BANK_FEE_MAX_CENTS)


def book(world: World, *, source: Json, amount: int, kind: str, category: str, fee: int = 0, text: str = "") -> Json:
    """Write one movement of the balance, in cents; negative is out."""
    fees = (
        [
            {
                "amount": fee,
                "application": None,
                "currency": source["currency"],
                "description": f"{text or 'Stripe'} fee",
                "type": "stripe_fee",
            }
        ]
        if fee
        else []
    )
    entry: Json = {
        "id": world.ids.new("txn_"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": world.clock.now() + SETTLES_AFTER_SECONDS,
        "balance_type": "payments",
        "created": world.clock.now(),
        "currency": source["currency"],
        "description": text or None,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": fees,
        "net": amount - fee,
        "reporting_category": category,
        "source": source["id"],
        "status": "pending",
        "type": kind,
    }
    world.store.put("balance_transaction", entry)
    return entry


def snapshot(world: World) -> dict[str, dict[str, Any]]:
    """For each client_reference_id, in cents: `paid`, `refunded`, and of disputes `withdrawn` (still open) and `lost`.

    Funds that came back count nowhere, whether a refund failed or a dispute was won or paid back after it was lost.
    """
    references = {
        session["payment_intent"]: session["client_reference_id"] or session["id"]
        for session in world.store.view("session")
        if session["payment_intent"]
    }
    sums: dict[str, dict[str, int]] = defaultdict(lambda: {"paid": 0, "refunded": 0, "withdrawn": 0, "lost": 0})
    for entry in reversed(world.store.view("balance_transaction")):
        source = world.store.find(entry["source"]) or {}
        reference = references.get(source.get("payment_intent"))
        if reference is not None:
            sums[reference][_column(source)] += entry["amount"] * (1 if source["object"] == "charge" else -1)
    return dict(sums)


def _column(source: Json) -> str:
    if source["object"] == "dispute":
        return "lost" if source["status"] == "lost" else "withdrawn"
    return "paid" if source["object"] == "charge" else "refunded"


def _share(amount: int, basis_points: int) -> int:
    return (amount * basis_points + 5000) // 10000
