"""How much of what was credited goes back when money goes back. Whole DGT, exact, nothing of the database."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """What must have been taken back for good, and what must be set aside until a dispute is decided. Whole DGT."""

    taken: int
    held: int


def target(*, dgt: int, paid: int, refunded: int, lost: int, disputed: int) -> Target:
    """What of `dgt` is to be taken and held, from the cumulative money (S17 to S20; money in its smallest unit).

    Rounded up, so that no part of the money comes back without its DGT; never more than was credited, however refunds
    and disputes of one payment overlap.
    """
    if paid <= 0:
        return Target(0, 0)
    taken = share(dgt, refunded + lost, paid)
    return Target(taken, share(dgt, refunded + lost + disputed, paid) - taken)


def extra(*, dgt: int, price: int, surplus: int) -> int:
    """What a surplus is worth at the rate of the order, rounded down: nobody gets DGT that were not paid. Whole DGT."""
    return dgt * max(surplus, 0) // price


def share(dgt: int, part: int, whole: int) -> int:
    """ceil(dgt × part / whole), and never more than all of it."""
    return -(-dgt * min(max(part, 0), whole) // whole)
