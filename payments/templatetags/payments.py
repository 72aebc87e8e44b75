"""Money, and what an order's state means, for templates."""

from django import template

from payments.models import Order
from payments.money import dollars, sum_of
from payments.presentation import Standing, standing_of

register = template.Library()


@register.filter(name="dollars")
def dollars_of(cents: object) -> object:
    """US cents as $17.99. Anything else comes back as it is."""
    return dollars(cents) if isinstance(cents, int) else cents


@register.filter
def price(order: Order) -> object:
    """What an order costs: $17.99, or 17.99 USDT."""
    return in_currency_of(order.price, order)


@register.filter
def in_currency_of(amount: object, order: Order) -> object:
    """A sum of an order's money. Anything else comes back as it is."""
    return sum_of(amount, order.currency) if isinstance(amount, int) else amount


@register.filter
def standing(order: Order) -> Standing:
    """Where an order stands, in the buyer's words."""
    return standing_of(order)
