"""Orders with USDT: their key approved by two, paid at the chain of `make dev`, found by reading it as always."""

from collections.abc import Mapping
from typing import Final

import requests
from django.conf import settings

from degentalk.accounts.models import User
from degentalk.approvals import services as approvals
from degentalk.core import idempotency
from degentalk.demo.accounts import ACCOUNTS
from degentalk.demo.conversations import VERA
from payments import services as payments
from payments.models import Order, Provider, UsdtKey
from payments.providers.usdt import chains, watching

SECONDS = 15
BLOCKS = 6
"""Until everything is final at the sandbox, and a little more."""

ORDERS: Final[Mapping[str, str]] = {"regular": "exact", "trader": "short", "starter": ""}
"""Package, and how it is paid; not at all where nothing is said."""


def play() -> int:
    """Let Vera buy with USDT; how many orders there are. None without a sandbox, or where no key can be approved.

    Calls out, so no transaction is open. Raises requests.RequestException.
    """
    if not settings.USDT_SANDBOX_URL:
        return 0
    watching.watch()
    if not _approved():
        return 0
    vera = User.objects.get(username=VERA)
    for package, mode in ORDERS.items():
        _buy(vera, package, mode)
    _ask("mine", blocks=BLOCKS)
    watching.watch()
    return len(ORDERS)


def _approved() -> bool:
    """Whether two of the demo's staff have approved the sandbox's key."""
    names = [account.username for account in ACCOUNTS]
    staff = User.objects.filter(username__in=names, is_staff=True).order_by("pk")
    able = [member for member in staff if member.has_perm("payments.approve_key")]
    for key in UsdtKey.objects.filter(approved_at=None) if len(able) > 1 else ():
        note = "Compared with what the sandbox prints."
        row = payments.ask_for_key(key=key, actor=able[0], note=note, once=idempotency.new_key())
        approvals.approve(approval=row, actor=able[1])
    return len(able) > 1


def _buy(buyer: User, package: str, mode: str) -> None:
    [chain, *_others] = chains.all_chains()
    order = payments.place(user=buyer, package_id=package, provider=Provider.USDT, chain_id=chain.chain_id)
    payments.pay(order)
    deposit = Order.objects.with_deposit().get(pk=order.pk).deposit
    if mode:
        _ask("pay", to=deposit.address, amount=str(deposit.amount), mode=mode)


def _ask(verb: str, **arguments: object) -> None:
    answer = requests.post(f"{settings.USDT_SANDBOX_URL}/sandbox/{verb}", json=arguments, timeout=SECONDS)
    answer.raise_for_status()
