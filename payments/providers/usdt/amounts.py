"""Amounts as integers (U14). An order counts micro-USDT, a token base units: 10^6 to one USDT or more (BSC: 10^18)."""

from decimal import Decimal

from payments.money import MICRO, written

__all__ = ["MICRO", "micro_of", "to_base", "to_micro", "written"]


def to_base(micro: int, decimals: int) -> int:
    """Base units of a token for so many micro-USDT, exactly. Raises ValueError below 6 decimals."""
    return _not_negative(micro) * _per_micro(decimals)


def to_micro(base: int, decimals: int) -> int:
    """Micro-USDT for so many base units, rounded down: only what was sent is credited. Raises ValueError as above."""
    return _not_negative(base) // _per_micro(decimals)


def micro_of(price: Decimal) -> int:
    """Micro-USDT of a package's price. Raises ValueError for what is negative, no number, or finer than a millionth."""
    if not price.is_finite() or price < 0:
        raise ValueError("A price is a number from 0.")
    top, bottom = price.as_integer_ratio()  # exact, while arithmetic of Decimal rounds to 28 digits
    micro, rest = divmod(top * 10**MICRO, bottom)
    if rest:
        raise ValueError("A price in USDT has at most six decimals.")
    return micro


def _per_micro(decimals: int) -> int:
    if decimals < MICRO:
        raise ValueError("A token with less than six decimals cannot be counted in micro-USDT.")
    return int(10 ** (decimals - MICRO))


def _not_negative(amount: int) -> int:
    if amount < 0:
        raise ValueError("An amount is not negative.")
    return amount
