"""The one way an order changes its state: a move that the machine allows, with a line in its history."""

from degentalk.core.clock import database_time
from payments.models import Order, OrderChange
from payments.states import MOVES, State


class ImpossibleMove(Exception):
    """A bug: the state machine has no such move."""


def move(order: Order, to: State, because: str) -> bool:
    """Change the state of an order that the caller has locked; whether it changed. Raises ImpossibleMove."""
    before = State(order.state)
    if before == to:
        return False
    if to not in MOVES[before]:
        raise ImpossibleMove(f"{order} is {before} and cannot become {to}.")
    order.state, order.changed_at = to, database_time()
    order.save(update_fields=["state", "changed_at"])
    OrderChange.objects.create(order=order, from_state=before, to_state=to, because=because[:200])
    return True
