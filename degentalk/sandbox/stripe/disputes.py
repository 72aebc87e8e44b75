"""Disputes: a bank takes the money back, or only asks; then it is won, lost, closed or prevented.

https://docs.stripe.com/disputes/how-disputes-work. A dispute takes its amount and a fee from the balance at once; an
inquiry (`warning_…`) takes nothing unless it is escalated.
"""

from typing import Literal, get_args

from degentalk.sandbox.stripe import books, objects
from degentalk.sandbox.stripe.errors import ApiError
from degentalk.sandbox.stripe.events import emit
from degentalk.sandbox.stripe.store import Json
from degentalk.sandbox.stripe.world import World

Kind = Literal["dispute", "inquiry"]
Result = Literal["won", "lost", "warning_closed", "prevented"]
CLOSED = get_args(Result)


def open_dispute(
    world: World, charge_id: str, *, reason: str = "fraudulent", kind: Kind = "dispute", amount: int | None = None
) -> Json:
    """The buyer's bank disputes so many cents, or all that was not refunded; as an inquiry it only asks."""
    charge = world.get("charge", charge_id, "charge")
    cents = charge["amount"] - charge["amount_refunded"] if amount is None else amount
    if charge["status"] != "succeeded" or not 0 < cents <= charge["amount"]:
        raise ApiError("There is nothing on this charge to dispute.")
    if kind not in get_args(Kind):
        raise ApiError(f"A dispute is one of: {', '.join(get_args(Kind))}.")
    status = "needs_response" if kind == "dispute" else "warning_needs_response"
    dispute = _new(world, charge, cents, reason=reason, status=status)
    charge["disputed"] = True
    world.store.put("charge", charge)
    if kind == "dispute":
        _move(world, dispute, -cents)
    world.store.put("dispute", dispute)
    emit(world, "charge.dispute.created", dispute)
    if kind == "dispute":
        emit(world, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def respond(world: World, dispute_id: str) -> Json:
    """Evidence was sent: the bank reviews it."""
    dispute = _undecided(world, dispute_id)
    warning = "warning_" if dispute["status"].startswith("warning_") else ""
    return _change(world, dispute, f"{warning}under_review")


def escalate(world: World, dispute_id: str) -> Json:
    """An inquiry becomes a dispute, which takes the money."""
    dispute = _undecided(world, dispute_id)
    if not dispute["status"].startswith("warning_"):
        raise ApiError("Only an inquiry can be escalated.")
    _move(world, dispute, -dispute["amount"])
    dispute["is_charge_refundable"] = False
    dispute = _change(world, dispute, "needs_response")
    emit(world, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def close(world: World, dispute_id: str, result: Result) -> Json:
    """The bank decides. Whatever is not lost gives back what was withdrawn."""
    dispute = _undecided(world, dispute_id)
    is_inquiry = dispute["status"].startswith("warning_")
    fitting = ("warning_closed", "prevented") if is_inquiry else ("won", "lost", "prevented")
    if result not in fitting:
        raise ApiError(f"A dispute that is {dispute['status']} closes as one of: {', '.join(fitting)}.")
    dispute["status"] = result
    if result != "lost":
        _reinstate(world, dispute)
    world.store.put("dispute", dispute)
    emit(world, "charge.dispute.closed", dispute)
    return dispute


def reinstate(world: World, dispute_id: str) -> Json:
    """A bank gives the money of a lost dispute back after all; its status stays lost."""
    dispute = world.get("dispute", dispute_id)
    if dispute["status"] != "lost" or withdrawn(dispute) == 0:
        raise ApiError("Only a lost dispute whose money was not paid back yet can be reinstated.")
    _reinstate(world, dispute)
    world.store.put("dispute", dispute)
    return dispute


def withdrawn(dispute: Json) -> int:
    """How many cents this dispute has taken and not given back."""
    moved: int = sum(entry["amount"] for entry in dispute["balance_transactions"])
    return -moved


def _undecided(world: World, dispute_id: str) -> Json:
    dispute = world.get("dispute", dispute_id)
    if dispute["status"] in CLOSED:
        raise ApiError(f"This dispute is closed: {dispute['status']}.")
    return dispute


def _reinstate(world: World, dispute: Json) -> None:
    cents = withdrawn(dispute)
    if cents:
        _move(world, dispute, cents)
        emit(world, "charge.dispute.funds_reinstated", dispute)


def _move(world: World, dispute: Json, cents: int) -> None:
    taken = cents < 0
    entry = books.book(
        world,
        source=dispute,
        amount=cents,
        kind="adjustment",
        category="dispute" if taken else "dispute_reversal",
        fee=books.DISPUTE_FEE_CENTS if taken else 0,
        text="Chargeback withdrawal" if taken else "Chargeback reversal",
    )
    dispute["balance_transactions"].append(entry)


def _change(world: World, dispute: Json, status: str) -> Json:
    before = world.get("dispute", dispute["id"])
    dispute["status"] = status
    world.store.put("dispute", dispute)
    emit(world, "charge.dispute.updated", dispute, before)
    return dispute


def _new(world: World, charge: Json, amount: int, *, reason: str, status: str) -> Json:
    """A buyer's bank asks for the money back, or asks first. https://docs.stripe.com/api/disputes/object"""
    case = "inquiry" if status.startswith("warning_") else "chargeback"
    card = {"brand": "visa", "case_type": case, "network": "visa", "network_reason_code": "10.4"}
    method = charge["payment_method_details"]["type"]
    return {
        "id": world.ids.new("du_"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": world.clock.now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {},
        "evidence_details": {
            "due_by": world.clock.now() + 7 * objects.DAY_SECONDS,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": case == "inquiry",
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {"card": card, "type": "card"} if method == "card" else {"type": method},
        "reason": reason,
        "status": status,
    }
