"""Mounted at the root of the site: what DGT costs, and what one ordered."""

from django.urls import path

from payments import views

app_name = "payments"

urlpatterns = [
    path("buy", views.buy, name="buy"),
    path("buy/orders", views.orders, name="orders"),
    path("buy/orders/<uuid:public_id>", views.order, name="order"),
    path("buy/orders/<uuid:public_id>/pay", views.pay, name="pay"),
    path("buy/orders/<uuid:public_id>/paid", views.paid, name="paid"),
    path("buy/orders/<uuid:public_id>/progress", views.progress, name="progress"),
    path("buy/orders/<uuid:public_id>/transaction", views.name_transaction, name="transaction"),
    path("buy/orders/<uuid:public_id>/statement", views.statement, name="statement"),
    path("buy/orders/<uuid:public_id>/wallet", views.prove_wallet, name="prove"),
    path("buy/orders/<uuid:public_id>/play", views.play, name="play"),
    path("buy/orders/<uuid:public_id>/cancelled", views.cancelled, name="cancelled"),
]
