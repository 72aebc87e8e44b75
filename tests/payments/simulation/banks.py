"""What happens at Stripe: buyers on its page, banks, refunds and disputes."""

from collections.abc import Callable
from typing import Any

from degentalk.sandbox.stripe.errors import ApiError
from tests.payments.simulation.world import World


def at_checkout(verb: str) -> Callable[[World], object]:
    """A buyer does something on Stripe's page."""

    def act(world: World) -> str | None:
        made = world.any_purchase(lambda session: session["status"] == "open")
        return made and f"{made}: {made.buyer}, {verb}, {_at_stripe(getattr(world.card, verb), made.session)}"

    return act


def settle_debit(world: World) -> str | None:
    """The money of a debit comes, or does not."""
    made = world.any_purchase(lambda one: (one["status"], one["payment_status"]) == ("complete", "unpaid"))
    ok = world.chance(0.7)
    return made and f"{made}: debit, {ok}, {_at_stripe(world.card.settle, made.session, ok=ok)}"


def refund(world: World) -> str | None:
    """Staff give money back at Stripe, all that is left or a part."""
    made = world.any_purchase(_is_paid)
    if made is None:
        return None
    amount = world.dice.choice([None, 1, 33, 99, 150, world.dice.randint(1, 2_000)])
    status = world.dice.choice(["", "", "pending"])
    said = _at_stripe(world.card.refund, made.session, amount, status=status, remembered=world.refunds)
    return f"{made}: refund of {amount}, {said}"


def change_refund(world: World) -> str | None:
    """A refund arrives, fails or is stopped."""
    if not world.refunds:
        return None
    of = world.dice.choice(world.refunds[-8:])
    verb = world.dice.choice(["succeed_refund", "fail_refund", "fail_refund", "cancel_refund"])
    return f"{of} {verb}: {_at_stripe(getattr(world.card, verb), of)}"


def dispute(world: World) -> str | None:
    """A bank disputes a payment in whole or in part, or only asks."""
    made = world.any_purchase(_is_paid)
    if made is None:
        return None
    kind, amount = world.dice.choice(["dispute", "dispute", "inquiry"]), world.dice.choice([None, None, 100])
    said = _at_stripe(world.card.dispute, made.session, kind=kind, amount=amount, remembered=world.disputes)
    return f"{made}: {kind} of {amount}, {said}"


def change_dispute(world: World) -> str | None:
    """A dispute goes on in any way it can, or cannot."""
    if not world.disputes:
        return None
    of = world.dice.choice(world.disputes[-8:])
    match world.dice.choice(["respond", "escalate", "won", "lost", "lost", "warning_closed", "prevented", "reinstate"]):
        case "respond" | "escalate" | "reinstate" as verb:
            return f"{of} {verb}: {_at_stripe(getattr(world.card, verb), of)}"
        case result:
            return f"{of} closes: {result}, {_at_stripe(world.card.close_dispute, of, result)}"


def alter(world: World) -> str | None:
    """Stripe says another sum than was ordered: that is for staff to look at."""
    made = world.any_purchase(lambda session: session["status"] == "open" and not session["payment_intent"])
    if made is None:
        return None
    made.is_altered = True
    world.card.alter(made.session, amount_total=world.card.get(made.session)["amount_total"] - 1)
    return f"{made}: its page asks for a cent less"


def other_shop(world: World) -> str:
    """Somebody else sells something on the same account."""
    world.card.foreign_session(reference=world.dice.choice([None, "order-17"]))
    return "another shop is paid"


def _is_paid(session: dict[str, Any]) -> bool:
    return session["payment_status"] == "paid"


def _at_stripe(verb: Callable[..., Any], *given: Any, remembered: list[str] | None = None, **options: Any) -> str:
    try:
        made = verb(*given, **options)
    except ApiError as refusal:
        return f"no: {refusal.message[:60]}"
    if remembered is not None:
        remembered.append(made["id"])
    return f"{made['id'][:12]} {made['status']}"
