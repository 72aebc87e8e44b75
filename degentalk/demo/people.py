"""Who lives here: members with a name, a place, a way of life and the XP they have come to. No database."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from degentalk.demo import names
from degentalk.demo.accounts import ACCOUNTS
from degentalk.demo.chance import stream
from degentalk.demo.words import about, acts
from xp.rules import Curve


@dataclass(frozen=True)
class Circle:
    """How the members of a tier live here."""

    tier: str
    share: float
    """Of all members."""
    age_min: float
    """Of the whole history: nobody gets far in a week."""
    visits: float
    """The share of days on which they look in."""
    writes: float
    """Replies they write, in relation to the others."""


# From the top: a board is a pyramid.
CIRCLES: Final = (
    Circle("leviathan", 0.008, age_min=0.96, visits=0.97, writes=110),
    Circle("whale", 0.012, age_min=0.9, visits=0.8, writes=80),
    Circle("shark", 0.025, age_min=0.8, visits=0.55, writes=45),
    Circle("dolphin", 0.05, age_min=0.55, visits=0.32, writes=28),
    Circle("octopus", 0.09, age_min=0.35, visits=0.18, writes=14),
    Circle("crab", 0.15, age_min=0.15, visits=0.09, writes=7),
    Circle("shrimp", 0.25, age_min=0.04, visits=0.045, writes=3),
    Circle("lurker", 1, age_min=0, visits=0.012, writes=0.4),
)

HIDES_FROM_BOARDS = 0.06
HIDES_BALANCE = 0.1
UNVERIFIED = 0.07
OLD_ENOUGH_DAYS = 1.1
"""How old the policy wants an account to be that sends something, and a little."""
NEWCOMER_DAYS_AGO = 0.4
BANNED_DAYS_AGO_MAX = 16
TOP_LEVELS_OPEN = 5
"""Nobody is near the end of the curve yet."""

PLACES: Final = """
UTC Europe/Berlin Europe/Berlin Europe/London Europe/London Europe/Lisbon Europe/Warsaw Europe/Kyiv Europe/Istanbul
Europe/Zurich Africa/Lagos Africa/Nairobi Africa/Johannesburg America/New_York America/New_York America/Chicago
America/Los_Angeles America/Toronto America/Sao_Paulo America/Argentina/Buenos_Aires America/Mexico_City Asia/Tokyo
Asia/Singapore Asia/Seoul Asia/Kolkata Asia/Dubai Asia/Ho_Chi_Minh Australia/Sydney Pacific/Auckland
""".split()


@dataclass(frozen=True)
class Banned:
    """When and why a member had to go."""

    days_ago: float
    reason: str
    takes_back_xp: bool


@dataclass(frozen=True)
class Person:
    """One member to be."""

    username: str
    circle: Circle
    target_xp: int
    joined_days_ago: float
    about: str
    time_zone: str
    writes: float
    hides_balance: bool = False
    hides_from_boards: bool = False
    is_verified: bool = True
    """Whether they confirm their e-mail address."""
    banned: Banned | None = None
    streak_days: int = 0
    """They look in on each of the last so many days but one."""

    @property
    def is_demo_account(self) -> bool:
        return self.username in KNOWN

    def is_here(self, days_ago: float) -> bool:
        """Whether they are a member at that time."""
        return self.joined_days_ago > days_ago and (self.banned is None or self.banned.days_ago < days_ago)

    def may_send(self, days_ago: float) -> bool:
        """Whether the policy lets them send DGT, or give what DGT bought, at that time."""
        return self.is_verified and self.is_here(days_ago) and self.joined_days_ago > days_ago + OLD_ENOUGH_DAYS


ALMOST_THERE: Final = 0.99
"""Of a level: whoever signs in to try the site reaches the next one with a few replies."""

KNOWN_VISITS: Final = 0.85
KNOWN_STREAK_DAYS: Final = 34
"""A milestone of 30 days is behind them, the frozen day not counted."""

# The demo accounts: level, share of the history they have been here, time zone.
KNOWN: Final = {
    "vera_onchain": (34, 0.93, "Europe/Lisbon"),
    "juno_keeper": (47, 0.99, "Europe/Berlin"),
    "otto_supply": (23, 0.7, "America/New_York"),
    "ada_root": (21, 1.0, "UTC"),
}


def everybody(*, members: int, history_days: int, seed: int, curve: Curve) -> list[Person]:
    """The demo accounts, and that many members more, from the top of the board down."""
    draw = stream(seed, "people")
    free = names.usernames(stream(seed, "names"))
    people = [_known(account.username, history_days, curve) for account in ACCOUNTS]
    people += [_somebody(next(free), circle, history_days, curve, draw) for circle in _circles(members)]
    people[-1] = replace(people[-1], joined_days_ago=NEWCOMER_DAYS_AGO)
    return _with_bans(_with_unconfirmed(people, stream(seed, "addresses")), draw)


def _circles(members: int) -> Iterator[Circle]:
    given = 0
    for circle in CIRCLES:
        count = min(max(round(circle.share * members), 1), members - given)
        given += count
        yield from [circle] * count


def _known(username: str, history_days: int, curve: Curve) -> Person:
    level, age, time_zone = KNOWN[username]
    circle = _circle_of(curve.level(level).tier)
    return Person(
        username=username,
        circle=replace(circle, visits=KNOWN_VISITS),
        target_xp=_xp_within(curve, level, ALMOST_THERE),
        joined_days_ago=age * history_days,
        about=about.KNOWN[username],
        time_zone=time_zone,
        writes=circle.writes * 1.5,
        streak_days=KNOWN_STREAK_DAYS,
    )


def _somebody(username: str, circle: Circle, history_days: int, curve: Curve, draw: random.Random) -> Person:
    age = circle.age_min + (1 - circle.age_min) * draw.random()
    is_at_the_top = circle in CIRCLES[:2]
    return Person(
        username=username,
        circle=circle,
        target_xp=_xp_within(curve, _level_in(circle, curve, draw), draw.uniform(0.2, 0.95)),
        joined_days_ago=max(age * history_days, 0.02),
        about=about.one(draw) if draw.random() < 0.65 else "",
        time_zone=draw.choice(PLACES),
        writes=circle.writes * draw.lognormvariate(0, 0.6),
        hides_balance=draw.random() < HIDES_BALANCE,
        hides_from_boards=not is_at_the_top and draw.random() < HIDES_FROM_BOARDS,
    )


def _level_in(circle: Circle, curve: Curve, draw: random.Random) -> int:
    """A level of the tier; the first ones are the most common."""
    levels = [row.level for row in curve.levels if row.tier == circle.tier]
    if circle is CIRCLES[0]:
        levels = levels[:TOP_LEVELS_OPEN]
    return levels[int(len(levels) * draw.random() ** 2)]


def _xp_within(curve: Curve, level: int, share: float) -> int:
    here, following = curve.level(level), curve.level(level + 1)
    return here.xp_required + int((following.xp_required - here.xp_required) * share)


def _circle_of(tier: str) -> Circle:
    return next(circle for circle in CIRCLES if circle.tier == tier)


def _with_unconfirmed(people: list[Person], draw: random.Random) -> list[Person]:
    """Some never confirm their address: nobody earns by their likes."""
    return [replace(person, is_verified=draw.random() >= UNVERIFIED or person.is_demo_account) for person in people]


def _with_bans(people: list[Person], draw: random.Random) -> list[Person]:
    """Ban one or two of those who have done little and have been here a while."""
    small = [i for i, person in enumerate(people) if person.circle.tier in {"shrimp", "crab"}]
    banned = dict(zip(draw.sample(small, min(len(acts.BANNED), len(small) // 2)), acts.BANNED, strict=False))
    for i, (reason, takes_back_xp) in banned.items():
        days_ago = min(people[i].joined_days_ago * 0.3, BANNED_DAYS_AGO_MAX) * draw.uniform(0.15, 1)
        people[i] = replace(people[i], banned=Banned(days_ago, reason, takes_back_xp))
    return people
