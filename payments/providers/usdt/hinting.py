"""A transaction that somebody names: only a hint to look sooner, whoever names it (U9, U22)."""

import logging
import re
from typing import Any

from django.db import transaction

from degentalk.core import outbox
from degentalk.core.limits import Limit
from payments.errors import NoTransaction
from payments.models import Order, UsdtDeposit, UsdtTransfer
from payments.providers.usdt.answers import Transfer, Unanswered
from payments.providers.usdt.asking import ask
from payments.providers.usdt.chains import chain
from payments.providers.usdt.finding import keep
from payments.providers.usdt.node import Node

logger = logging.getLogger(__name__)

TOPIC = "payments.usdt_hint"

HINTING = Limit("payments.usdt_hint", most=10, seconds=600)
"""How many transactions a member may name, by page and API together."""

HASH = re.compile(r"(?:0x)?([0-9a-f]{64})", re.ASCII)


def normalised(text: str) -> str:
    """A transaction's hash as it is kept: lower-case 0x + 64 hex (U6). Raises NoTransaction."""
    found = HASH.fullmatch(text.strip().lower())
    if not found:
        raise NoTransaction
    return f"0x{found[1]}"


@transaction.atomic
def hint(deposit: UsdtDeposit, tx_hash: str) -> None:
    """Promise to look at a transaction. The same for unknown, foreign and pending ones: nothing is said of it (U22).

    Raises NoTransaction, TooMany.
    """
    name = normalised(tx_hash)
    HINTING.take(str(deposit.order.user_id))
    asked = int(deposit.order.looks)
    outbox.send(
        topic=TOPIC,
        payload={"chain": deposit.chain_id, "tx": name, "order": deposit.order_id},
        key=f"hint:{deposit.order_id}:{name}:{asked}",
    )


@outbox.handler(TOPIC)
def follow(payload: dict[str, Any], key: str) -> None:
    """Keep what the transaction paid to us, for whomever it paid. A provider that does not answer is no matter: the
    next reading finds it."""
    from payments.providers.usdt.watching import look_safely

    try:
        found_on = chain(payload["chain"])
        tokens = {found_on.token, UsdtDeposit.objects.get(order_id=payload["order"]).token}
        transfers = ask(found_on, lambda node: _to_us(node, tokens, payload["tx"]))
    except (LookupError, Unanswered) as error:
        logger.info("usdt: nothing came of a hint: %s", type(error).__name__)
        return
    with transaction.atomic():
        for transfer in transfers:
            keep(found_on.chain_id, transfer)
    theirs = UsdtTransfer.objects.filter(chain_id=found_on.chain_id, tx_hash=payload["tx"]).values("deposit_id")
    for order in Order.objects.filter(usdt_deposit__in=theirs).order_by("id"):
        look_safely(order)


def _to_us(node: Node, tokens: set[str], tx_hash: str) -> list[Transfer]:
    found = [one for token in sorted(tokens) for one in node.receipt_transfers(tx_hash, token) or []]
    ours = set(UsdtDeposit.objects.filter(address__in=[one.to for one in found]).values_list("address", flat=True))
    return [one for one in found if one.to in ours]
