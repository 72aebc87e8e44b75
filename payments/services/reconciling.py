"""Comparing a provider's books with ours: what was missed is done exactly as if it had been told (S22, S27)."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from degentalk.core.clock import database_time
from payments import providers
from payments.errors import ProviderOff, ProviderUnreachable
from payments.models import Order, ReconcileCursor
from payments.providers import Difference
from payments.rules import target
from payments.services.looking import look
from payments.services.settling import settle, surplus_due
from payments.states import SETTLED, State

logger = logging.getLogger(__name__)

OVERLAP = timedelta(hours=1)
"""Looked at again each time: providers list late what happened earlier."""

# What the account of a provider issued for each order; null: for none that we know.
ISSUED = """
select m.order_id, -sum(e.amount)::bigint
from dgt_transactions e
join dgt_accounts a on a.id = e.account_id and a.name = %(provider)s
join dgt_journal j on j.id = e.journal_id
left join dgt_order_movements m on m.journal_id = coalesce(j.reverses_id, j.id)
where %(order)s::bigint is null or m.order_id = %(order)s
group by m.order_id
"""

SWEEP = timedelta(days=30)
"""As long as Stripe keeps events."""


def reconcile(provider: str) -> list[Difference]:
    """Look at all since the last time, and mend; what there was to mend. Raises ProviderUnreachable, ProviderOff."""
    now = database_time()
    cursor = ReconcileCursor.objects.filter(pk=provider).first()
    since = max(cursor.until, now - SWEEP) - OVERLAP if cursor else now - SWEEP
    found = _hear_missed(provider, since)
    ReconcileCursor.objects.update_or_create(provider=provider, defaults={"until": now})
    return found


def sweep(provider: str, *, days: int = SWEEP.days) -> list[Difference]:
    """Look at all of the last days, mend, and compare each order's money with its DGT; every difference by name."""
    return [*mend(provider, days=days), *books(provider)]


def mend(provider: str, *, days: int = SWEEP.days) -> list[Difference]:
    """Look at all of the last days, and mend; every difference by name. Asks the provider about each payment."""
    since = database_time() - timedelta(days=days)
    return [*_hear_missed(provider, since), *_look_at_paid(provider, since)]


def _hear_missed(provider: str, since: datetime) -> list[Difference]:
    found = []
    for difference in providers.way(provider).missed(since):
        found.append(difference)
        if difference.order is not None:
            found += _looked_at(difference.order, because="reconciled")
    return found


def _looked_at(order: Order, *, because: str) -> list[Difference]:
    """Look, and name what kept us from it: one order never keeps the others waiting (S28).

    Raises ProviderOff, and ProviderUnreachable where that is about all of them.
    """
    try:
        look(order, because=because)
    except ProviderOff:
        raise
    except ProviderUnreachable as error:
        if error.is_about_all:
            raise
        return [Difference(f"could not be looked at: {error}", order)]
    except Exception as error:
        logger.exception("payments: order %s could not be looked at", order.pk)
        return [Difference(f"could not be looked at: {error}", order)]
    return []


def _look_at_paid(provider: str, since: datetime) -> Iterator[Difference]:
    """Ask anew about every payment of these days: a refund or dispute that nobody told shows here."""
    paid = Order.objects.filter(provider=provider, paid_at__gte=since).order_by("id")
    for order in paid.iterator():
        before = _standing(order)
        yield from _looked_at(order, because="swept")
        after = _standing(order)
        if before != after:
            yield Difference(f"was {before}, is {after}", order)


def _standing(order: Order) -> str:
    row = Order.objects.get(pk=order.pk)
    return f"{row.state}: paid {row.paid}, refunded {row.refunded}, disputed {row.disputed}, lost {row.lost}"


def books(provider: str) -> Iterator[Difference]:
    """For each order: what the provider says was paid, refunded and lost, against what the ledger issued (S27)."""
    issued = _issued(provider)
    orders = Order.objects.filter(provider=provider).exclude(paid=0, credited_dgt=0).order_by("id")
    for order in orders.iterator(chunk_size=500):
        due, did = _due(order), issued.pop(order.pk, 0)
        if did != due:
            yield from _differs_still(provider, order.pk)
    for order_id, did in issued.items():
        yield from _strays(order_id, int(did))


def _issued(provider: str, order_id: int | None = None) -> dict[int | None, int]:
    with connection.cursor() as cursor:
        cursor.execute(ISSUED, {"provider": provider, "order": order_id})
        return dict(cursor.fetchall())


def _differs_still(provider: str, order_id: int) -> Iterator[Difference]:
    """Whoever was credited between the two questions differs no more when asked again, while nobody settles."""
    with transaction.atomic():
        order = Order.objects.select_for_update(no_key=True).get(pk=order_id)
        due, did = _due(order), _issued(provider, order_id).get(order_id, 0)
    if did != due:
        yield Difference(f"{due} DGT are due, {did} were issued", order)


def _strays(order_id: int | None, did: int) -> Iterator[Difference]:
    if order_id is None:
        yield Difference(f"{did} DGT were issued for no order")
    elif did:
        yield Difference(f"nothing is due, {did} DGT were issued", Order.objects.get(pk=order_id))


def _due(order: Order) -> int:
    if not order.credited_dgt and order.state not in SETTLED:
        return 0
    money = {"paid": order.paid, "refunded": order.refunded, "lost": order.lost, "disputed": order.disputed}
    return order.total_dgt - target(dgt=order.total_dgt, **money).taken + surplus_due(order)


def settle_waiting(*, limit: int = 500) -> int:
    """Try again what waits for a wallet or a member, and what a crash left undone; how many it settled."""
    left = Order.objects.filter(~Q(waits_for="") | Q(state=State.CONFIRMED)).order_by("changed_at", "id")[:limit]
    return sum(1 for order in left if _settled(order))


def _settled(order: Order) -> bool:
    """Whether it waits for nothing any more."""
    try:
        return not settle(order, because="tried again").waits_for
    except Exception:  # one order never keeps the others waiting
        logger.exception("payments: order %s could not be settled", order.pk)
        return False


def close_expired(*, limit: int = 200) -> int:
    """Look a last time at orders whose time to pay is over; without money they are closed. How many."""
    closing = Order.objects.filter(
        state__in=[State.CREATED, State.PENDING], expires_at__lt=database_time() - timedelta(minutes=5)
    ).order_by("expires_at")[:limit]
    return sum(1 for order in closing if _close(order))


def _close(order: Order) -> bool:
    _looked_at(order, because="its time is over")
    order.refresh_from_db(fields=["state"])
    return order.state not in (State.CREATED, State.PENDING)
