"""The wallet over the API, mounted at /api/wallet."""

from django.urls import path

from wallet.api.history import Transactions
from wallet.api.me import Me
from wallet.api.transfer import Transfer

urlpatterns = [
    path("me", Me.as_view(), name="api-wallet-me"),
    path("me/transactions", Transactions.as_view(), name="api-wallet-transactions"),
    path("transfer", Transfer.as_view(), name="api-wallet-transfer"),
]
