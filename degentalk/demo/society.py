"""Whom one may meet at a time: who had joined by then, the more active ones more often."""

import random
from bisect import bisect_left
from collections.abc import Sequence

from degentalk.demo.people import Person

A_MINUTE = 1 / 24 / 60
"""In days."""


class Society:
    """All members, by the time they joined."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._oldest_first = sorted(people, key=lambda person: -person.joined_days_ago)
        self._ages = [-person.joined_days_ago for person in self._oldest_first]
        self._weights = [person.writes for person in self._oldest_first]
        self._named = {person.username: person for person in people}

    def named(self, username: str) -> Person:
        """The member of that name."""
        return self._named[username]

    def somebody(self, days_ago: float, draw: random.Random, *, but: Person | None = None) -> Person:
        """A member of that time; not the one named, if there was anybody else."""
        present = max(bisect_left(self._ages, -days_ago - A_MINUTE), 1)
        while True:
            found = draw.choices(self._oldest_first[:present], self._weights[:present])[0]
            if present == 1 or (found is not but and found.is_here(days_ago)):
                return found
