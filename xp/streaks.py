"""Streaks as members read them: days in a row, the last two weeks, what the next milestone pays."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from degentalk.accounts import time_zones
from degentalk.accounts.models import User
from degentalk.core.clock import Clock
from degentalk.core.subqueries import Counted
from degentalk.rulebook import services as rulebook
from xp.models import StreakDay, StreakFreeze, UserStreak
from xp.rules import streaks

DAYS_SHOWN = 14


class Mark(StrEnum):
    """What a day of the row was."""

    VISIT = "visit"
    FREEZE = "freeze"
    BRIDGE = "bridge"
    MISSED = "missed"
    OPEN = "open"
    """Today, and no visit yet."""
    BEFORE = "before"
    """Before the first visit of all."""


@dataclass(frozen=True)
class Day:
    """One day of the row."""

    day: date
    mark: Mark
    is_today: bool


@dataclass(frozen=True)
class Milestone:
    """The next length that pays."""

    days: int
    points: int
    to_go: int


@dataclass(frozen=True)
class StreakShown:
    """A member's streak at a moment."""

    current: int
    """Days in a row; 0 once too many were missed."""
    longest: int
    ended_at: int
    """How long the streak was that broke and was not begun again; else 0."""
    visited_today: bool
    days: tuple[Day, ...]
    """The last two weeks, today last."""
    freezes: int
    milestone: Milestone | None
    """None when all are reached, or there are none."""

    @property
    def is_new(self) -> bool:
        """Whether there was no visit ever."""
        return not self.longest


def streak_of(user: User) -> StreakShown:
    """A member's streak in their own time zone, by the database's time. One query."""
    member = _with_streak().get(pk=user.pk)
    row = getattr(member, "streak", None) or UserStreak(user=member, current=0, longest=0)
    zone, freezes = time_zones.zone(member.time_zone), member.freezes_left
    today = streaks.local_day(member.now, zone)
    current = row.current if streaks.is_alive(row.facts, today, zone, freezes=freezes) else 0
    newest = max(today, row.last_day or today)  # west of where today was counted, it has a later date
    return StreakShown(
        current=current,
        longest=row.longest,
        ended_at=row.current - current,
        visited_today=newest == row.last_day,
        days=_row(member, newest),
        freezes=freezes,
        milestone=_next(current),
    )


def _with_streak() -> QuerySet[Any]:
    """Members with all that is asked about a streak."""
    days = StreakDay.objects.filter(user=OuterRef("pk"))
    newest = days.order_by("-day").values(row=JSONObject(day="day", kind="kind"))
    left = StreakFreeze.objects.filter(user=OuterRef("pk"), used_for=None).values("user")
    members = User.objects.select_related("streak").only("time_zone", "streak")
    return members.annotate(
        now=Clock(),
        first_day=days.order_by("day").values("day")[:1],
        newest_days=ArraySubquery(newest[:DAYS_SHOWN]),
        freezes_left=Counted(left),
    )


def _row(member: Any, newest: date) -> tuple[Day, ...]:
    shown = [newest - timedelta(days=ago) for ago in reversed(range(DAYS_SHOWN))]
    recorded = {date.fromisoformat(row["day"]): row["kind"] for row in member.newest_days}
    first = member.first_day or newest
    return tuple(Day(day, _mark(day, recorded, first, newest), day == newest) for day in shown)


def _mark(day: date, recorded: Mapping[date, str], first: date, newest: date) -> Mark:
    if day in recorded:
        return Mark(recorded[day])
    if day == newest:
        return Mark.OPEN
    return Mark.MISSED if day > first else Mark.BEFORE


def _next(current: int) -> Milestone | None:
    for days, points in streaks.milestones(rulebook.recent().rules).items():
        if days > current and points:
            return Milestone(days, points, days - current)
    return None
