"""How sums of money are written."""


def dollars(cents: int) -> str:
    """US cents as they are read: $1,799.00."""
    return f"${cents // 100:,}.{cents % 100:02d}"
