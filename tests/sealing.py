"""Seals for tests, on a server where other tests have transactions open at the same time and hold sealing back."""

import time

from django.db import connection

from wallet.models import DgtSeal
from wallet.services import seals

PATIENCE_SECONDS = 120
OPEN = """
select exists (select from dgt_journal where xid >= pg_snapshot_xmin(pg_current_snapshot()))
    or pg_snapshot_xmin(pg_current_snapshot()) < %s::text::xid8
"""


def seal_everything() -> list[DgtSeal]:
    """Wait until every journal there is can be sealed, and seal: one block, unless there are very many."""
    wait_until_closed()
    return seals.seal()


def wait_until_closed(*, before: int = 0) -> None:
    """Wait until no transaction on the whole server is open that is older than our journals, or than `before`."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while _is_open(before):
        assert time.monotonic() < give_up_at, "a transaction of somebody else stays open"
        time.sleep(0.05)


def _is_open(before: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(OPEN, [before])
        return bool(cursor.fetchone()[0])
