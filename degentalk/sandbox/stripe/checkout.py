"""The life of a Checkout Session: open, then complete or expired; paid at once, later or not at all.

https://docs.stripe.com/payments/checkout/how-checkout-works, https://docs.stripe.com/checkout/fulfillment
"""

from typing import Any

from degentalk.sandbox.stripe import books, objects
from degentalk.sandbox.stripe.errors import ApiError
from degentalk.sandbox.stripe.events import emit
from degentalk.sandbox.stripe.store import Json
from degentalk.sandbox.stripe.world import World

DECLINED = {"code": "card_declined", "message": "Your card was declined."}
RETURNED = {"code": "payment_method_customer_decline", "message": "The bank returned the debit."}


def create(world: World, wanted: Json) -> Json:
    """A new session from parameters that were checked."""
    items = [objects.line_item(world, item) for item in wanted["line_items"]]
    session = objects.session(world, wanted, items)
    world.store.put(
        "line_items", {"items": items, "for_intent": wanted.get("payment_intent_data", {})}, f"items:{session['id']}"
    )
    world.store.put("session", session)
    return session


def items(world: World, session_id: str) -> list[Json]:
    """The lines of a session."""
    found: list[Json] = world.get("line_items", f"items:{session_id}")["items"]
    return found


def pay(world: World, session_id: str) -> Json:
    """The buyer pays with a card that works; a session that costs nothing is only completed. The session."""
    session = _open(world, session_id)
    if session["amount_total"]:
        intent, charge = _attempt(world, session, "card")
        _succeed(world, intent, charge)
        session |= {"payment_intent": intent["id"], "payment_status": "paid"}
    return _complete(world, session)


def pay_later(world: World, session_id: str) -> Json:
    """The buyer pays by bank debit: the session is complete, the money arrives with `settle`, or not."""
    session = _open(world, session_id)
    if objects.DELAYED not in session["payment_method_types"] or not session["amount_total"]:
        raise ApiError("This session takes no payment that arrives later.")
    intent, charge = _attempt(world, session, objects.DELAYED)
    intent["status"] = "processing"
    _keep(world, intent, charge)
    emit(world, "charge.pending", charge)
    emit(world, "payment_intent.processing", intent)
    return _complete(world, session | {"payment_intent": intent["id"]})


def settle(world: World, session_id: str, *, ok: bool) -> Json:
    """The money of a bank debit arrives, or the bank returns it. The session."""
    session = world.get("session", session_id)
    intent = world.get("payment_intent", session["payment_intent"] or "")
    if intent["status"] != "processing":
        raise ApiError("No payment of this session is on its way.")
    charge = world.get("charge", intent["latest_charge"])
    if ok:
        _succeed(world, intent, charge)
        session["payment_status"] = "paid"
    else:
        _fail(world, intent, charge, RETURNED)
    world.store.put("session", session)
    emit(world, f"checkout.session.async_payment_{'succeeded' if ok else 'failed'}", session)
    return session


def decline(world: World, session_id: str) -> Json:
    """The buyer tries a card that is declined; the session stays open for another."""
    session = _open(world, session_id)
    intent, charge = _attempt(world, session, "card")
    _fail(world, intent, charge, DECLINED)
    session["payment_intent"] = intent["id"]
    world.store.put("session", session)
    return session


def expire(world: World, session_id: str) -> Json:
    """Close an open session unpaid. Raises ApiError for one that is not open."""
    session = world.get("session", session_id)
    if session["status"] != "open":
        raise ApiError(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of '
            f"`{session['status']}`."
        )
    session |= {"status": "expired", "url": None}
    world.store.put("session", session)
    emit(world, "checkout.session.expired", session)
    return session


def expire_due(world: World) -> None:
    """Close every session whose time is up."""
    now = world.clock.now()
    for session in world.store.oldest("session", lambda one: one["status"] == "open" and one["expires_at"] <= now):
        expire(world, session["id"])


def _open(world: World, session_id: str) -> Json:
    session = world.get("session", session_id)
    if session["status"] != "open":
        raise ApiError(f"This session is not open any more: it is {session['status']}.")
    return session


def _attempt(world: World, session: Json, method: str) -> tuple[Json, Json]:
    """The session's intent, made with the first attempt, and a charge that is pending."""
    if session["payment_intent"]:
        intent = world.get("payment_intent", session["payment_intent"])
    else:
        wanted = world.get("line_items", f"items:{session['id']}")["for_intent"]
        intent = objects.payment_intent(world, session, wanted)
        emit(world, "payment_intent.created", intent)
    charge = objects.charge(world, intent, method, session["customer_email"])
    intent |= {"latest_charge": charge["id"], "payment_method": charge["payment_method"], "last_payment_error": None}
    return intent, charge


def _succeed(world: World, intent: Json, charge: Json) -> None:
    method = charge["payment_method_details"]["type"]
    entry = books.book(
        world,
        source=charge,
        amount=charge["amount"],
        kind="charge" if method == "card" else "payment",
        category="charge",
        fee=books.charge_fee(method, charge["amount"]),
        text=charge["description"] or "",
    )
    intent |= {"status": "succeeded", "amount_received": intent["amount"]}
    charge |= {
        "amount_captured": charge["amount"],
        "balance_transaction": entry["id"],
        "captured": True,
        "outcome": _outcome("authorized", "Payment complete."),
        "paid": True,
        "status": "succeeded",
    }
    _keep(world, intent, charge)
    emit(world, "charge.succeeded", charge)
    emit(world, "payment_intent.succeeded", intent)


def _fail(world: World, intent: Json, charge: Json, why: dict[str, str]) -> None:
    intent |= {"status": "requires_payment_method", "payment_method": None}
    intent["last_payment_error"] = {**why, "charge": charge["id"], "type": "card_error"}
    charge |= {"failure_code": why["code"], "failure_message": why["message"], "status": "failed"}
    charge["outcome"] = _outcome("issuer_declined", why["message"])
    _keep(world, intent, charge)
    emit(world, "charge.failed", charge)
    emit(world, "payment_intent.payment_failed", intent)


def _complete(world: World, session: Json) -> Json:
    session |= {"status": "complete", "url": None}
    session["customer_details"] = {
        "address": objects.NO_ADDRESS,
        "business_name": None,
        "email": session["customer_email"] or "buyer@example.com",
        "individual_name": None,
        "name": "A buyer of the sandbox",
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }
    world.store.put("session", session)
    emit(world, "checkout.session.completed", session)
    return session


def _keep(world: World, intent: Json, charge: Json) -> None:
    world.store.put("payment_intent", intent)
    world.store.put("charge", charge)


def _outcome(kind: str, message: str) -> dict[str, Any]:
    network = "approved_by_network" if kind == "authorized" else "declined_by_network"
    return {"network_status": network, "reason": None, "risk_level": "normal", "seller_message": message, "type": kind}
