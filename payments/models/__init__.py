"""Tables of the app: packages, orders with their history, what providers told, and what needs a person."""

from payments.models.events import ProviderEvent, ReconcileCursor
from payments.models.orders import Order, OrderChange, OrderMovement, Provider
from payments.models.packages import DgtPackage
from payments.models.reviews import Review
from payments.models.stripe import StripeDgtSession
from payments.models.usdt import UsdtChain, UsdtCheckpoint, UsdtDeposit, UsdtKey, UsdtTransfer, UsdtWallet

__all__ = [
    "DgtPackage",
    "Order",
    "OrderChange",
    "OrderMovement",
    "Provider",
    "ProviderEvent",
    "ReconcileCursor",
    "Review",
    "StripeDgtSession",
    "UsdtChain",
    "UsdtCheckpoint",
    "UsdtDeposit",
    "UsdtKey",
    "UsdtTransfer",
    "UsdtWallet",
]
