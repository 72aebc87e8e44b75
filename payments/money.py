"""How sums of money are written."""


def dollars(cents: int) -> str:
    """US cents as they are read: $1,799.00."""
    return f"${cents // 100:,}.{cents % 100:02d}"


def usdt(micro: int) -> str:
    """Millionths of USDT as they are read, exactly: 1,799.00 or 0.000001."""
    places = f"{micro % 10**6:06d}".rstrip("0")
    return f"{micro // 10**6:,}.{places:0<2}"


def sum_of(smallest: int, currency: str) -> str:
    """Of USDT: 17.99 USDT; of any currency with hundredths: 17.99 EUR; dollars as above."""
    if currency == "usdt":
        return f"{usdt(smallest)} USDT"
    return dollars(smallest) if currency == "usd" else f"{smallest // 100:,}.{smallest % 100:02d} {currency.upper()}"
