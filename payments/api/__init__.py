"""Buying DGT over the API, mounted at /api."""

from django.urls import path

from payments.api.orders import History
from payments.api.packages import Packages
from payments.api.purchase import PurchaseByCard
from payments.api.usdt import PurchaseByUsdt, UsdtProof
from payments.api.webhook import StripeWebhook

urlpatterns = [
    path("dgt/packages", Packages.as_view(), name="api-dgt-packages"),
    path("dgt/purchase/stripe", PurchaseByCard.as_view(), name="api-dgt-purchase-stripe"),
    path("dgt/purchase/usdt", PurchaseByUsdt.as_view(), name="api-dgt-purchase-usdt"),
    path("dgt/purchase/usdt/proof", UsdtProof.as_view(), name="api-dgt-purchase-usdt-proof"),
    path("dgt/purchase/history", History.as_view(), name="api-dgt-purchase-history"),
    path("webhook/stripe", StripeWebhook.as_view(), name="api-webhook-stripe"),
]
