"""Events of providers: stored first, then processed by a worker, each by itself, until it is done."""

import logging
from typing import Any, Protocol
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import F

from degentalk.accounts.models import User
from degentalk.core import outbox
from degentalk.core.clock import Clock
from payments import providers
from payments.models import ProviderEvent
from payments.services.looking import look

logger = logging.getLogger(__name__)

TOPIC = "payments.event"

# One statement: of two deliveries at once the second finds the first one's row, and nothing is spoiled.
INSERT = """
insert into provider_events (
    provider, event_id, type, object_id, api_version, body, source, received_at, state, attempts, note
)
values (%s, %s, %s, %s, %s, %s, %s, clock(), 'received', 0, '')
on conflict (provider, event_id) do nothing returning id
"""


class Told(Protocol):
    """What every provider says of an event."""

    @property
    def id(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def object_id(self) -> str: ...
    @property
    def api_version(self) -> str: ...


@transaction.atomic
def store(provider: str, told: Told, body: str, *, source: str) -> bool:
    """Keep an event, and promise to process it, in one transaction; False: it is kept already."""
    row = [provider, told.id, told.type, told.object_id, told.api_version, body, source]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, row)
        stored = cursor.fetchone()
    if stored is None:
        return False
    _promise(stored[0], f"event:{stored[0]}")
    return True


@transaction.atomic
def replay(event: ProviderEvent, actor: User) -> None:
    """Process an event again, whatever came of it: that is safe, since only the provider's present facts count."""
    logger.info("event %s is processed again, says %s", event.pk, actor.pk)
    ProviderEvent.objects.filter(pk=event.pk).update(state=ProviderEvent.State.RECEIVED, done_at=None)
    _promise(event.pk, f"event:{event.pk}:{uuid4()}")


def _promise(event_id: int, key: str) -> None:
    outbox.send(topic=TOPIC, payload={"event": event_id}, key=key)


@outbox.handler(TOPIC)
def process(payload: dict[str, Any], key: str) -> None:
    """Do what an event asks for. What goes wrong is written on the event, and the outbox tries again (S28)."""
    event = ProviderEvent.objects.get(pk=payload["event"])
    if event.state in (ProviderEvent.State.DONE, ProviderEvent.State.IGNORED):
        return
    try:
        order = providers.way(event.provider).order_of(event)
        if order is not None:
            look(order, because=f"{event.type} {event.event_id}")
    except Exception as error:
        note = f"{type(error).__name__}: {error}"[:500]
        _write(event, ProviderEvent.State.FAILED, note=note)
        raise
    state = ProviderEvent.State.DONE if order else ProviderEvent.State.IGNORED
    if order is None:
        logger.info("event %s (%s) is none of ours", event.event_id, event.type)
    _write(event, state, order=order, done_at=Clock())


def _write(event: ProviderEvent, state: str, **facts: Any) -> None:
    facts = {"note": "", **facts}
    ProviderEvent.objects.filter(pk=event.pk).update(state=state, attempts=F("attempts") + 1, **facts)
