"""Seals for tests, on a server where others have transactions open at the same time."""

import time

from django.db import connection

from wallet.models import DgtSeal
from wallet.services import seals

PATIENCE_SECONDS = 120
UNSEALED = """
select exists (
    select from dgt_journal j
    where not exists (select from dgt_seals s where (s.epoch, s.xid) > (j.epoch, j.xid::text::bigint))
)
"""


def seal_everything() -> list[DgtSeal]:
    """Seal until every journal is in a block: a transaction of another test on this server holds sealing back."""
    made: list[DgtSeal] = []
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while True:
        made += seals.seal()
        if not is_unsealed():
            return made
        assert time.monotonic() < give_up_at, "a transaction of somebody else stays open"
        time.sleep(0.05)


def is_unsealed() -> bool:
    """Whether a journal is in no block yet."""
    with connection.cursor() as cursor:
        cursor.execute(UNSEALED)
        return bool(cursor.fetchone()[0])
