"""Amounts of a token: integers in its base units, and prices in millionths. Nothing is ever rounded up (U14)."""

from decimal import Decimal

MICRO = 6
"""Digits after the point of what we price in: 1 USDT is 1,000,000 micro-USDT."""


def to_base(micro: int, decimals: int) -> int:
    """Micro-USDT in base units, exact: the token has at least six decimals."""
    return micro * int(10 ** (decimals - MICRO))


def to_micro(base: int, decimals: int) -> int:
    """Base units in micro-USDT, rounded down: what is not there is never counted."""
    return base // int(10 ** (decimals - MICRO))


def micro_of(price: Decimal) -> int:
    """A price in micro-USDT. Raises ValueError for one that is not exact in them."""
    found = price.scaleb(MICRO)
    if found != found.to_integral_value():
        raise ValueError(price)
    return int(found)


def written(base: int, decimals: int) -> str:
    """Exactly, as a person types it into a wallet: at least two places, no zeros behind them."""
    whole, part = divmod(base, 10**decimals)
    places = f"{part:0{decimals}d}".rstrip("0")
    return f"{whole}.{places:0<2}"
