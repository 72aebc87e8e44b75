"""Reading a chain: from the last block that was read to the newest, walking back where blocks were replaced (U11, U12).

One pass asks one provider for everything, so that it fits together; if that fails, the next provider is asked from the
start. What was found and how far was read are written in one transaction: a crash repeats the pass.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from degentalk.core.clock import database_time
from payments.models import UsdtChain, UsdtCheckpoint, UsdtDeposit
from payments.providers.usdt.answers import Head, NoAnswer, Transfer
from payments.providers.usdt.asking import ask
from payments.providers.usdt.chains import Chain
from payments.providers.usdt.finding import keep
from payments.providers.usdt.node import Node

WATCHED = timedelta(days=90)
"""How long after an order its address is read with every pass; the daily sweep reads all that there ever were."""

SILENT = timedelta(minutes=2)
"""A provider without a new block for so long stands still, and the next one is asked."""

MOST_BLOCKS = 20_000
"""Read in one pass: after a long absence it takes several, and each is kept."""

MOST_STEPS_BACK = 200
"""Checkpoints that are compared one by one; where none of them counts, all that was not final then is read again."""

KEPT = timedelta(days=32)
"""How long checkpoints are kept: as long as a sweep looks back, and more."""

FORGET = """
delete from usdt_checkpoints c where c.chain_id = %(chain)s and (c.at < %(oldest)s or (c.at < %(hourly)s and exists (
    select 1 from usdt_checkpoints o where o.chain_id = c.chain_id and o.number < c.number
    and date_trunc('hour', o.at) = date_trunc('hour', c.at))))
"""


@dataclass(frozen=True)
class Reading:
    """What one pass over one provider found."""

    head: Head
    start: int
    last: int
    last_hash: str
    transfers: list[Transfer] = field(default_factory=list)


def read(chain: Chain) -> int:
    """One pass; how many transfers to us were in the new blocks. Raises Unanswered."""
    state, _ = UsdtChain.objects.get_or_create(chain_id=chain.chain_id, defaults={"name": chain.name})
    now = database_time()
    reading = ask(chain, lambda node: _pass(node, chain, state))
    return len(reading.transfers) if _keep(state, reading, now) else 0


def is_read(chain: Chain) -> bool:
    """Whether there is nothing left that the newest known block has and we do not."""
    row = UsdtChain.objects.get(pk=chain.chain_id)
    return row.cursor_number is not None and row.cursor_number >= row.head


def _pass(node: Node, chain: Chain, state: UsdtChain) -> Reading:
    head = node.head()
    start = _start(node, state, head)
    if start is None:  # the first time: nobody was told an address before
        return Reading(head, head.number, head.number, head.hash)
    if start >= head.number:
        if state.read_at is None or state.read_at < database_time() - SILENT:
            raise NoAnswer("it had no new block lately")
        return Reading(head, start, start, state.cursor_hash)
    last = min(head.number, start + MOST_BLOCKS)
    end = node.block_hash(last)
    transfers = transfers_on(node, chain, start + 1, last)
    if end is None or node.block_hash(last) != end:
        raise NoAnswer("the chain changed while it was read")
    return Reading(head, start, last, end, transfers)


def _start(node: Node, state: UsdtChain, head: Head) -> int | None:
    """The newest block that was read and still counts; None before anything was read. A provider that does not know our
    newest block yet is no use: what it says of the chain is old."""
    if state.cursor_number is None:
        return None
    if head.number < state.cursor_number:
        raise NoAnswer("it lags behind")
    oldest = state.cursor_number
    for number, known in state.checkpoints.order_by("-number").values_list("number", "hash")[:MOST_STEPS_BACK]:
        if node.block_hash(number) == known:
            return int(number)
        oldest = number
    return max(0, min(oldest, head.finalized) - 1)


def transfers_on(node: Node, chain: Chain, first: int, last: int, *, since: datetime | None = None) -> list[Transfer]:
    """The transfers to us in these blocks, each as its receipt has it; `since` orders of when, all if None is given."""
    since = since or database_time() - WATCHED
    watched = UsdtDeposit.objects.filter(Q(created_at__gt=since) | Q(index=None))
    recipients = sorted(set(watched.values_list("address", flat=True)) | ({chain.treasury} - {""}))
    if not recipients:
        return []
    tokens = {chain.token, *watched.filter(chain_id=chain.chain_id).values_list("token", flat=True)}
    found = [
        transfer
        for token in sorted(tokens)
        for tx_hash in _hashes(node.tx_hashes_to(token, recipients, first, last))
        for transfer in _of_receipt(node, tx_hash, token)
        if transfer.to in set(recipients)
    ]
    if not all(first <= one.block_number <= last for one in found):
        raise NoAnswer("receipts of other blocks than their logs")
    return found


def _hashes(found: Iterable[tuple[int, str, str]]) -> list[str]:
    return list(dict.fromkeys(tx_hash for _number, tx_hash, _token in found))


def _of_receipt(node: Node, tx_hash: str, token: str) -> list[Transfer]:
    found = node.receipt_transfers(tx_hash, token)
    if found is None:
        raise NoAnswer("it has a log of a transaction and not its receipt")
    return found


@transaction.atomic
def _keep(state: UsdtChain, reading: Reading, now: datetime) -> bool:
    """Write down what was found, and how far was read; False: somebody else did so since."""
    row = UsdtChain.objects.select_for_update(no_key=True).get(pk=state.pk)
    if (row.cursor_number, row.cursor_hash) != (state.cursor_number, state.cursor_hash):
        return False
    for transfer in reading.transfers:
        keep(row.chain_id, transfer)
    row.checkpoints.filter(number__gt=reading.start).delete()
    UsdtCheckpoint.objects.update_or_create(chain=row, number=reading.last, defaults={"hash": reading.last_hash})
    is_new = (row.cursor_number, row.cursor_hash) != (reading.last, reading.last_hash)
    row.cursor_number, row.cursor_hash = reading.last, reading.last_hash
    if row.finalized_at is None or reading.head.finalized > row.finalized:
        row.finalized_at = now
    row.head, row.finalized = reading.head.number, reading.head.finalized
    if is_new and reading.last >= reading.head.number:
        row.read_at = now
    row.save(update_fields=["cursor_number", "cursor_hash", "head", "finalized", "finalized_at", "read_at"])
    return True


@transaction.atomic
def read_from(chain: Chain, number: int) -> None:
    """Forget what was read of a chain from this block on: the next pass reads it again. For an operator: where a
    provider had invented blocks, none of the others knows the newest that was read."""
    row = UsdtChain.objects.select_for_update(no_key=True).get(pk=chain.chain_id)
    row.checkpoints.filter(number__gte=number).delete()
    row.cursor_number, row.cursor_hash = number - 1, ""
    row.head = row.finalized = number - 1
    row.save(update_fields=["cursor_number", "cursor_hash", "head", "finalized"])


def forget_checkpoints(chain: Chain) -> None:
    """Keep one an hour of those that are older than a day, and none older than a month."""
    now = database_time()
    facts: dict[str, Any] = {"chain": chain.chain_id, "oldest": now - KEPT, "hourly": now - timedelta(days=1)}
    with connection.cursor() as cursor:
        cursor.execute(FORGET, facts)
