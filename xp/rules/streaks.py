"""Streaks: which day it is for a member, what a visit does to their days in a row, what a change of zone does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

ONE_DAY = timedelta(days=1)
NOON = time(12)


@dataclass(frozen=True)
class Streak:
    """A member's days in a row as of the newest day recorded."""

    current: int = 0
    """Visits; frozen and bridged days hold a streak and add nothing."""
    longest: int = 0
    last_day: date | None = None
    """The newest day recorded, of whatever kind."""


@dataclass(frozen=True)
class Step:
    """What the first visit of a day does."""

    streak: Streak
    bridged: tuple[date, ...] = ()
    """Dates before it that the member's time zone never had."""
    frozen: tuple[date, ...] = ()
    """Days before it that freezes cover, in order."""


def local_day(moment: datetime, zone: tzinfo) -> date:
    """The date on the wall at that moment."""
    return moment.astimezone(zone).date()


def visit(streak: Streak, day: date, zone: tzinfo, *, freezes: int) -> Step | None:
    """What a visit on `day` does, with so many freezes left; None if the day is counted already.

    Freezes cover all days missed since the newest one recorded or none: a streak that breaks anyway costs no freeze.
    """
    if streak.last_day is None:
        return Step(_grown(Streak(0, streak.longest), day))
    if day <= streak.last_day:
        return None
    between = tuple(_days(streak.last_day + ONE_DAY, day - ONE_DAY))
    missed = tuple(gone for gone in between if _exists(gone, zone))
    if len(missed) > freezes:
        return Step(_grown(replace(streak, current=0), day))
    bridged = tuple(gone for gone in between if gone not in missed)
    return Step(_grown(streak, day), bridged=bridged, frozen=missed)


def is_alive(streak: Streak, today: date, zone: tzinfo, *, freezes: int) -> bool:
    """Whether the days in a row still count: a visit today would make them one more, or already did."""
    if streak.last_day is None:
        return False
    step = visit(streak, today, zone, freezes=freezes)
    return step is None or step.streak.current > streak.current


def bridged(last_day: date | None, before: date, after: date) -> tuple[date, ...]:
    """The dates to bridge when a change of zone turns the date from `before` to `after`.

    East, dates are skipped: today stays as far from the last recorded day as it was, so a day that was counted is not
    counted twice and one that was not is still open. West, dates come again, and what is recorded stays recorded.
    """
    if last_day is None or after <= before:
        return ()
    return tuple(_days(last_day + ONE_DAY, min(last_day, before) + (after - before)))


def rebuild(days: Iterable[tuple[date, bool]]) -> Streak:
    """The streak that these days make, ascending, each with whether it was a visit: from history alone."""
    streak = Streak()
    for day, was_visit in days:
        if streak.last_day is not None and day - streak.last_day != ONE_DAY:
            streak = replace(streak, current=0)
        streak = _grown(streak, day) if was_visit else replace(streak, last_day=day)
    return streak


def milestones(rules: Mapping[str, Any]) -> dict[int, int]:
    """Days in a row and the XP of reaching them, ascending."""
    rows = rules["xp"].get("milestones", {})
    return {days: rows[str(days)] for days in sorted(map(int, rows))}


def _grown(streak: Streak, day: date) -> Streak:
    current = streak.current + 1
    return Streak(current, max(streak.longest, current), day)


def _exists(day: date, zone: tzinfo) -> bool:
    """Whether the zone has that date: moving across the date line, Samoa went from 29 to 31 December 2011."""
    noon = datetime.combine(day, NOON, zone)
    return noon.astimezone(UTC).astimezone(zone).date() == day


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += ONE_DAY
