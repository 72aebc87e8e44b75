"""What happens in the shop. Money and thing move in one transaction, or neither does."""

from shop.services.acquiring import Bought, new_key, purchase
from shop.services.granting import grant
from shop.services.refunds import refund, refund_or_ask
from shop.services.stocking import stock_shelf
from shop.services.using import use
from shop.services.wearing import equip, unequip

__all__ = [
    "Bought",
    "equip",
    "grant",
    "new_key",
    "purchase",
    "refund",
    "refund_or_ask",
    "stock_shelf",
    "unequip",
    "use",
]
