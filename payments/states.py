"""The one state machine of orders, whoever is paid. Pure: what a provider says goes in, the state comes out."""

from dataclasses import dataclass
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """Where an order stands. `REVIEW` waits for staff; every other difference of a payment has a state of its own."""

    CREATED = "created", _("Created")
    PENDING = "pending", _("Waiting for payment")
    PROCESSING = "processing", _("Payment under way")
    UNDERPAID = "underpaid", _("Paid too little")
    CONFIRMED = "confirmed", _("Paid, being credited")
    CREDITED = "credited", _("Credited")
    PARTLY_REFUNDED = "partly_refunded", _("Partly refunded")
    REFUNDED = "refunded", _("Refunded")
    DISPUTED = "disputed", _("Disputed")
    REINSTATED = "reinstated", _("Reinstated")
    LOST = "lost", _("Dispute lost")
    EXPIRED = "expired", _("Expired")
    FAILED = "failed", _("Payment failed")
    REVIEW = "review", _("Waits for staff")
    DISMISSED = "dismissed", _("Closed by staff")


OPEN: Final = (State.CREATED, State.PENDING, State.PROCESSING, State.UNDERPAID)
"""Money may still come."""

CLOSED_UNPAID: Final = (State.EXPIRED, State.FAILED)
"""Nothing was paid. Money that comes all the same is never ignored: it credits."""

SETTLED: Final = (
    State.CREDITED, State.PARTLY_REFUNDED, State.REFUNDED, State.DISPUTED, State.REINSTATED, State.LOST,
)  # fmt: skip
"""What was bought has been credited, whatever became of it since."""

_PAID: Final = (State.CONFIRMED, State.REVIEW, *SETTLED)

MOVES: Final[dict[State, frozenset[State]]] = {
    **{state: frozenset({*OPEN, *CLOSED_UNPAID, *_PAID} - {State.CREATED, state}) for state in (*OPEN, *CLOSED_UNPAID)},
    State.UNDERPAID: frozenset({State.PENDING, State.PROCESSING, State.DISMISSED, *CLOSED_UNPAID, *_PAID}),
    State.CONFIRMED: frozenset({State.REVIEW, State.DISMISSED, *SETTLED}),
    State.REVIEW: frozenset({State.CONFIRMED, State.DISMISSED, *SETTLED}),
    State.DISMISSED: frozenset(),
    **{state: frozenset({*SETTLED} - {state}) for state in SETTLED},
}
"""From each state, where an order may go. Paid never becomes unpaid, and credited never becomes uncredited."""


@dataclass(frozen=True)
class Notice:
    """Something for the review list: the code of a reason, what names it for good, the details in words, and the sum
    that it is about."""

    reason: str
    reference: str
    details: str = ""
    amount: int = 0


@dataclass(frozen=True)
class Facts:
    """All that a provider says of one order now, in the smallest unit of its currency (cents of USD, micro-USDT).

    It is the whole of it and not a change: so it does not matter in which order, or how often, it is asked for.
    """

    reference: str
    """What the provider calls the payment."""
    paid: int = 0
    currency: str = ""
    is_processing: bool = False
    closed: str = ""
    """`expired` or `failed`, if no money will come."""
    refunded: int = 0
    """Of all refunds that did not fail, together."""
    disputed: int = 0
    """Of disputes that nobody has decided."""
    lost: int = 0
    """Of disputes that were lost and not reinstated."""
    had_dispute: bool = False
    """There was one, whatever came of it."""
    problem: str = ""
    """Why this payment is not what was ordered: the code of a reason for review."""
    part: int = 0
    """What has come of a price that is not all there: it waits for the rest."""
    surplus: int = 0
    """What was paid above the price; `paid` is without it."""
    notices: tuple[Notice, ...] = ()
    """What staff are to look at, without the order waiting for it."""

    @property
    def is_paid(self) -> bool:
        return self.paid > 0 or bool(self.problem)

    @property
    def has_begun(self) -> bool:
        """Whether money is under way, or a part of it has come."""
        return self.is_processing or self.part > 0


def unpaid_state(facts: Facts) -> State:
    """The state of an order that nobody has paid yet."""
    if facts.closed:
        return State(facts.closed)
    if facts.is_processing:
        return State.PROCESSING
    return State.UNDERPAID if facts.part else State.PENDING


def settled_state(facts: Facts) -> State:
    """The state of an order that was credited, by what became of the money since."""
    gone = min(facts.refunded + facts.lost, facts.paid)
    if facts.disputed:
        return State.DISPUTED
    if facts.lost:
        return State.LOST
    if gone and gone >= facts.paid:
        return State.REFUNDED
    if gone:
        return State.PARTLY_REFUNDED
    return State.REINSTATED if facts.had_dispute else State.CREDITED
