"""What a level is called and which badge it wears."""

from django import template

from xp import services
from xp.rules import Level

register = template.Library()


@register.simple_tag
def rank_of(level: int) -> Level:
    """`{% rank_of level as rank %}`: its `tier`, `rank_name` and `color`. Usually without a query."""
    return services.curve().level(level)
