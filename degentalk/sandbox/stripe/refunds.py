"""Refunds: in full or in part, repeatedly, at once or pending, and those that fail afterwards.

https://docs.stripe.com/refunds. A refund that fails or is canceled leaves `amount_refunded` of the charge again, and
what it took from the balance comes back.
"""

from degentalk.sandbox.stripe import books
from degentalk.sandbox.stripe.errors import ApiError, Invalid
from degentalk.sandbox.stripe.events import emit
from degentalk.sandbox.stripe.store import Json
from degentalk.sandbox.stripe.world import World

OPEN = ("pending", "requires_action")


def refund(
    world: World,
    charge_id: str,
    amount: int | None = None,
    *,
    status: str = "",
    reason: str | None = None,
    metadata: Json | None = None,
) -> Json:
    """Give back so many cents, or all that is left; `status` is succeeded or pending, as the method does it."""
    charge = world.get("charge", charge_id, "charge")
    left = charge["amount"] - charge["amount_refunded"]
    _check(charge, amount, left)
    if world.store.view("dispute", lambda one: one["charge"] == charge_id and _holds(one)):
        raise ApiError("This charge has been charged back, so it cannot be refunded.", code="charge_disputed")
    card = charge["payment_method_details"]["type"] == "card"
    made = _new(world, charge, amount or left, reason=reason, metadata=metadata or {})
    made["status"] = status or ("succeeded" if card else "pending")
    if made["status"] == "pending":
        made["pending_reason"] = "processing"
    entry = books.book(
        world,
        source=made,
        amount=-made["amount"],
        kind="refund" if card else "payment_refund",
        category="refund",
        text="REFUND FOR CHARGE",
    )
    made["balance_transaction"] = entry["id"]
    world.store.put("refund", made)
    before = dict(charge)
    _count(world, charge, made["amount"])
    emit(world, "charge.refunded", charge, before)
    emit(world, "refund.created", made)
    return made


def succeed(world: World, refund_id: str) -> Json:
    """A pending refund arrives."""
    made = _in_state(world, refund_id, OPEN)
    return _change(world, made, status="succeeded")


def fail(world: World, refund_id: str, *, why: str = "expired_or_canceled_card") -> Json:
    """The buyer's bank does not take it, even days after it succeeded."""
    made = _in_state(world, refund_id, (*OPEN, "succeeded"))
    back = _bring_back(world, made)
    made = _change(world, made, status="failed", failure_reason=why, failure_balance_transaction=back["id"])
    emit(world, "refund.failed", made)
    return made


def cancel(world: World, refund_id: str) -> Json:
    """Stop a refund that is still pending."""
    made = _in_state(world, refund_id, OPEN)
    back = _bring_back(world, made)
    return _change(world, made, status="canceled", failure_balance_transaction=back["id"])


def _check(charge: Json, amount: int | None, left: int) -> None:
    if charge["status"] != "succeeded":
        raise ApiError(f"This charge cannot be refunded: it is {charge['status']}.", code="charge_not_refundable")
    if left == 0:
        raise ApiError(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if amount is not None and amount < 1:
        raise Invalid("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount is not None and amount > left:
        raise ApiError(
            f"Refund amount (${amount / 100:,.2f}) is greater than unrefunded amount on charge (${left / 100:,.2f})",
            param="amount",
        )


def _holds(dispute: Json) -> bool:
    return not dispute["is_charge_refundable"] and dispute["status"] not in ("won", "prevented")


def _in_state(world: World, refund_id: str, states: tuple[str, ...]) -> Json:
    made = world.get("refund", refund_id)
    if made["status"] not in states:
        raise ApiError(f"This refund is {made['status']}.")
    return made


def _bring_back(world: World, made: Json) -> Json:
    charge = world.get("charge", made["charge"])
    _count(world, charge, -made["amount"])
    return books.book(
        world,
        source=made,
        amount=made["amount"],
        kind="refund_failure",
        category="refund_failure",
        text="REFUND FAILURE",
    )


def _count(world: World, charge: Json, cents: int) -> None:
    charge["amount_refunded"] += cents
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    world.store.put("charge", charge)


def _change(world: World, made: Json, **changes: str) -> Json:
    before = dict(made)
    made |= changes
    made.pop("pending_reason", None)
    world.store.put("refund", made)
    emit(world, "charge.refund.updated", made, before)
    emit(world, "refund.updated", made, before)
    return made


def _new(world: World, charge: Json, amount: int, *, reason: str | None, metadata: Json) -> Json:
    """Money on its way back to the buyer. https://docs.stripe.com/api/refunds/object"""
    method = charge["payment_method_details"]["type"]
    return {
        "id": world.ids.new("re_" if method == "card" else "pyr_"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": world.clock.now(),
        "currency": charge["currency"],
        "destination_details": {method: {}, "type": method},
        "metadata": metadata,
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending",
        "transfer_reversal": None,
    }
