"""What Stripe knows and we may have missed: events that never came, and sessions that say something else (S22)."""

from collections.abc import Iterator
from datetime import datetime

import stripe

from payments.models import Order, ProviderEvent
from payments.providers import Difference
from payments.providers.stripe.client import calling
from payments.providers.stripe.events import HANDLED, find_order, told
from payments.services.events import store
from payments.states import CLOSED_UNPAID, OPEN, State


def missed(since: datetime) -> Iterator[Difference]:
    """See `payments.providers.Way.missed`. Raises ProviderUnreachable."""
    yield from _events(int(since.timestamp()))
    yield from _sessions(int(since.timestamp()))


def _events(since: int) -> Iterator[Difference]:
    with calling() as client:
        listed = client.v1.events.list(params={"created": {"gte": since}, "types": sorted(HANDLED), "limit": 100})
        for event in listed.auto_paging_iter():
            body = str(event)
            facts = told(body)
            if facts.is_ours and store("stripe", facts, body, source=ProviderEvent.Source.RECONCILER):
                yield Difference(f"event {facts.id} ({facts.type}) never came")


def _sessions(since: int) -> Iterator[Difference]:
    with calling() as client:
        listed = client.v1.checkout.sessions.list(params={"created": {"gte": since}, "limit": 100})
        for session in listed.auto_paging_iter():
            order = find_order(session)
            if order is not None and (what := _difference(order, session)):
                yield Difference(what, order)


def _difference(order: Order, session: stripe.checkout.Session) -> str:
    """What Stripe says of a session and our order does not, in words; empty if they agree."""
    row = Order.objects.get(pk=order.pk)
    is_unpaid = row.state in (*OPEN, *CLOSED_UNPAID)
    if session.payment_status == "paid" and (is_unpaid or row.state == State.CONFIRMED):
        return f"paid at Stripe, here {row.state}"
    if session.status == "expired" and row.state in OPEN:
        return f"expired at Stripe, here {row.state}"
    if session.status == "complete" and row.state in (State.CREATED, State.PENDING):
        return f"completed at Stripe, here {row.state}"
    return ""
