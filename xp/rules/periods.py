"""The days, weeks and months that boards count: those of UTC, weeks beginning on Monday."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

ALL: Final = "all"
PERIODS: Final = ("day", "week", "month")
"""As the table of totals calls them."""
SPANS: Final = (ALL, "month", "week", "day")
"""What a board may be asked for, the longest first."""

SIGNIFICANT_BITS: Final = 9
"""How exactly XP is kept in the buckets that positions are told from: to one in 256."""


@dataclass(frozen=True)
class Span:
    """What a board counts: all XP ever earned, or that of one day, week or month."""

    name: str
    starts_at: datetime | None = None
    """The first instant that belongs to it; None where it has no beginning."""
    ends_at: datetime | None = None
    """The first instant that does not belong to it any more."""

    @property
    def starts_on(self) -> date | None:
        """Its first day: with its name, how totals are kept."""
        return self.starts_at.date() if self.starts_at else None


ALL_TIME: Final = Span(ALL)


def span_at(name: str, moment: datetime) -> Span:
    """The span of that name that a moment belongs to. The same as `date_trunc(name, moment, 'UTC')` in SQL."""
    if name == ALL:
        return ALL_TIME
    today = moment.astimezone(UTC).date()
    match name:
        case "day":
            first, after = today, today + timedelta(days=1)
        case "week":
            first = today - timedelta(days=today.weekday())
            after = first + timedelta(days=7)
        case "month":
            first = today.replace(day=1)
            after = (first + timedelta(days=31)).replace(day=1)
        case _:
            raise ValueError(f"There is no period called {name!r}.")
    return Span(name, *(datetime.combine(day, time(), UTC) for day in (first, after)))


def bucket_of(xp: int) -> tuple[int, int]:
    """The bucket that so much XP falls into: its first XP and the first beyond it. The same as SQL's xp_bucket()."""
    shift = max(xp.bit_length() - SIGNIFICANT_BITS, 0)
    low = xp >> shift << shift
    return low, low + (1 << shift)
