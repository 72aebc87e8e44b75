"""Buying DGT over the API, mounted at /api."""

from django.urls import path

from payments.api.webhook import StripeWebhook

urlpatterns = [
    path("webhook/stripe", StripeWebhook.as_view(), name="api-webhook-stripe"),
]
