"""Mounted at /wallet: the page, and components for HTMX."""

from django.urls import path

from wallet import views

app_name = "wallet"

urlpatterns = [
    path("wallet", views.wallet, name="wallet"),
    path("wallet/history.csv", views.export, name="export"),
    path("wallet/journal/<uuid:public_id>", views.journal, name="journal"),
    path("wallet/journal/<uuid:public_id>/receipt/<int:line>", views.receipt, name="receipt"),
    path("economy/receipts", views.receipts, name="receipts"),
    path("economy/seals.json", views.seals, name="seals"),
    path("wallet/send", views.send, name="send"),
    path("wallet/transfer", views.transfer, name="transfer"),
    path("wallet/recipients", views.recipients, name="recipients"),
    path("wallet/users/<int:user_id>/balance", views.balance, name="balance"),
    path("wallet/users/<int:user_id>/history", views.history, name="history"),
    path("wallet/leaderboard", views.leaderboard, name="leaderboard"),
]
