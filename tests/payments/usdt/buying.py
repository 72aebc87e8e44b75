"""What tests of USDT do again and again."""

from typing import Any

from degentalk.core.clock import Clock
from degentalk.sandbox.chain import Chain
from payments import services as payments
from payments.models import Order, UsdtDeposit, UsdtKey
from payments.providers.usdt import chains, watching

TRADER = "trader"
FINAL = 4
"""Blocks until a payment is final on the sandbox's chain."""


def opened() -> None:
    """A process starts with these settings, and their keys are approved: orders can be opened."""
    watching._examined.clear()
    watched()
    UsdtKey.objects.filter(approved_at=None).update(approved_at=Clock())


def watched() -> None:
    """What a worker does every few seconds."""
    watching.watch()


def ordered(user: Any, package: str = TRADER, *, chain_id: int = 0) -> Order:
    """An order whose buyer was told where to pay."""
    order = payments.place(
        user=user, package_id=package, provider="usdt", chain_id=chain_id or chains.all_chains()[0].chain_id
    )
    payments.pay(order)
    return again(order)


def again(order: Order) -> Order:
    """As it is now."""
    return Order.objects.select_related("usdt_deposit").get(pk=order.pk)


def where(order: Order) -> UsdtDeposit:
    found: UsdtDeposit = UsdtDeposit.objects.get(order=order)
    return found


def pay(chain: Chain, order: Order, *, part: int = 0, **how: Any) -> str:
    """What the buyer's wallet sends: the exact amount, or a part in base units; the transaction."""
    deposit = where(order)
    return chain.pay(deposit.address, part or deposit.amount, **how)


def settled(chain: Chain, order: Order) -> Order:
    """Blocks pass until all is final, and the site has seen them."""
    watched()
    chain.mine(FINAL)
    watched()
    return again(order)
