"""Side effects leave after COMMIT: the transaction writes a row, a worker acts on it, at least once."""

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from degentalk.core.clock import Clock
from degentalk.core.models import OutboxMessage
from degentalk.core.nudges import nudge_after_commit

logger = logging.getLogger(__name__)

Handler = Callable[[dict[str, Any], str], None]
handlers: dict[str, Handler] = {}

TASK = "core.deliver_outbox"
INSERT = """
insert into outbox (topic, payload, key, attempts, last_error) values (%s, %s::jsonb, %s, 0, '') on conflict do nothing
"""
# Longer than any task may run, so that a message is only repeated when its worker died.
LEASE = timedelta(minutes=10)
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(hours=1)


def send(*, topic: str, payload: dict[str, Any], key: str) -> None:
    """Promise a side effect in the caller's transaction. A key that exists already changes nothing."""
    if not connection.in_atomic_block:
        raise RuntimeError("outbox.send() belongs into the transaction it depends on.")
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [topic, json.dumps(payload), key])
    nudge_after_commit(TASK)


def handler(topic: str) -> Callable[[Handler], Handler]:
    """Register the function that acts on a topic. It may be called twice with one key and must not mind."""

    def register(function: Handler) -> Handler:
        if handlers.setdefault(topic, function) is not function:
            raise ValueError(f"Two handlers for outbox topic {topic}.")
        return function

    return register


def deliver_due(*, limit: int = 100) -> int:
    """Deliver up to `limit` messages that are due; return how many arrived."""
    delivered = 0
    for _ in range(limit):
        message = _claim()
        if message is None:
            break
        delivered += _deliver(message)
    return delivered


def _claim() -> OutboxMessage | None:
    """Lease one message to this worker. The lease commits first: no transaction is open while a handler calls out."""
    with transaction.atomic():
        message = OutboxMessage.objects.due().select_for_update(skip_locked=True, no_key=True).first()
        if message is not None:
            message.attempts += 1
            OutboxMessage.objects.filter(pk=message.pk).update(attempts=message.attempts, available_at=Clock() + LEASE)
    return message


def _deliver(message: OutboxMessage) -> bool:
    try:
        handlers[message.topic](message.payload, message.key)
    except Exception as error:  # whatever a handler raises, the message stays and the others go on
        logger.warning("outbox: %s failed, attempt %s", message, message.attempts, exc_info=True)
        # Only if the lease is still ours: a slow handler must not call back the attempt of another worker.
        OutboxMessage.objects.waiting().filter(pk=message.pk, attempts=message.attempts).update(
            available_at=Clock() + _pause(message.attempts),
            last_error=f"{type(error).__name__}: {error}"[:500],
        )
        return False
    # The payload may hold a secret, such as a link that resets a password: it is not kept.
    OutboxMessage.objects.filter(pk=message.pk).update(delivered_at=Clock(), payload={}, last_error="")
    return True


def _pause(attempts: int) -> timedelta:
    doublings = min(attempts - 1, 20)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
