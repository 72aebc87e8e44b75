"""Special events of the demo's past, and how members fared in them. No database.

Most XP of those at the top comes from here; how much they need to arrive where they are decides how they fared.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from degentalk.demo.steps import Award
from degentalk.demo.visits import Visits
from xp.rules import ONE, Multiplier

SUNDAY = 6
CALL_DAYS = (1, 3)


@dataclass(frozen=True)
class Series:
    """Events that come again: which days, and by how much a place multiplies the base."""

    name: str
    held_on: Callable[[date], bool]
    factors: tuple[int, ...]
    """Ascending; 1 is taking part."""
    at: time

    @property
    def best(self) -> int:
        return self.factors[-1]


def _last_of_the_month(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


FINAL: Final = Series("season_final", _last_of_the_month, (5, 10, 20, 30), time(20, 0))
CUP: Final = Series("weekly_cup", lambda day: day.weekday() == SUNDAY, (1, 2, 4, 6, 10), time(18, 0))
CALL: Final = Series("market_call", lambda day: day.weekday() in CALL_DAYS, (1, 2, 3), time(21, 0))
SERIES: Final = (FINAL, CUP, CALL)


@dataclass(frozen=True)
class Result:
    """How a member fared once. A factor of 0: not at all."""

    series: Series
    day: date
    factor: int


def awards_from_events(
    username: str, visits: Visits, missing_xp: int, base: int, now: datetime, draw: random.Random
) -> Iterator[Award]:
    """Results on days of visits that together earn as much of the missing XP as they can, never more."""
    chances = [
        Result(series, day, 0)
        for series in SERIES
        for day in visits
        if series.held_on(day) and max(_moment(series, day), visits[day]) < now - timedelta(minutes=2)
    ]
    for result in _fill(chances, missing_xp // base, draw):
        if result.factor:
            yield _award(username, result, visits[result.day], draw)


def _fill(chances: Sequence[Result], missing: int, draw: random.Random) -> list[Result]:
    """Give each chance a factor around the same skill, then what is left over to whoever has room, small ones first."""
    capacity = sum(chance.series.best for chance in chances)
    skill = missing / capacity if capacity else 0
    results = []
    for chance in draw.sample(chances, len(chances)):
        factor = min(_factor(chance.series, skill, draw), _at_most(chance.series, missing))
        missing -= factor
        results.append(replace(chance, factor=factor))
    for i in sorted(range(len(results)), key=lambda i: results[i].series.best):
        better = _at_most(results[i].series, results[i].factor + missing)
        missing -= better - results[i].factor
        results[i] = replace(results[i], factor=better)
    return results


def _factor(series: Series, skill: float, draw: random.Random) -> int:
    wanted = series.best * skill * draw.uniform(0.4, 1.6)
    lowest = series.factors[0]
    if wanted < lowest:
        return lowest if draw.random() < wanted / lowest else 0
    return _at_most(series, int(wanted))


def _at_most(series: Series, limit: int) -> int:
    return max((factor for factor in series.factors if factor <= limit), default=0)


def _award(username: str, result: Result, came: datetime, draw: random.Random) -> Award:
    series, day = result.series, result.day
    moment = max(_moment(series, day) + timedelta(seconds=draw.randint(0, 90)), came + timedelta(seconds=30))
    event = f"{series.name}-{day.isoformat()}"
    multipliers = (Multiplier(f"event:{series.name}", result.factor * ONE),) if result.factor > 1 else ()
    return Award(moment, username, "special_event", f"event:{event}:{{user}}", ("event", event), multipliers)


def _moment(series: Series, day: date) -> datetime:
    return datetime.combine(day, series.at, UTC)
