"""Seals for tests: of everything that they wrote."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.db import connection

from wallet.models import DgtSeal
from wallet.services import seals

T = TypeVar("T")

PATIENCE_SECONDS = 120
ATTEMPTS = 5
OPEN = """
select exists (select from dgt_journal where xid::text::bigint >= dgt_closed_before()) or dgt_closed_before() < %s
"""


def seal_everything() -> list[DgtSeal]:
    """Wait until every journal there is can be sealed, and seal: one block, unless there are very many."""
    return once_closed(seals.seal)


def once_closed(ask: Callable[[], T], *, before: int = 0) -> T:
    """What `ask` answers when no transaction is open that is older than our journals, or than `before`.

    A transaction of another database may look open for a moment again, just when it is asked: then it is asked anew.
    """
    for _attempt in range(ATTEMPTS):
        wait_until_closed(before=before)
        answer = ask()
        if answer:
            break
    return answer


def wait_until_closed(*, before: int = 0) -> None:
    """Wait until no transaction is open that is older than our journals, or than `before`."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while _is_open(before):
        assert time.monotonic() < give_up_at, "a transaction of somebody else stays open"
        time.sleep(0.05)


def _is_open(before: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(OPEN, [before])
        return bool(cursor.fetchone()[0])
