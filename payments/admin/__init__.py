"""Payments for staff."""

from payments.admin.events import ProviderEventAdmin, ReconcileCursorAdmin
from payments.admin.orders import OrderAdmin, StripeDgtSessionAdmin
from payments.admin.packages import DgtPackageAdmin
from payments.admin.reviews import ReviewAdmin
from payments.admin.usdt import UsdtChainAdmin, UsdtDepositAdmin, UsdtKeyAdmin, UsdtTransferAdmin, UsdtWalletAdmin

__all__ = [
    "DgtPackageAdmin",
    "OrderAdmin",
    "ProviderEventAdmin",
    "ReconcileCursorAdmin",
    "ReviewAdmin",
    "StripeDgtSessionAdmin",
    "UsdtChainAdmin",
    "UsdtDepositAdmin",
    "UsdtKeyAdmin",
    "UsdtTransferAdmin",
    "UsdtWalletAdmin",
]
