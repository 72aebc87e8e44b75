"""Visits: the first of each local day counts for the streak and earns XP; what a change of time zone does to it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from degentalk.accounts import time_zones
from degentalk.accounts.models import User
from degentalk.core.clock import Clock, database_time
from degentalk.rulebook import services as rulebook
from xp.models import StreakDay, StreakFreeze, UserStreak
from xp.rules import streaks
from xp.services.award import Gain, award

DAILY = "daily_login"
MILESTONE = "streak_maintained"

# Members before user_xp, as everywhere; the rows of the streak follow under that lock.
LOCK = "select xp_lock(array [%s]::bigint[])"


@dataclass(frozen=True)
class Visit:
    """The first visit of a member's day."""

    day: date
    streak: int
    """Days in a row with it."""
    daily: Gain
    milestone: Gain | None = None
    """What this length of the streak earned, where it is a milestone."""
    frozen: tuple[date, ...] = ()
    """Missed days that freezes covered now."""

    @property
    def gains(self) -> tuple[Gain, ...]:
        """Everything it earned."""
        return (self.daily,) if self.milestone is None else (self.daily, self.milestone)


@transaction.atomic
def visit(*, user: User) -> Visit | None:
    """Count the member's visit today, in their time zone by the database's time. None: today is counted already.

    The day counts for the streak also where the rules give no XP for it. A suspended member visits nothing.
    """
    _lock(user)
    member = User.objects.annotate(now=Clock()).get(pk=user.pk)  # as they are now that the lock is held
    zone = time_zones.zone(member.time_zone)
    day = streaks.local_day(member.now, zone)
    freezes = list(StreakFreeze.objects.left_to(user))
    step = streaks.visit(UserStreak.objects.of(user).facts, day, zone, freezes=len(freezes))
    if step is None or not member.is_active:
        return None
    _use(freezes, step.frozen)
    covered = {
        **dict.fromkeys(step.bridged, StreakDay.Kind.BRIDGE),
        **dict.fromkeys(step.frozen, StreakDay.Kind.FREEZE),
        day: StreakDay.Kind.VISIT,
    }
    _record(user, covered, member.time_zone, member.now, step.streak)
    daily = award(user=user, action=DAILY, key=f"login:{user.pk}:{day}", cause=("day", day))
    return Visit(day, step.streak.current, daily, _milestone(user, step.streak), step.frozen)


@transaction.atomic
def follow_time_zone(*, user: User, before: str, after: str) -> None:
    """Carry a streak over a change of time zone, so that it neither breaks nor counts a day twice."""
    _lock(user)
    streak, now = UserStreak.objects.of(user).facts, database_time()
    old, new = (streaks.local_day(now, time_zones.zone(name)) for name in (before, after))
    skipped = streaks.bridged(streak.last_day, old, new)
    if skipped:
        carried = streaks.Streak(streak.current, streak.longest, skipped[-1])
        _record(user, dict.fromkeys(skipped, StreakDay.Kind.BRIDGE), after, now, carried)


def streak_from_days(days: Iterable[StreakDay]) -> streaks.Streak:
    """The streak that a member's days, ascending, amount to: what `user_streaks` has to say."""
    return streaks.rebuild((row.day, row.kind == StreakDay.Kind.VISIT) for row in days)


def _lock(user: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [user.pk])


def _use(freezes: Sequence[StreakFreeze], days: Sequence[date]) -> None:
    """The oldest freeze covers the first day, and so on."""
    used = freezes[: len(days)]
    for freeze, day in zip(used, days, strict=True):
        freeze.used_for = day
    StreakFreeze.objects.bulk_update(used, ["used_for"])


def _record(user: User, covered: Mapping[date, str], time_zone: str, now: datetime, streak: streaks.Streak) -> None:
    rows = [
        StreakDay(user=user, day=day, kind=kind, time_zone=time_zone, created_at=now) for day, kind in covered.items()
    ]
    StreakDay.objects.bulk_create(rows, ignore_conflicts=True)
    UserStreak(user=user, current=streak.current, longest=streak.longest, last_day=streak.last_day).save()


def _milestone(user: User, streak: streaks.Streak) -> Gain | None:
    points = streaks.milestones(rulebook.current().rules).get(streak.current)
    if not points:
        return None
    key, cause = f"streak:{user.pk}:{streak.last_day}", ("day", streak.last_day)
    return award(user=user, action=MILESTONE, key=key, cause=cause, base=points)
