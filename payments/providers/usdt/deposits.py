"""How an order is paid: one address of its own, or a treasury that is paid from a wallet which the buyer proved."""

from datetime import timedelta

from django.db import connection, transaction

from degentalk.core.clock import database_time
from payments.errors import ChainClosed, ChainFull, NoSuchChain
from payments.models import DgtPackage, Order, UsdtChain, UsdtDeposit
from payments.providers.usdt import unique
from payments.providers.usdt.addresses import derive
from payments.providers.usdt.amounts import micro_of, to_base
from payments.providers.usdt.chains import Chain, chain
from payments.providers.usdt.opening import key_of, open_chains
from payments.providers.usdt.proof import new_nonce
from payments.services.moving import move
from payments.states import State

CURRENCY = "usdt"

RESERVED = timedelta(days=90)
"""How long an amount to a treasury belongs to one order, far past its end: late payments come."""


def price_of(package: DgtPackage) -> tuple[int, str]:
    """In millionths of USDT."""
    return micro_of(package.price_usdt), CURRENCY


def prepare(order: Order, chain_id: int | None) -> None:
    """Allocate the order's address or amount (U10), when it is placed. Raises NoSuchChain, ChainClosed."""
    try:
        wanted = chain(chain_id or 0)
    except LookupError:
        raise NoSuchChain from None
    if wanted not in open_chains():
        raise ChainClosed(wanted.name)
    amount = to_base(order.price, wanted.decimals)
    facts = _own_address(wanted, amount) if wanted.xpub else _treasury(wanted, amount)
    UsdtDeposit.objects.create(
        order=order,
        chain_id=wanted.chain_id,
        chain_name=wanted.name,
        token=wanted.token,
        decimals=wanted.decimals,
        fingerprint=key_of(wanted),
        **facts,
    )


def _own_address(wanted: Chain, amount: int) -> dict[str, object]:
    with connection.cursor() as cursor:
        cursor.execute("select nextval('usdt_deposit_index')")
        (index,) = cursor.fetchone()
    return {"index": index, "address": derive(wanted.xpub, index), "amount": amount}


def _treasury(wanted: Chain, amount: int) -> dict[str, object]:
    """Of two who order at once the second waits here, and gets another amount."""
    UsdtChain.objects.select_for_update(no_key=True).get(pk=wanted.chain_id)
    mine = {"address": wanted.treasury, "chain_id": wanted.chain_id, "index": None}
    lately = UsdtDeposit.objects.filter(**mine, created_at__gt=database_time() - RESERVED)
    taken = {unique.tail_of(int(known), wanted.decimals) for known in lately.values_list("amount", flat=True)}
    return {
        "address": wanted.treasury,
        "amount": _unlike(amount, wanted, taken),
        "nonce": new_nonce(),
    }


def _unlike(amount: int, wanted: Chain, taken: set[int]) -> int:
    """An amount that no other order of these days has: their tails differ, whatever their prices."""
    try:
        return unique.choose(amount, wanted.decimals, taken)
    except unique.NoFreeAmount:
        raise ChainFull(wanted.name) from None


@transaction.atomic
def open_payment(order: Order) -> str:
    """The order's own page: it says where to pay. Asks nobody."""
    row = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    if row.state == State.CREATED and UsdtDeposit.objects.get(order=row).is_payable:
        move(row, State.PENDING, "address shown")
    return row.get_absolute_url()
