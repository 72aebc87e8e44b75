"""The wallet over the API, mounted at /api/wallet."""

from django.urls import path

from wallet.api.boards import Leaderboard
from wallet.api.history import Transactions
from wallet.api.me import Me
from wallet.api.members import PublicWallet
from wallet.api.transfer import Transfer

urlpatterns = [
    path("me", Me.as_view(), name="api-wallet-me"),
    path("me/transactions", Transactions.as_view(), name="api-wallet-transactions"),
    path("transfer", Transfer.as_view(), name="api-wallet-transfer"),
    path("leaderboard", Leaderboard.as_view(), name="api-wallet-leaderboard"),
    path("users/<int:user_id>", PublicWallet.as_view(), name="api-wallet-user"),
]
