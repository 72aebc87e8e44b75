"""Cards, by Stripe's Checkout Sessions. Hosted there: no card number ever reaches us."""

from payments.providers.stripe.client import is_configured
from payments.providers.stripe.events import order_of
from payments.providers.stripe.facts import look
from payments.providers.stripe.sessions import open_payment, prepare, price_of
from payments.providers.stripe.sweep import missed

__all__ = ["is_configured", "look", "missed", "open_payment", "order_of", "prepare", "price_of"]
