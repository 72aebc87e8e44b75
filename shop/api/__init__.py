"""The shop over the API, mounted at /api/shop."""

from django.urls import path

from shop.api.mine import Equip, MyUnlocks, Unequip, Use
from shop.api.purchase import Purchase
from shop.api.unlocks import OneUnlock, Unlocks

urlpatterns = [
    path("unlocks", Unlocks.as_view(), name="api-shop-unlocks"),
    path("unlocks/<int:unlock_id>", OneUnlock.as_view(), name="api-shop-unlock"),
    path("me/unlocks", MyUnlocks.as_view(), name="api-shop-me"),
    path("me/unlocks/<int:item_id>/equip", Equip.as_view(), name="api-shop-equip"),
    path("me/unlocks/<int:item_id>/unequip", Unequip.as_view(), name="api-shop-unequip"),
    path("me/unlocks/<int:item_id>/use", Use.as_view(), name="api-shop-use"),
    path("purchase/<int:unlock_id>", Purchase.as_view(), name="api-shop-purchase"),
]
