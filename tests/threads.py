"""Real threads with real connections, all let go at the same moment."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


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
