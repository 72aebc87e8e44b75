"""The demo's calendar of special events, and who joins which. No database.

Most XP of those at the top comes from here: how much they lack to arrive where they are decides what they join.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle
from typing import Final

from xp.rules import ONE

DAY = timedelta(days=1)
A_WHILE = timedelta(minutes=5)
SUNDAY = 6
QUIZ_DAYS = (8, 22)


@dataclass(frozen=True)
class Occasion:
    """A special event to be."""

    slug: str
    name: str
    description: str
    starts_at: datetime
    ends_at: datetime
    participation_xp: int
    multiplier_bps: int = ONE
    is_cancelled: bool = False

    def overlaps(self, other: "Occasion") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True)
class Series:
    """Events that come again: on which days, and what joining pays, by turns."""

    slug: str
    name: str
    description: str
    held_on: Callable[[date], bool]
    participation_xp: tuple[int, ...]


def _last_of_the_month(day: date) -> bool:
    return (day + DAY).day == 1


SERIES: Final = (
    Series(
        "season-final",
        "Season final",
        "The month ends, the season with it. Whoever turns up on the day takes the season's XP home.",
        _last_of_the_month,
        (6_000,),
    ),
    Series(
        "sunday-cup",
        "Sunday cup",
        "Every other Sunday: call the week's close before it happens. Being wrong in public counts.",
        lambda day: day.weekday() == SUNDAY and day.isocalendar().week % 2 == 0,
        (1_000, 3_000, 5_000),
    ),
    Series(
        "quiz-night",
        "Quiz night",
        "Ten questions about blocks, keys and gas. Look nothing up.",
        lambda day: day.day in QUIZ_DAYS,
        (100,),
    ),
)

# Name, description, multiplier, XP for joining, by turns.
SPECIALS: Final = (
    ("Genesis days", "Three days for the first block. Everything you earn counts double.", 20_000, 0),
    ("Proof of words", "Long answers wanted: for three days what you write counts a quarter more.", 12_500, 50),
    ("Testnet days", "Break things where it costs nothing, and tell us how. XP ×1.5.", 15_000, 50),
)
SPECIALS_EVERY_DAYS = 70
SPECIAL_DAYS = 3

NOW_ON: Final = "degen-week"
"""The event that is on whenever the demo is seeded."""


def calendar(now: datetime, history_days: int) -> list[Occasion]:
    """All events, the one that is on and the next one included. Those that multiply have their days to themselves."""
    today = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    began = now - history_days * DAY
    multiplying = [*_around(today), *_specials(today, began)]
    held = [event for series in SERIES for event in _held(series, began, now)]
    alone = [event for event in held if not any(event.overlaps(other) for other in multiplying)]
    return sorted([*multiplying, *alone], key=lambda event: event.starts_at)


def _around(today: datetime) -> Iterator[Occasion]:
    yield Occasion(
        NOW_ON,
        "Degen week",
        "A week of everything: whoever joins earns half as much again until it ends.",
        today - 3 * DAY,
        today + 4 * DAY,
        participation_xp=100,
        multiplier_bps=15_000,
    )
    yield Occasion(
        "double-days",
        "Double days",
        "Two days on which XP counts double. Rest before.",
        today + 8 * DAY,
        today + 10 * DAY,
        participation_xp=50,
        multiplier_bps=20_000,
    )
    yield Occasion(
        "meme-contest",
        "Meme contest",
        "The jury could not agree on what a meme is.",
        today - 25 * DAY,
        today - 23 * DAY,
        participation_xp=500,
        is_cancelled=True,
    )


def _specials(today: datetime, began: datetime) -> Iterator[Occasion]:
    starts_at = today - SPECIALS_EVERY_DAYS * DAY
    for name, description, multiplier_bps, participation_xp in cycle(SPECIALS):
        if starts_at < began:
            return
        slug = name.lower().replace(" ", "-")
        yield Occasion(
            f"{slug}-{starts_at:%Y-%m}",
            f"{name}, {starts_at:%B %Y}",
            description,
            starts_at,
            starts_at + SPECIAL_DAYS * DAY,
            participation_xp,
            multiplier_bps,
        )
        starts_at -= SPECIALS_EVERY_DAYS * DAY


def _held(series: Series, began: datetime, now: datetime) -> Iterator[Occasion]:
    pays = cycle(series.participation_xp)
    day, number = began.astimezone(UTC).date() + DAY, 1
    while (starts_at := datetime.combine(day, time(), UTC)) < now:
        if series.held_on(day):
            slug, name = f"{series.slug}-{number}", f"{series.name} no. {number}"
            yield Occasion(slug, name, series.description, starts_at, starts_at + DAY, next(pays))
            number += 1
        day += DAY


# ── Who joins ───────────────────────────────────────────────────────────────────────────────────────────────────────

Joins = list[tuple[datetime, Occasion]]


def joins(
    events: Sequence[Occasion], since: datetime, until: datetime, missing_xp: int, zeal: float, draw: random.Random
) -> Joins:
    """What a member of that time joins, and when: together it pays as much of the missing XP as it can, never more.

    `zeal`: how likely they also join what multiplies.
    """
    open_to_them = [
        event
        for event in events
        if not event.is_cancelled and event.starts_at < until - A_WHILE and since + A_WHILE < event.ends_at
    ]
    chosen = list(_paying([event for event in open_to_them if event.multiplier_bps == ONE], missing_xp, draw))
    chosen += [event for event in open_to_them if event.multiplier_bps != ONE and draw.random() < zeal]
    return sorted(((_moment(event, since, until, draw), event) for event in chosen), key=lambda join: join[0])


def _paying(events: Sequence[Occasion], missing: int, draw: random.Random) -> Iterator[Occasion]:
    """Some of all, as many as it takes; then what fills what is left, the largest first."""
    capacity = sum(event.participation_xp for event in events)
    share = missing / capacity if capacity else 0
    left = []
    for event in draw.sample(events, len(events)):
        if draw.random() < share and event.participation_xp <= missing:
            missing -= event.participation_xp
            yield event
        else:
            left.append(event)
    for event in sorted(left, key=lambda event: -event.participation_xp):
        if event.participation_xp <= missing:
            missing -= event.participation_xp
            yield event


def _moment(event: Occasion, since: datetime, until: datetime, draw: random.Random) -> datetime:
    first, last = max(event.starts_at, since + A_WHILE), min(event.ends_at, until)
    return first + (last - first) * draw.uniform(0.05, 0.95)
