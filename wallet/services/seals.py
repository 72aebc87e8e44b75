"""Seals: closed journals become blocks that nobody can change unnoticed. See ADR 12."""

import logging
from collections.abc import Iterator

from django.db import connection, transaction

from degentalk.core.clock import database_time
from wallet import merkle, signing
from wallet.models import DgtSeal
from wallet.services import blocks, seal_log
from wallet.services.blocks import Bound

logger = logging.getLogger(__name__)

JOURNALS_MAX = 10_000
"""Journals of a block, at most; more only where one transaction has more."""
SEALING_LOCK = 7_220_126
PATIENCE = "set local statement_timeout = '30min'"

# Transactions below the first figure are over: all that they wrote can be seen, and none of them will write any more.
CLOSED = """
select epoch, dgt_closed_before(), pg_snapshot_xmax(pg_current_snapshot())::text::bigint from database_mark
"""
TRANSACTIONS = """
select j.epoch, j.xid::text::bigint from dgt_journal j
where (j.epoch, j.xid) >= (%s, %s::text::xid8) and (j.epoch, j.xid) < (%s, %s::text::xid8)
order by j.epoch, j.xid
"""


class SealingStopped(Exception):
    """What is to be sealed cannot be right. A person must look before anything more is signed."""


def seal() -> list[DgtSeal]:
    """Close blocks over all journals of transactions that are over, and bring SEAL_LOG up to date; the new seals.

    By transaction, never by id: a transaction that commits late with old ids is in a later block, exactly once. One
    sealer works at a time; another call meanwhile changes nothing. Raises SealingStopped where stored bytes are not
    those of their entry.
    """
    if connection.in_atomic_block:
        raise RuntimeError("seal() commits each block by itself; call it outside of atomic().")
    try:
        return list(_blocks())
    finally:
        seal_log.catch_up()


def _blocks() -> Iterator[DgtSeal]:
    """Blocks, each in a transaction of its own, up to what was closed when the first began."""
    limit: Bound | None = None
    while True:
        with transaction.atomic():
            if not _is_the_sealer():
                return
            newest = DgtSeal.objects.newest().first()
            start = blocks.bound(newest)
            limit = limit or _limit(start)
            seal = _close(newest, start, limit)
        if seal is None:
            return
        yield seal


def _close(newest: DgtSeal | None, start: Bound, limit: Bound) -> DgtSeal | None:
    """The next block, in the caller's transaction. None: there is nothing to seal."""
    end = _end(start, limit)
    if end is None:
        return None
    block = blocks.read(start, end)
    if block.damaged:
        raise SealingStopped(
            f"The stored bytes of {block.damaged} are not those of the entry. Nothing was sealed: run ledger_audit."
        )
    seal = DgtSeal(
        number=newest.number + 1 if newest else 1,
        previous=newest.hash if newest else signing.NO_PREVIOUS,
        root=merkle.root(block.leaves).hex(),
        journals=block.journals,
        entries=len(block.leaves),
        epoch=end.epoch,
        xid=end.xid,
        sealed_at=database_time(),
        public_key=signing.public_key(),
    )
    content = signing.document(seal)
    seal.hash, seal.signature = signing.hash_of(content), signing.sign(content)
    seal.save(force_insert=True)
    logger.info("seal %s over %s journals and %s entries", seal.number, seal.journals, seal.entries)
    return seal


def _is_the_sealer() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(PATIENCE)
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [SEALING_LOCK])
        (is_mine,) = cursor.fetchone()
    return bool(is_mine)


def _limit(start: Bound) -> Bound:
    """The first transaction that may still be open. Read before the journals, so that all below it are seen."""
    with connection.cursor() as cursor:
        cursor.execute(CLOSED)
        epoch, closed, newest = cursor.fetchone()
    if Bound(epoch, newest) < start:
        raise SealingStopped(
            f"Transactions count to {Bound(epoch, newest)} here, but seals to {start}: a restore must raise the epoch."
        )
    # A transaction of another database that ends just now may look like one of ours for a moment.
    return max(Bound(epoch, closed), start)


def _end(start: Bound, limit: Bound) -> Bound | None:
    """Where the next block ends: after JOURNALS_MAX journals, never within a transaction. None: it would be empty."""
    with connection.cursor() as cursor:
        cursor.execute(f"{TRANSACTIONS} limit 1", [*start, *limit])
        first = cursor.fetchone()
        if first is None:
            return None
        cursor.execute(f"{TRANSACTIONS} offset {JOURNALS_MAX} limit 1", [*start, *limit])
        beyond = cursor.fetchone()
    if beyond is None:
        return limit
    end = Bound(*beyond)
    return end if end > Bound(*first) else Bound(end.epoch, end.xid + 1)
