"""Amounts to a treasury that no other order has: the price and less than a cent, in millionths."""

import secrets
from collections.abc import Set

from django.utils.translation import gettext as _

from degentalk.core.errors import Refused
from payments.providers.usdt.amounts import to_base

MOST_TAILS = 9_999
"""Millionths of USDT: always below one cent."""


def pick(price: int, decimals: int, taken: Set[int]) -> int:
    """The price, in base units, and a tail that is not taken. Raises Refused when all are."""
    free = [amount for tail in range(1, MOST_TAILS + 1) if (amount := price + to_base(tail, decimals)) not in taken]
    if not free:
        raise Refused(_("Too many orders of this price are open. Try another package or chain."))
    return secrets.choice(free)
