"""Time comes from the database, so that every server and every cooldown agree on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import DateTimeField, Func
from psycopg.pq import TransactionStatus


class Clock(Func):
    """SQL `clock()`: the start of the transaction. Also a `db_default`."""

    function = "clock"
    arity = 0
    output_field = DateTimeField()


def database_time(using: str = DEFAULT_DB_ALIAS) -> datetime:
    """What `clock()` says on this connection."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT clock()")
        moment: datetime = cursor.fetchone()[0]
    return moment


@contextmanager
def at(moment: datetime, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Let `clock()` say `moment` on this connection. Databases marked production ignore it."""
    if moment.tzinfo is None:
        raise ValueError("clock.at() needs an aware datetime.")
    before = _replace(using, moment.isoformat())
    try:
        yield
    finally:
        # A failed transaction accepts no statement; its rollback takes the setting back by itself.
        if connections[using].connection.info.transaction_status != TransactionStatus.INERROR:
            _replace(using, before)


def _replace(using: str, value: str) -> str:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('degentalk.now', true), '')")
        before: str = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('degentalk.now', %s, false)", [value])
    return before
