"""On which days a member looks in, in their own time zone, and the streaks that makes. No database."""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from degentalk.demo.people import Person
from degentalk.demo.steps import Visit
from xp.rules.streaks import Streak, visit

Visits = dict[date, datetime]
"""The first moment of each day with a visit."""

HOURS = range(6, 24)
# People are up at noon and in the evening, and hardly at six.
HOUR_WEIGHTS = (1, 3, 6, 6, 4, 3, 5, 5, 3, 3, 4, 5, 6, 8, 9, 8, 6, 3)
MIDNIGHT = time(0, 0, 5)
INERTIA = 0.6
"""How much more likely one comes back the day after a visit: people come in phases."""
MISSED_DAYS_AGO = range(8, 20)
"""When those who keep a streak missed a day of it."""


def habit_of(person: Person, now: datetime, draw: random.Random) -> Visits:
    """The days on which a member looks in for no reason."""
    joined = now - timedelta(days=person.joined_days_ago)
    until = now - timedelta(days=person.banned.days_ago) if person.banned else now
    local = now.astimezone(ZoneInfo(person.time_zone))
    return {day: moment for day, moment in _by_habit(person, local, draw) if joined < moment <= until}


def visits_of(person: Person, habit: Visits, present: Iterable[datetime], now: datetime, draw: random.Random) -> Visits:
    """The days of visits with the moment of each: by habit, on the first day, and whenever they did something."""
    zone = ZoneInfo(person.time_zone)
    joined = now - timedelta(days=person.joined_days_ago)
    visits = dict(habit)
    acted = sorted(moment.astimezone(zone) for moment in present)
    if person.streak_days:
        _miss_one(visits, {moment.date() for moment in acted}, now.astimezone(zone).date())
    for moment in ((joined + timedelta(minutes=3)).astimezone(zone), *acted):
        _be_there(visits, moment, joined, draw)
    return dict(sorted(visits.items()))


def with_streaks(
    person: Person, visits: Visits, freezes: Sequence[datetime], milestones: Mapping[int, int]
) -> Iterator[Visit]:
    """The same visits with what each does to the streak. `freezes`: when the member was given one, ascending."""
    zone, streak, used = ZoneInfo(person.time_zone), Streak(), 0
    for day, moment in visits.items():
        left = sum(given <= moment for given in freezes) - used
        step = visit(streak, day, zone, freezes=left)
        if step is None:
            continue
        streak, used = step.streak, used + len(step.frozen)
        yield Visit(moment, person.username, day, streak, step.frozen, milestones.get(streak.current))


def _by_habit(person: Person, now: datetime, draw: random.Random) -> Iterator[tuple[date, datetime]]:
    share = person.circle.visits
    here = True
    for ago in range(int(person.joined_days_ago), -1, -1):
        here = draw.random() < (share + (1 - share) * INERTIA if here else share * (1 - INERTIA))
        hour = draw.choices(HOURS, HOUR_WEIGHTS)[0]
        moment = time(hour, draw.randrange(60), draw.randrange(60))
        if here or 0 < ago <= person.streak_days:
            day = now.date() - timedelta(days=ago)
            yield day, datetime.combine(day, moment, now.tzinfo)


def _miss_one(visits: Visits, acted: set[date], today: date) -> None:
    """Stay away on one of these days, if there is one on which they did nothing."""
    candidates = [today - timedelta(days=ago) for ago in MISSED_DAYS_AGO]
    free = [day for day in candidates if day in visits and day not in acted]
    if free:
        del visits[free[0]]


def _be_there(visits: Visits, moment: datetime, joined: datetime, draw: random.Random) -> None:
    """Come a little before the moment, if one would otherwise come later or not at all."""
    day = moment.date()
    came = moment - timedelta(seconds=draw.randint(20, 600))
    came = max(came, joined, datetime.combine(day, MIDNIGHT, moment.tzinfo))
    if day not in visits or visits[day] > moment:
        visits[day] = min(came, moment)
