"""The wallet over the API, mounted at /api/wallet."""

from django.urls import path

from wallet.api.me import Me

urlpatterns = [path("me", Me.as_view(), name="api-wallet-me")]
