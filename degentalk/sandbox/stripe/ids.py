"""Ids that look like Stripe's: a prefix and random letters and digits."""

import random
import string

ALPHABET = string.ascii_letters + string.digits
LENGTHS = {"cs_test_": 58, "cs_live_": 58, "req_": 14}


class Ids:
    """From a seed always the same ids in the same order; without one, never the same twice."""

    def __init__(self, seed: int | None) -> None:
        self._random = random.Random(f"ids {seed}") if seed is not None else random.SystemRandom()  # noqa: S311

    def new(self, prefix: str) -> str:
        """Such as `pi_3f…` for the prefix `pi_`."""
        return prefix + "".join(self._random.choices(ALPHABET, k=LENGTHS.get(prefix, 24)))
