"""Who goes shopping when, and who gives what away. No database."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from degentalk.demo.chance import stream
from degentalk.demo.conversations import VERA
from degentalk.demo.people import Person
from degentalk.demo.steps import Shop

SHOPS = {"lurker": 0.05, "shrimp": 0.3, "crab": 0.6}
"""The share of members of a tier who ever buy something; of those above most."""
SHOPS_ABOVE = 0.9
TRIPS_MAX = 4
GIVES = 0.15
SHOP_OPEN_DAYS = 60
"""So long the demo's shop is open."""
VERAS_TRIPS_DAYS_AGO = (41.0, 20.3, 9.1, 2.2)


def shopping_of(people: Sequence[Person], now: datetime, seed: int) -> list[Shop]:
    """Every visit to the shop. What is bought is decided there: by purse and luck."""
    here = [person for person in people if not person.banned and not person.is_demo_account]
    return [trip for person in people for trip in _trips(person, here, now, stream(seed, "shop", person.username))]


def _trips(person: Person, others: Sequence[Person], now: datetime, draw: random.Random) -> Iterator[Shop]:
    wants, trips = draw.random(), draw.randint(1, TRIPS_MAX)
    ages = [draw.uniform(0.3, min(SHOP_OPEN_DAYS, max(person.joined_days_ago * 0.9, 0.4))) for _ in range(TRIPS_MAX)]
    luck, gives = [draw.random() for _ in ages], [draw.random() for _ in ages]
    receivers = [draw.choice(others).username for _ in ages]
    if person.username == VERA:
        wants, trips, ages = 0, TRIPS_MAX, list(VERAS_TRIPS_DAYS_AGO)
    if wants >= SHOPS.get(person.circle.tier, SHOPS_ABOVE):
        return
    for age, chance, gift, receiver in list(zip(ages, luck, gives, receivers, strict=True))[:trips]:
        if person.is_here(age):
            may_give = receiver != person.username and person.may_send(age)
            to = receiver if gift < GIVES and may_give else None
            yield Shop(now - timedelta(days=age), person.username, chance, to)
