"""Pages of buying DGT, mounted at /buy."""

from django.urls import path

from payments.views import orders

app_name = "payments"
urlpatterns = [
    path("orders/<uuid:public_id>", orders.order, name="order"),
]
