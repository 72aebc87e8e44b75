"""Comparing a chain with what we know: providers at odds, transfers that were missed, coins that are no USDT, sums
(U16, U20, U25).

Everything is asked of the last provider first: what the first one hides from the reading of every pass shows here.
"""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from payments.models import Order, Review, UsdtChain, UsdtDeposit, UsdtTransfer
from payments.providers import Difference
from payments.providers.usdt.amounts import to_micro, written
from payments.providers.usdt.answers import Transfer, Unanswered
from payments.providers.usdt.asking import ask, each
from payments.providers.usdt.chains import Chain, all_chains
from payments.providers.usdt.finding import PROVIDER, keep
from payments.providers.usdt.native import native_payments
from payments.providers.usdt.node import Node
from payments.providers.usdt.reading import transfers_on
from payments.services.reviews import open_notice
from payments.states import SETTLED, Notice

logger = logging.getLogger(__name__)

EVER = datetime(1970, 1, 1, tzinfo=UTC)
LOOKED_AT = timedelta(days=2)
"""How much older than what is swept the orders are whose addresses are looked at for other coins."""


def missed(since: datetime) -> Iterator[Difference]:
    """See `payments.providers.Way.missed`. A chain that does not answer is named, and keeps no other waiting."""
    for chain in all_chains():
        try:
            yield from _missed_on(chain, since)
        except Unanswered as error:
            yield Difference(f"{chain.name} cannot be read now: {error}")


def _missed_on(chain: Chain, since: datetime) -> Iterator[Difference]:
    row = UsdtChain.objects.filter(pk=chain.chain_id).first()
    if row is None or row.cursor_number is None:
        return
    other_way = replace(chain, rpc=chain.rpc[::-1])
    first, last = _first_block(row, since), min(row.cursor_number, row.finalized)
    if first <= last:
        yield from _at_odds(chain, row)
        yield from _unknown(other_way, first, last)
        yield from _other_coins(other_way, first, last, since)
    yield from unbalanced(chain, since)


def _first_block(row: UsdtChain, since: datetime) -> int:
    before = row.checkpoints.filter(at__lte=since).order_by("-number").first()
    oldest = before or row.checkpoints.order_by("number").first()
    return oldest.number if oldest else 0


def _at_odds(chain: Chain, row: UsdtChain) -> Iterator[Difference]:
    """Providers to whom a final block is not what was read: they stand still, or somebody lies."""
    known = row.checkpoints.filter(number__lte=row.finalized).order_by("-number").first()
    if known is None:
        return
    for name, found in each(chain, lambda node: node.block_hash(known.number)):
        if found is None:
            yield Difference(f"{name} has no block {known.number}: it stands still, or the one that was read lies")
        elif found != known.hash:
            what = f"another block {known.number} than was read"
            yield Difference(f"{name} has {what}: one of them lies, or the chain took it back")


def _unknown(chain: Chain, first: int, last: int) -> Iterator[Difference]:
    """Transfers that no pass has found."""
    for transfer in ask(chain, lambda node: _ours(node, chain, first, last)):
        with transaction.atomic():
            is_new = keep(chain.chain_id, transfer)
        if is_new:
            yield Difference(f"{chain.name}: nobody had seen {transfer.tx_hash}", _order_of(chain, transfer))


def _ours(node: Node, chain: Chain, first: int, last: int) -> list[Transfer]:
    node.must_know(last)
    return transfers_on(node, chain, first, last, since=EVER)


def _order_of(chain: Chain, transfer: Transfer) -> Order | None:
    found = UsdtTransfer.objects.select_related("deposit__order").get(
        chain_id=chain.chain_id, tx_hash=transfer.tx_hash, ordinal=transfer.ordinal
    )
    return found.deposit.order if found.deposit else None


def _other_coins(chain: Chain, first: int, last: int, since: datetime) -> Iterator[Difference]:
    """Other tokens and the chain's own coin at addresses of late: staff are told, nothing is credited (U20)."""
    lately = UsdtDeposit.objects.select_related("order").filter(created_at__gt=since - LOOKED_AT, index__isnull=False)
    theirs = {deposit.address: deposit for deposit in lately}
    if not theirs:
        return
    tokens = {chain.token, *UsdtDeposit.objects.filter(chain_id=chain.chain_id).values_list("token", flat=True)}
    for transfer in ask(chain, lambda node: _foreign(node, list(theirs), tokens, first, last)):
        order = theirs[transfer.to].order
        details = f"{chain.name}: {transfer.value} units of token {transfer.token} from {transfer.sender}"
        yield from _tell(
            Review.Reason.WRONG_TOKEN, f"{chain.chain_id}:{transfer.tx_hash}:{transfer.ordinal}", details, order
        )
    for address, tx_hash, wei in native_payments(chain, list(theirs), first, last):
        details = f"{chain.name}: {written(wei, 18)} of its own coin, transaction {tx_hash or 'not found'}"
        reference = f"{chain.chain_id}:{tx_hash or address}"
        yield from _tell(Review.Reason.NATIVE_COIN, reference, details, theirs[address].order)


def _foreign(node: Node, addresses: list[str], tokens: set[str], first: int, last: int) -> list[Transfer]:
    node.must_know(last)
    return [
        transfer
        for _number, tx_hash, token in node.tx_hashes_to(None, addresses, first, last)
        if token not in tokens
        for transfer in node.receipt_transfers(tx_hash, token) or []
        if transfer.to in addresses
    ]


def _tell(reason: Review.Reason, reference: str, details: str, order: Order) -> Iterator[Difference]:
    is_known = Review.objects.filter(provider=PROVIDER, reference=reference, reason=reason).exists()
    if not is_known:
        open_notice(Notice(reason, reference, details), provider=PROVIDER, order=order)
        yield Difference(f"{reason.label}: {details}", order)


def unbalanced(chain: Chain, since: datetime) -> Iterator[Difference]:
    """For each deposit that something happened to: what is final in the chain against what its order says has come
    (U25)."""
    final = Q(transfers__state=UsdtTransfer.State.FINAL)
    sums = UsdtDeposit.objects.filter(chain_id=chain.chain_id).annotate(
        come=Coalesce(Sum("transfers__value", filter=final), 0, output_field=UsdtTransfer._meta.get_field("value"))
    )
    lately = UsdtTransfer.objects.filter(chain_id=chain.chain_id, final_at__gte=since).values("deposit_id")
    happened = Q(pk__in=lately) | Q(order__changed_at__gte=since)
    about = sums.filter(happened, Q(come__gt=0) | Q(order__state__in=SETTLED)).select_related("order").order_by("id")
    for deposit in about.iterator(chunk_size=500):
        come, order = to_micro(int(getattr(deposit, "come", 0)), deposit.decimals), deposit.order
        said = order.paid + order.surplus - min(order.lost, order.paid)
        if come != said:
            yield Difference(f"{come} micro-USDT are final on {chain.name}, {said} in the order", order)
