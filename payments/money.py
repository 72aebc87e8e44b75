"""How sums of money are written."""

from typing import Final

MICRO: Final = 6  # decimals of what we count USDT in: a millionth


def dollars(cents: int) -> str:
    """US cents as they are read: $1,799.00."""
    return f"${cents // 100:,}.{cents % 100:02d}"


def written(base: int, decimals: int) -> str:
    """An amount in base units exactly: 19.99, 20.00, 19.990001. Never rounded; at least two places if it has them."""
    if base < 0:
        raise ValueError("An amount is not negative.")
    whole, part = divmod(base, 10**decimals)
    return f"{whole}.{f'{part:0{decimals}d}'.rstrip('0'):0<2}"


def sum_of(smallest: int, currency: str) -> str:
    """Of any currency with hundredths: 17.99 EUR; dollars as above; of USDT, in millionths: 19.99 USDT."""
    if currency == "usdt":
        return f"{written(smallest, MICRO)} USDT"
    return dollars(smallest) if currency == "usd" else f"{smallest // 100:,}.{smallest % 100:02d} {currency.upper()}"
