"""Real threads with real connections, all let go at the same moment."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

T = TypeVar("T")

WAITING = """
select exists (
    select from pg_locks l join pg_stat_activity a on a.pid = l.pid
    where not l.granted and a.datname = current_database()
)
"""


def together(calls: Sequence[Callable[[], T]], *, refusals: type[Exception] | tuple[type[Exception], ...] = ()) -> list:
    """Run the calls at once, each in a thread of its own; their results, or the refusals that were expected."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], T]) -> T | Exception:
        try:
            gate.wait(timeout=30)
            return call()
        except refusals as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(calls)) as pool:
        return list(pool.map(run, calls))


def beside(call: Callable[[], T]) -> Callable[[], T]:
    """Start the call in a thread of its own; returns how to wait for its result, or for what it raised."""
    pool = ThreadPoolExecutor(max_workers=1)

    def run() -> T:
        try:
            return call()
        finally:
            connection.close()

    began = pool.submit(run)
    pool.shutdown(wait=False)
    return lambda: began.result(timeout=30)


def until_somebody_waits() -> None:
    """Until another connection to this database waits for a lock."""
    for _attempt in range(6_000):
        with connection.cursor() as cursor:
            cursor.execute("select pg_stat_clear_snapshot()")  # else who connects later is not seen in a transaction
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.005)
    raise AssertionError("Nobody waited for a lock.")
