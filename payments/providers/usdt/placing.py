"""Where a transfer is in the chain now, and whether that is final. Asked anew each time (U5, U8, U16)."""

import logging
from dataclasses import dataclass
from functools import partial

from django.conf import settings

from degentalk.core.clock import Clock
from payments.models import UsdtChain, UsdtDeposit, UsdtTransfer
from payments.providers.usdt.amounts import to_base
from payments.providers.usdt.answers import NoAnswer, Transfer
from payments.providers.usdt.asking import ask, ask_two
from payments.providers.usdt.chains import Chain
from payments.providers.usdt.node import Node

logger = logging.getLogger(__name__)

MICRO_PER_USDT = 10**6
State = UsdtTransfer.State


@dataclass(frozen=True)
class Place:
    """What one provider says of a transfer; no transfer: it is in no block that it knows."""

    transfer: Transfer | None
    is_final: bool = False


def place_on(node: Node, row: UsdtTransfer, newest: int) -> Place:
    """Final is what stands in a block that is final by the chain's rule and still counts at that moment (U5). Nothing
    vanishes from a block that still counts. `newest` is the block that a provider has to know by now: else it lags
    behind, or stands still, and another one is asked."""
    head = node.head()
    if head.number < newest:
        raise NoAnswer("it lags behind")
    found = node.receipt_transfers(row.tx_hash, row.token)
    transfer = next((one for one in found or () if one.ordinal == row.ordinal), None)
    if transfer is None:
        if found is None and node.block_hash(row.block_number) == row.block_hash:
            raise NoAnswer("it has the block of a transaction, and not its receipt")
        return Place(None)
    if node.block_hash(transfer.block_number) != transfer.block_hash:
        raise NoAnswer("a receipt of a block that does not count")
    return Place(transfer, transfer.block_number <= head.finalized)


def needs_two(deposit: UsdtDeposit, come: int) -> bool:
    """Whether two providers must agree before what is paid here is credited, or so many base units that came (U16)."""
    return max(int(deposit.amount), come) > to_base(settings.USDT_AGREE_ABOVE * MICRO_PER_USDT, deposit.decimals)


def look_again(chain: Chain, row: UsdtTransfer, *, two: bool) -> None:
    """Ask where a transfer is and write it down; where providers disagree it stays as it is. Raises Unanswered."""
    if row.state == State.FINAL and _stands(chain, row):
        return
    # Not the block of the transfer: an invented one nobody would ever know, and all that was paid would wait for it.
    newest = UsdtChain.objects.values_list("head", flat=True).get(pk=row.chain_id)
    place_by = partial(place_on, row=row, newest=newest)
    is_sure = two or row.state == State.FINAL
    place = ask_two(chain, place_by) if is_sure else ask(chain, place_by)
    if place is not None and not is_sure and not _is_as_found(place, row):
        # That there is nothing any more, or more than was found, is believed of two only: one may lag behind, or lie.
        place = ask_two(chain, place_by)
    if place is None:
        return
    if place.transfer is None:
        _vanish(row)
    else:
        _write(row, place.transfer, is_final=place.is_final)


def _is_as_found(place: Place, row: UsdtTransfer) -> bool:
    return place.transfer is not None and place.transfer.value <= row.value


def _stands(chain: Chain, row: UsdtTransfer) -> bool:
    """Whether the block of a final transfer still counts; its contents cannot be others then."""
    return ask(chain, lambda node: node.block_hash(row.block_number)) == row.block_hash


def _write(row: UsdtTransfer, seen: Transfer, *, is_final: bool) -> None:
    """A final one may move to another block, but goes on being final until it vanishes."""
    row.sender, row.value = seen.sender, seen.value
    row.block_number, row.block_hash = seen.block_number, seen.block_hash
    fields = {"sender": row.sender, "value": row.value, "block_number": row.block_number, "block_hash": row.block_hash}
    rows = UsdtTransfer.objects.filter(pk=row.pk)
    if is_final:
        rows.exclude(state=State.FINAL).update(state=State.FINAL, final_at=Clock())
        row.state = State.FINAL
    elif row.state == State.VANISHED:
        rows.filter(state=State.VANISHED).update(state=State.SEEN)
        row.state = State.SEEN
    rows.update(**fields)


def _vanish(row: UsdtTransfer) -> None:
    if row.state == State.FINAL:
        logger.error("usdt: transfer %s on chain %s was final and is no more in the chain", row.tx_hash, row.chain_id)
    UsdtTransfer.objects.filter(pk=row.pk).update(state=State.VANISHED)
    row.state = State.VANISHED
