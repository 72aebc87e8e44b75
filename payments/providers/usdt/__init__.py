"""USDT on EVM chains: an address for each order, found paid by reading the chain. No private key is ever here (U23)."""

from payments.models import Order, ProviderEvent
from payments.providers.usdt.deposits import open_payment, prepare, price_of
from payments.providers.usdt.facts import look
from payments.providers.usdt.opening import is_configured
from payments.providers.usdt.sweeping import missed


def order_of(event: ProviderEvent) -> Order | None:
    """None: chains tell nothing by themselves, they are read."""


__all__ = ["is_configured", "look", "missed", "open_payment", "order_of", "prepare", "price_of"]
