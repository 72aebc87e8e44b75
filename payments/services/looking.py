"""Asking a provider about an order, and writing down what it says. Webhook, landing page, reconciler all come here."""

from django.conf import settings
from django.db import transaction
from django.db.models import F

from degentalk.core.clock import database_time
from payments import providers
from payments.models import Order, Review
from payments.money import sum_of
from payments.services.moving import move
from payments.services.reviews import open_notice, open_review
from payments.services.settling import settle
from payments.states import CLOSED_UNPAID, OPEN, Facts, State, unpaid_state

WRITTEN = [
    "looked", "reference", "paid", "refunded", "disputed", "lost", "had_dispute", "paid_at", "surplus",
    "surplus_approved",
]  # fmt: skip


def look(order: Order, *, because: str) -> Order:
    """Ask what became of the payment and do what follows, once, however often and by whomever it is called.

    The answer is the whole of it, not a change. It is written down unless somebody who began to ask after we did was
    answered already: then ours may be older, and theirs has all that was so when we began. Calls out; no transaction is
    open. Raises ProviderUnreachable, PaymentMissing.
    """
    ticket = _take_ticket(order)
    record(order, providers.way(order.provider).look(order), ticket=ticket, because=because)
    return settle(order, because=because)


def _take_ticket(order: Order) -> int:
    with transaction.atomic():
        Order.objects.filter(pk=order.pk).update(looks=F("looks") + 1)
        return int(Order.objects.values_list("looks", flat=True).get(pk=order.pk))


@transaction.atomic
def record(order: Order, facts: Facts, *, ticket: int, because: str) -> bool:
    """Write down what the provider says; False: somebody who began to ask later has done so already."""
    row = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    if row.looked > ticket:
        return False
    row.looked = ticket
    _write(row, facts)
    if facts.is_paid:
        _paid(row, facts, because)
    elif row.state in (*OPEN, *CLOSED_UNPAID):
        _unpaid(row, facts, because)
    for notice in facts.notices:
        open_notice(notice, provider=row.provider, order=row)
    return True


def _write(row: Order, facts: Facts) -> None:
    row.reference = facts.reference or row.reference
    if facts.is_paid:
        row.paid, row.refunded, row.disputed, row.lost = facts.paid, facts.refunded, facts.disputed, facts.lost
        row.had_dispute = row.had_dispute or facts.had_dispute
        row.paid_at = row.paid_at or database_time()
        row.surplus = facts.surplus
        if settings.SURPLUS_IS_CREDITED:
            row.surplus_approved = max(row.surplus_approved, facts.surplus)
    elif row.state in (*OPEN, *CLOSED_UNPAID):
        row.paid = facts.part
    row.save(update_fields=WRITTEN)


def _paid(row: Order, facts: Facts, because: str) -> None:
    """Money that came is never ignored, also where the order was closed before it (S13)."""
    if row.state not in (*OPEN, *CLOSED_UNPAID):
        return
    if facts.problem:
        move(row, State.REVIEW, because)
        open_review(
            order=row,
            reason=Review.Reason(facts.problem),
            reference=facts.reference,
            details=f"{sum_of(facts.paid, facts.currency)} paid, {sum_of(row.price, row.currency)} ordered",
        )
        return
    move(row, State.CONFIRMED, because)


def _unpaid(row: Order, facts: Facts, because: str) -> None:
    to = unpaid_state(facts)
    # What is closed stays closed until money comes; that nothing has come yet is no news.
    if row.state in CLOSED_UNPAID and to in OPEN and not facts.has_begun:
        return
    if row.state == State.CREATED and to == State.PENDING and not facts.reference:
        return
    move(row, to, because)
