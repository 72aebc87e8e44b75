"""Mounted at /wallet: the page, and components for HTMX."""

from django.urls import path

from wallet import views

app_name = "wallet"

urlpatterns = [
    path("wallet", views.wallet, name="wallet"),
    path("wallet/users/<int:user_id>/balance", views.balance, name="balance"),
    path("wallet/users/<int:user_id>/history", views.history, name="history"),
]
