"""The arithmetic of moving DGT: whole numbers, rounded down, nothing of the database."""

BASIS_POINTS = 10_000
"""Of a whole: 100 are 1 %."""

ACCOUNT_AGE_HOURS_MAX = 8_760
LOCKED_DAYS_MAX = 365
"""A year: what staff tune stays far from where dates end."""


def fee(amount: int, fee_bps: int) -> int:
    """What a transfer of `amount` costs on top, whole DGT, rounded down. The door `dgt_transfer` says the same."""
    return amount * fee_bps // BASIS_POINTS


def transferable(balance: int, bought_lately: int) -> int:
    """What may be sent: all but the DGT bought lately. Which DGT of a balance was bought is not told apart."""
    return max(0, balance - bought_lately)


def most_with_fee(dgt: int, fee_bps: int) -> int:
    """The largest transfer that `dgt` pays for together with its fee."""
    most = dgt * BASIS_POINTS // (BASIS_POINTS + fee_bps)
    # The fee is rounded down, so one more may still fit.
    return most + 1 if most + 1 + fee(most + 1, fee_bps) <= dgt else most


def presets(written: str) -> tuple[int, ...]:
    """The amounts that staff wrote for tips, ascending. Raises ValueError for anything but whole DGT and commas."""
    return tuple(sorted({_amount(part.strip()) for part in written.split(",")}))


def _amount(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise ValueError(f"“{text}” is no whole amount.")
    return int(text)
