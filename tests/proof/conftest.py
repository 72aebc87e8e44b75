"""The site of a drill, who is on it, and the dice."""

import json
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from tests.proof import production
from tests.proof.clients import Client, Member
from tests.proof.production import Production


@dataclass
class Drill:
    """A site, its members, everyone who sends something, and the dice of the run."""

    site: Production
    dice: random.Random
    members: list[Member] = field(repr=False)
    staff: int
    waiting: list[int]
    threads: list[int]
    clients: list[Client]

    def client(self) -> Client:
        """Another client, whose journal counts."""
        made = Client(self.site.base)
        self.clients.append(made)
        return made


@pytest.fixture(scope="module")
def drill(request: pytest.FixtureRequest) -> Iterator[Drill]:
    """A site of the module's own with the cast that its MEMBERS and WAITING ask for."""
    with drilling(request) as drill:
        yield drill


@contextmanager
def drilling(request: pytest.FixtureRequest, **environment: str) -> Iterator[Drill]:
    """The same, with these variables of the site's processes."""
    if not sys.platform.startswith("linux"):
        pytest.skip("looks at processes through /proc")
    seed = request.config.getoption("--hypothesis-seed") or random.SystemRandom().randrange(2**32)
    print(f"\n{request.module.__name__}: the seed is {seed}")
    with production.running(**environment) as site:
        cast = json.loads(site.run("-m", "tests.proof.cast", str(request.module.MEMBERS), str(request.module.WAITING)))
        members = [Member(**member) for member in cast["members"]]
        dice = random.Random(f"{seed} {request.module.__name__}")
        yield Drill(site, dice, members, cast["staff"], cast["waiting"], cast["threads"], [])
