"""Amounts that tell orders apart where all of them are paid to one address: the price and a tail below one cent."""

import secrets
from collections.abc import Collection

from payments.providers.usdt.amounts import to_base, to_micro

CENT = 10_000  # micro-USDT
TAILS = range(1, CENT)


class NoFreeAmount(Exception):
    """Every tail is taken: nobody can order this way until an order closes."""


def choose(price: int, decimals: int, taken: Collection[int]) -> int:
    """What to pay, in base units: the price and one of the tails 1 to 9999 micro-USDT that is not taken, at random.

    Prices are whole cents, so orders of different prices never ask for the same amount. Nobody can tell from an amount
    how many orders there are. Raises NoFreeAmount, and ValueError for a price that has a tail already.
    """
    if price % to_base(CENT, decimals):
        raise ValueError("A price that others can be told from is whole cents.")
    taken = frozenset(taken)
    free = [tail for tail in TAILS if tail not in taken]
    if not free:
        raise NoFreeAmount
    return price + to_base(secrets.choice(free), decimals)


def tail_of(amount: int, decimals: int) -> int:
    """The tail of an amount in base units, in micro-USDT; what is finer is left out, as it is never asked for."""
    return to_micro(amount, decimals) % CENT
