"""On which days a member looks in, in their own time zone. No database."""

import random
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from degentalk.demo.people import Person
from degentalk.demo.steps import Award

Visits = dict[date, datetime]
"""The first moment of each day with a visit."""

STREAK_DAYS = 7
HOURS = range(6, 24)
# People are up at noon and in the evening, and hardly at six.
HOUR_WEIGHTS = (1, 3, 6, 6, 4, 3, 5, 5, 3, 3, 4, 5, 6, 8, 9, 8, 6, 3)
MIDNIGHT = time(0, 0, 5)
INERTIA = 0.6
"""How much more likely one comes back the day after a visit: people come in phases."""


def visits_of(person: Person, wrote: Iterable[datetime], now: datetime, draw: random.Random) -> Visits:
    """The days of visits with the moment of each: by habit, on the first day, and on every day of a post."""
    zone = ZoneInfo(person.time_zone)
    joined = now - timedelta(days=person.joined_days_ago)
    visits = {day: moment for day, moment in _by_habit(person, now.astimezone(zone), draw) if joined < moment <= now}
    for moment in (joined + timedelta(minutes=3), *sorted(wrote)):
        _be_there(visits, moment.astimezone(zone), joined, draw)
    return dict(sorted(visits.items()))


def awards_for_visits(person: Person, visits: Visits) -> Iterator[Award]:
    """A daily award for each, and one more whenever a run of days is a multiple of seven."""
    run, yesterday = 0, None
    for day, moment in visits.items():
        cause = ("day", day.isoformat())
        yield Award(moment, person.username, "daily_login", f"login:{{user}}:{day}", cause)
        run = run + 1 if yesterday == day - timedelta(days=1) else 1
        yesterday = day
        if run % STREAK_DAYS == 0:
            yield Award(moment, person.username, "streak_maintained", f"streak:{{user}}:{day}", cause)


def _by_habit(person: Person, now: datetime, draw: random.Random) -> Iterator[tuple[date, datetime]]:
    share = person.circle.visits
    here = True
    for ago in range(int(person.joined_days_ago), -1, -1):
        here = draw.random() < (share + (1 - share) * INERTIA if here else share * (1 - INERTIA))
        hour = draw.choices(HOURS, HOUR_WEIGHTS)[0]
        moment = time(hour, draw.randrange(60), draw.randrange(60))
        if here:
            day = now.date() - timedelta(days=ago)
            yield day, datetime.combine(day, moment, now.tzinfo)


def _be_there(visits: Visits, moment: datetime, joined: datetime, draw: random.Random) -> None:
    """Come a little before the moment, if one would otherwise come later or not at all."""
    day = moment.date()
    came = moment - timedelta(seconds=draw.randint(20, 600))
    came = max(came, joined, datetime.combine(day, MIDNIGHT, moment.tzinfo))
    if day not in visits or visits[day] > moment:
        visits[day] = min(came, moment)
