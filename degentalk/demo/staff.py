"""What staff give and take: boosts, streak freezes, XP with a reason, DGT; and DGT between members. No database."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from degentalk.demo.accounts import ACCOUNTS
from degentalk.demo.chance import days
from degentalk.demo.conversations import VERA
from degentalk.demo.people import Person
from degentalk.demo.steps import Adjust, AdjustTo, Boost, Freeze, Grant, Transfer
from degentalk.demo.words import acts, memos

TRANSFERS_PER_MEMBER = 0.5
TRANSFERS_OF_VERA = 5
OLD_ENOUGH_DAYS = 1
"""What the policy asks of both."""
GRANTS_PER_MEMBER = 0.04
WISHES_DGT = (5, 10, 10, 20, 25, 25, 50, 75, 100, 150, 250, 500)
GRANTS_DGT = (50, 100, 150, 250, 400)

SMALL = {"lurker", "shrimp"}

BOOSTS_PER_MEMBER = 0.03
BOOSTS_BPS = (12_500, 15_000, 20_000)
BOOST_DAYS = 7
BOOST_OF_VERA_BPS = 12_500
BOOSTED_VERA_DAYS_AGO = 1.2

FREEZES_PER_MEMBER = 0.06
FROZEN_KNOWN_DAYS_AGO = (25.0, 6.0)
"""The first is needed, the second is left."""

ADJUSTMENTS_PER_MEMBER = 0.01
ADJUSTMENTS_XP = (50, 100, 150, 250)
CORRECTIONS_XP = (-40, -60, -100)
BROUGHT_UP_DAYS_AGO = 0.0008
"""When those one signs in as get what they lack: after all else, so it stands first in their list."""


def awards_of_staff(people: Sequence[Person], now: datetime, draw: random.Random) -> Iterator[Boost | Freeze | Adjust]:
    """Boosts, freezes and adjustments."""
    active = [person for person in people if person.circle.tier not in SMALL and not person.banned]
    others = [person for person in active if not person.is_demo_account]
    yield Boost(now - days(BOOSTED_VERA_DAYS_AGO), VERA, BOOST_OF_VERA_BPS, now + days(BOOST_DAYS), acts.BOOSTED[0])
    for _ in range(max(round(BOOSTS_PER_MEMBER * len(people)), 1)):
        person, bps = draw.choice(others), draw.choice(BOOSTS_BPS)
        moment = _within(person, now, draw)
        yield Boost(moment, person.username, bps, moment + days(BOOST_DAYS), draw.choice(acts.BOOSTED))
    for person in people:
        if person.streak_days:
            for ago, reason in zip(FROZEN_KNOWN_DAYS_AGO, acts.FROZEN, strict=False):
                if person.is_here(ago):
                    yield Freeze(now - days(ago), person.username, reason)
    for _ in range(round(FREEZES_PER_MEMBER * len(people))):
        person = draw.choice(others)
        yield Freeze(_within(person, now, draw), person.username, draw.choice(acts.FROZEN))
    for _ in range(max(round(ADJUSTMENTS_PER_MEMBER * len(people)), 1)):
        person = draw.choice(others)
        yield Adjust(_within(person, now, draw), person.username, draw.choice(ADJUSTMENTS_XP), draw.choice(acts.ADDED))
        person = draw.choice(others)
        yield Adjust(_lately(person, now, draw), person.username, draw.choice(CORRECTIONS_XP), draw.choice(acts.TAKEN))


def brought_up(people: Sequence[Person], now: datetime) -> Iterator[AdjustTo]:
    """Those one signs in as stand where they are meant to stand."""
    known = [person for person in people if person.is_demo_account]
    for person, reason in zip(known, _reasons(), strict=False):
        yield AdjustTo(now - days(BROUGHT_UP_DAYS_AGO), person.username, person.target_xp, reason)


def movements(people: Sequence[Person], now: datetime, draw: random.Random) -> Iterator[Transfer | Grant]:
    """DGT from member to member, and from staff."""
    staff = {account.username for account in ACCOUNTS if account.role != "member"}
    rich = [person for person in people if person.circle.tier not in SMALL and not person.banned and person.is_verified]
    vera = next(person for person in people if person.username == VERA)
    others = [person for person in rich if person is not vera]
    for _ in range(round(TRANSFERS_PER_MEMBER * len(people))):
        sender, receiver = draw.sample(rich, 2)
        yield _transfer(sender, receiver, now, draw)
    for _ in range(TRANSFERS_OF_VERA):
        yield _transfer(vera, draw.choice(others), now, draw)
        yield _transfer(draw.choice(others), vera, now, draw)
    for _ in range(round(GRANTS_PER_MEMBER * len(people))):
        yield _grant(draw.choice([person for person in rich if person.username not in staff]), now, draw)


def _reasons() -> Iterator[str]:
    while True:
        yield from acts.ADDED


def _within(person: Person, now: datetime, draw: random.Random) -> datetime:
    return now - timedelta(days=person.joined_days_ago * 0.9 * draw.random())


def _lately(person: Person, now: datetime, draw: random.Random) -> datetime:
    """When there is something to take."""
    return now - timedelta(days=person.joined_days_ago * 0.2 * draw.uniform(0.1, 1))


def _transfer(sender: Person, receiver: Person, now: datetime, draw: random.Random) -> Transfer:
    both_old_enough = min(sender.joined_days_ago, receiver.joined_days_ago) - OLD_ENOUGH_DAYS
    age = both_old_enough * 0.9 * draw.random() ** 1.5
    moment = now - timedelta(days=max(age, 0.01))
    return Transfer(moment, sender.username, receiver.username, draw.choice(WISHES_DGT), draw.choice(memos.TRANSFERS))


def _grant(receiver: Person, now: datetime, draw: random.Random) -> Grant:
    return Grant(_within(receiver, now, draw), receiver.username, draw.choice(GRANTS_DGT), draw.choice(memos.GRANTS))
