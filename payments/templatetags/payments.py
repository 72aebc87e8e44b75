"""Money, and what an order's state means, for templates."""

from django import template

from payments.models import Order
from payments.money import dollars
from payments.presentation import Standing, standing_of

register = template.Library()


@register.filter(name="dollars")
def dollars_of(cents: object) -> object:
    """US cents as $17.99. Anything else comes back as it is."""
    return dollars(cents) if isinstance(cents, int) else cents


@register.filter
def standing(order: Order) -> Standing:
    """Where an order stands, in the buyer's words."""
    return standing_of(order)
