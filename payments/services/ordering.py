"""Ordering: what was quoted is written down before anybody is asked for money."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from degentalk.accounts.models import User
from degentalk.core import switches
from degentalk.core.clock import database_time
from degentalk.core.errors import Refused
from degentalk.core.limits import Limit
from payments import providers
from payments.errors import NoSuchPackage, OrderClosed, ProviderOff, QuoteChanged, frozen
from payments.models import DgtPackage, Order, OrderChange
from payments.states import State
from wallet.models import UserWallet

ORDERING = Limit("payments.order", most=20, seconds=3600)
"""How many orders a member may begin, by page and API together."""


def require_way(name: str) -> None:
    """Raise ProviderOff where this site cannot be paid so."""
    if not providers.way(name).is_configured():
        raise ProviderOff


@transaction.atomic
def place(
    *,
    user: User,
    package_id: str,
    provider: str,
    quoted: tuple[int, int] | None = None,
    chain_id: int | None = None,
) -> Order:
    """Write an order with what the package costs now. `quoted` is the price, in the smallest unit of its currency,
    and the DGT that the buyer saw; `chain_id` is for USDT.

    Raises NoSuchPackage, QuoteChanged, SwitchedOff, Refused (suspended), WalletFrozen, ChainClosed.
    """
    switches.require(provider)
    package = DgtPackage.objects.on_sale().select_for_update(no_key=True).filter(pk=package_id).first()
    if package is None:
        raise NoSuchPackage
    price, currency = providers.way(provider).price_of(package)
    if quoted not in (None, (price, package.total_dgt)):
        raise QuoteChanged(price=price, currency=currency, dgt=package.total_dgt)
    buyer = User.objects.get(pk=user.pk)
    if not buyer.is_active:
        raise Refused(_("Your account is suspended."))
    _refuse_frozen(buyer)
    now = database_time()
    order = Order.objects.create(
        user=buyer,
        username=buyer.username,
        package=package,
        package_name=package.name,
        provider=provider,
        dgt_amount=package.dgt_amount,
        bonus_dgt=package.bonus_dgt,
        price=price,
        currency=currency,
        created_at=now,
        changed_at=now,
        expires_at=now + timedelta(minutes=settings.ORDER_MINUTES),
    )
    OrderChange.objects.create(order=order, from_state="", to_state=State.CREATED, because="ordered")
    order.refresh_from_db(fields=["public_id"])
    providers.way(provider).prepare(order, chain_id)
    return order


def pay(order: Order) -> str:
    """Where the buyer pays this order: the same however often it is asked for. Calls out; no transaction is open.

    Raises OrderClosed, ProviderOff, ProviderUnreachable, SwitchedOff, WalletFrozen.
    """
    is_open = order.state in (State.CREATED, State.PENDING) and order.expires_at > database_time()
    if not is_open or order.user is None:
        raise OrderClosed
    require_way(order.provider)
    switches.require(order.provider)
    _refuse_frozen(order.user)
    return providers.way(order.provider).open_payment(order)


def _refuse_frozen(buyer: User) -> None:
    if UserWallet.objects.of(buyer).is_frozen:
        raise frozen()
