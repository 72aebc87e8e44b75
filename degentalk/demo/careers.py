"""Who chooses which path, and when; some think again later. No database."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from degentalk.demo.chance import stream
from degentalk.demo.conversations import VERA
from degentalk.demo.people import Person
from degentalk.demo.steps import ChoosePath
from paths import rules as path_rules

CHOOSES = {"lurker": 0.25, "shrimp": 0.6, "crab": 0.8}
"""The share of members of a tier who choose at all; of those above nearly everybody."""
CHOOSES_ABOVE = 0.97
SWITCHES = 0.12
WAITED_DAYS = 31
"""A little longer than the cooldown."""


def careers_of(people: Sequence[Person], rules: Mapping[str, Any], now: datetime, seed: int) -> list[ChoosePath]:
    """All choices of primary paths."""
    active = [path.id for path in path_rules.paths(rules).values() if path.is_active]
    return [
        choice
        for person in people
        if active
        for choice in _choices(person, active, now, stream(seed, "paths", person.username))
    ]


def _choices(person: Person, paths: Sequence[str], now: datetime, draw: random.Random) -> Iterator[ChoosePath]:
    # Drawn whether they are used or not, so that one person's choice leaves the others alone.
    chooses, share, switches = draw.random(), draw.uniform(0.3, 0.8), draw.random()
    first, second = draw.choices(paths, [1 / (place + 2) for place in range(len(paths))], k=2)
    age = person.joined_days_ago * share
    if person.username == VERA:
        chooses, first, switches = 0, paths[0], 1
    if chooses >= CHOOSES.get(person.circle.tier, CHOOSES_ABOVE) or not person.is_here(age):
        return
    yield ChoosePath(now - timedelta(days=age), person.username, first)
    later = (age - WAITED_DAYS) * share
    if switches < SWITCHES and later > 1 and first != second and person.is_here(later):
        yield ChoosePath(now - timedelta(days=later), person.username, second)
