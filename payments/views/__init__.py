"""The pages of buying DGT."""

from payments.views.buying import buy, pay
from payments.views.landing import cancelled, paid, progress
from payments.views.orders import order, orders
from payments.views.usdt import name_transaction, play, prove_wallet, statement

__all__ = [
    "buy",
    "cancelled",
    "name_transaction",
    "order",
    "orders",
    "paid",
    "pay",
    "play",
    "progress",
    "prove_wallet",
    "statement",
]
