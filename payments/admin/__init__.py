"""Payments for staff."""

from payments.admin.events import ProviderEventAdmin, ReconcileCursorAdmin
from payments.admin.orders import OrderAdmin, StripeDgtSessionAdmin
from payments.admin.packages import DgtPackageAdmin
from payments.admin.reviews import ReviewAdmin

__all__ = [
    "DgtPackageAdmin",
    "OrderAdmin",
    "ProviderEventAdmin",
    "ReconcileCursorAdmin",
    "ReviewAdmin",
    "StripeDgtSessionAdmin",
]
