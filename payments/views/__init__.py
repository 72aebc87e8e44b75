"""The pages of buying DGT."""

from payments.views.buying import buy, pay
from payments.views.landing import cancelled, paid, progress
from payments.views.orders import order, orders

__all__ = ["buy", "cancelled", "order", "orders", "paid", "pay", "progress"]
