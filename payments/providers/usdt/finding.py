"""A transfer that was found: kept once, for the order that it pays; what pays none goes to the review list."""

from typing import Any

from django.db import connection

from payments.models import Review, UsdtDeposit, UsdtTransfer
from payments.providers.usdt.amounts import written
from payments.providers.usdt.answers import Transfer
from payments.services.reviews import open_notice
from payments.states import CLOSED_UNPAID, OPEN, Notice

PROVIDER = "usdt"

# One statement: found again it stays the one row (U6), wherever it is in the chain by now. What is final stays as it
# was found until it is looked at again.
KEEP = """
insert into usdt_transfers (chain_id, token, tx_hash, ordinal, deposit_id, sender, recipient, value, block_number,
    block_hash, state, seen_at)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'seen', clock())
on conflict (chain_id, tx_hash, ordinal) do update set sender = excluded.sender, recipient = excluded.recipient,
    value = excluded.value, block_number = excluded.block_number, block_hash = excluded.block_hash, state = 'seen'
    where usdt_transfers.state <> 'final'
returning xmax = 0
"""


def keep(chain_id: int, transfer: Transfer) -> bool:
    """Keep a transfer to one of our addresses, in the caller's transaction; whether it was unknown."""
    known = (
        UsdtTransfer.objects.filter(chain_id=chain_id, tx_hash=transfer.tx_hash, ordinal=transfer.ordinal)
        .select_related("deposit")
        .first()
    )
    deposit = known.deposit if known else deposit_of(chain_id, transfer)
    row: list[Any] = [
        chain_id, transfer.token, transfer.tx_hash, transfer.ordinal, deposit.pk if deposit else None, transfer.sender,
        transfer.to, transfer.value, transfer.block_number, transfer.block_hash,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(KEEP, row)
        written_row = cursor.fetchone()
    is_new = bool(written_row and written_row[0])
    if is_new and deposit is None:
        _tell_staff(chain_id, transfer)
    return is_new


def deposit_of(chain_id: int, transfer: Transfer) -> UsdtDeposit | None:
    """Whose payment it is: by the address, which is one order's own, or at a treasury by who sent it (U9)."""
    here = UsdtDeposit.objects.filter(address=transfer.to, chain_id=chain_id, token=transfer.token)
    own = here.filter(index__isnull=False).first()
    return own or _of_payer(list(here.filter(index=None, payer=transfer.sender).order_by("-id")), transfer)


def _of_payer(theirs: list[UsdtDeposit], transfer: Transfer) -> UsdtDeposit | None:
    """The order of this wallet with exactly this amount; else the only one of its orders that is not paid yet."""
    exact = [one for one in theirs if one.amount == transfer.value]
    waiting = [one for one in theirs if one.order.state in OPEN]
    late = [one for one in theirs if one.order.state in CLOSED_UNPAID]
    for group in ([one for one in exact if one in waiting], [one for one in exact if one in late], waiting):
        if len(group) == 1:
            return group[0]
    return None


def _tell_staff(chain_id: int, transfer: Transfer) -> None:
    elsewhere = UsdtDeposit.objects.select_related("order").filter(address=transfer.to, index__isnull=False).first()
    reason = Review.Reason.WRONG_CHAIN if elsewhere else Review.Reason.UNKNOWN_ORDER
    decimals = elsewhere.decimals if elsewhere and elsewhere.chain_id == chain_id else None
    amount = written(transfer.value, decimals) if decimals else f"{transfer.value} base units"
    details = f"{amount} from {transfer.sender} to {transfer.to} on chain {chain_id}, transaction {transfer.tx_hash}"
    notice = Notice(reason, f"{chain_id}:{transfer.tx_hash}:{transfer.ordinal}", details)
    open_notice(notice, provider=PROVIDER, order=elsewhere.order if elsewhere else None)
