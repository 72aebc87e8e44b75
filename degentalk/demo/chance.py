"""Chance that repeats: every concern draws from a stream of its own, so that changing one leaves the others alone."""

from __future__ import annotations

import random
from datetime import timedelta


def stream(seed: int, *names: object) -> random.Random:
    """The same seed and names, the same draws."""
    return random.Random(":".join(map(str, (seed, *names))))


def days(number: float) -> timedelta:
    """A duration drawn in days."""
    return timedelta(days=number)
