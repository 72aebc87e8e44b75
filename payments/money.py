"""How sums of money are written."""


def dollars(cents: int) -> str:
    """US cents as they are read: $1,799.00."""
    return f"${cents // 100:,}.{cents % 100:02d}"


def sum_of(smallest: int, currency: str) -> str:
    """Of any currency with hundredths: 17.99 EUR; dollars as above."""
    return dollars(smallest) if currency == "usd" else f"{smallest // 100:,}.{smallest % 100:02d} {currency.upper()}"
