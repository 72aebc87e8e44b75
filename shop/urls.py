"""Mounted at the root of the site: the shop, what one buys there, and what one has of it."""

from django.urls import path

from shop import views

app_name = "shop"

urlpatterns = [
    path("shop", views.shop, name="shop"),
    path("shop/<int:unlock_id>", views.unlock, name="unlock"),
    path("shop/<int:unlock_id>/buy", views.buy, name="buy"),
    path("shop/<int:unlock_id>/give", views.give, name="give"),
    path("shop/mine/<int:item_id>/wear", views.wear, name="wear"),
    path("shop/mine/<int:item_id>/take-off", views.take_off, name="take-off"),
    path("shop/mine/<int:item_id>/use", views.use, name="use"),
]
