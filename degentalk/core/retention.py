"""What is kept for a while only, and deleted in batches."""

from django.conf import settings
from django.db import connection

BATCH = 5_000
DELIVERED_KEPT_DAYS = 30

# Rows that somebody writes at this moment have time until the next run.
FORGET = """
delete from {table} where id in (
    select id from {table} where {moment} < clock() - make_interval(days => %s) limit %s for update skip locked
)
"""


def forget(*, table: str, moment: str, days: int) -> int:
    """Delete the rows whose `moment` is longer ago, in batches; returns how many. May run twice."""
    statement = FORGET.format(table=table, moment=moment)
    forgotten = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, [days, BATCH])
            batch: int = cursor.rowcount
        forgotten += batch
        if batch < BATCH:
            return forgotten


def forget_old() -> int:
    """Delete answers kept for idempotency keys after IDEMPOTENCY_KEYS_KEPT_DAYS, and messages long delivered."""
    answers = forget(table="idempotency_keys", moment="created_at", days=settings.IDEMPOTENCY_KEYS_KEPT_DAYS)
    return answers + forget(table="outbox", moment="delivered_at", days=DELIVERED_KEPT_DAYS)
