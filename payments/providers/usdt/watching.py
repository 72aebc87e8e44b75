"""What happens every few seconds: chains are examined and read, and orders that money is coming to are looked at."""

import logging
from datetime import timedelta

from django.db.models import Q

from degentalk.core.clock import database_time
from payments.errors import ProviderUnreachable
from payments.models import Order, Review, UsdtChain, UsdtTransfer
from payments.providers.usdt.answers import Unanswered
from payments.providers.usdt.chains import Chain, all_chains
from payments.providers.usdt.examining import examine
from payments.providers.usdt.placing import look_again
from payments.providers.usdt.reading import forget_checkpoints, is_read, read
from payments.services.looking import look
from payments.states import State

logger = logging.getLogger(__name__)

EXAMINED_EVERY = timedelta(minutes=5)

MOST_PASSES = 50
"""In one go; the rest is read by the next."""

MOST_STRAYS = 100
PAYABLE = (State.CREATED, State.PENDING)

_examined: set[int] = set()
"""Chains that this process has examined: each examines them when it starts (U1, U2)."""


def watch() -> int:
    """Read every chain, and look at what moves; how many transfers were found. One chain never keeps others waiting."""
    return sum(_watch(one) for one in all_chains())


def _watch(chain: Chain) -> int:
    found = 0
    try:
        if _is_due(chain):
            examine(chain)
            forget_checkpoints(chain)
            _examined.add(chain.chain_id)
        for _ in range(MOST_PASSES):
            found += read(chain)
            if is_read(chain):
                break
    except Unanswered as error:
        logger.warning("usdt: %s cannot be read now: %s", chain.name, error)
    except Exception:  # neither its orders nor other chains wait for it
        logger.exception("usdt: %s could not be read", chain.name)
    look_at_moving(chain)
    return found


def _is_due(chain: Chain) -> bool:
    row = UsdtChain.objects.filter(pk=chain.chain_id).first()
    is_old = row is None or row.checked_at is None or row.checked_at < database_time() - EXAMINED_EVERY
    return is_old or chain.chain_id not in _examined


def look_at_moving(chain: Chain) -> None:
    """Look at orders that money is coming to, at those that a crash left half looked at, and once more at those that
    were paid in part when their time was over."""
    transfers = UsdtTransfer.objects.filter(chain_id=chain.chain_id)
    moving = transfers.filter(state=UsdtTransfer.State.SEEN)
    told = Review.objects.filter(reason=Review.Reason.UNDERPAID).exclude(order=None)
    is_moving = Q(usdt_deposit__in=moving.exclude(deposit=None).values("deposit_id")) | Q(state=State.PROCESSING)
    final = transfers.filter(state=UsdtTransfer.State.FINAL, deposit__order__state__in=PAYABLE)
    is_half = Q(usdt_deposit__in=final.values("deposit_id"))
    is_late = Q(state=State.UNDERPAID, expires_at__lt=database_time()) & ~Q(pk__in=told.values("order_id"))
    theirs = Order.objects.filter(usdt_deposit__chain_id=chain.chain_id)
    for order in theirs.filter(is_moving | is_half | is_late).order_by("id").iterator():
        look_safely(order)
    for stray in moving.filter(deposit=None).order_by("id")[:MOST_STRAYS]:
        _confirm(chain, stray)


def _confirm(chain: Chain, stray: UsdtTransfer) -> None:
    """What came for no order is confirmed like any other: the books count it (U25)."""
    try:
        look_again(chain, stray, two=False)
    except Unanswered as error:
        logger.warning("usdt: %s cannot be read now: %s", chain.name, error)


def look_safely(order: Order) -> None:
    """Look; what keeps us from it is logged, and the next pass tries again (U17)."""
    try:
        look(order, because="read in the chain")
    except ProviderUnreachable:
        logger.warning("usdt: order %s waits: its chain cannot be read", order.pk)
    except Exception:  # one order never keeps the others waiting
        logger.exception("usdt: order %s could not be looked at", order.pk)
