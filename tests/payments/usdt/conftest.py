"""A chain of each test's own in the place of the real ones, and a site that takes USDT on it."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest

from degentalk.sandbox.chain import Chain
from tests.payments.usdt.entries import entry_of


@pytest.fixture
def chain() -> Iterator[Chain]:
    """The same one every time; blocks four behind the newest are final."""
    with Chain(seed=1) as made:
        yield made


@pytest.fixture
def usdt(chain: Chain, settings: Any) -> Any:
    """The chain as payments know it: examined, read once, its key approved."""
    settings.USDT_CHAINS = [entry_of(chain)]
    return chain


class Hands:
    """Of the clock that the database shows."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack = stack

    def move(self, **by: int) -> None:
        from degentalk.core import clock

        self.stack.enter_context(clock.at(clock.database_time() + timedelta(**by)))


@pytest.fixture
def clock() -> Iterator[Hands]:
    """Time passes when a test says so."""
    with ExitStack() as stack:
        yield Hands(stack)


@pytest.fixture
def alice(db: None) -> Any:
    from tests import make

    return make.verified(make.user("alice"))
