"""T2: a small world with a clock of its own drives orders through Stripe's sandbox over HTTP, with everything that goes
wrong on the way: webhooks twice, late, shuffled or never, a Stripe that fails before or after its work, processes that
are killed at any statement, COMMIT or call, refunds, disputes. Then both sides of the books must agree.

`make test` takes one seed, `make proof` hundreds of orders and a new seed; `--hypothesis-seed` repeats a run.
"""

import random

import pytest

from payments import services as payments
from tests.extent import extent, is_proof
from tests.payments.simulation import ending, runs
from tests.wallet.test_ledger import drift

ORDERS = extent(40, 320)
FEW = extent(4, 12)


@pytest.fixture
def seed(request) -> int:
    """As the command says, or one that `make proof` takes. A test that fails prints it."""
    given = request.config.getoption("--hypothesis-seed")
    found = int(given) if given else random.SystemRandom().randrange(2**32) if is_proof() else 7
    print(f"the seed is {found}: repeat it with --hypothesis-seed={found}")
    return found


@pytest.fixture
def _blocked(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        yield


@pytest.mark.proof
@pytest.mark.usefixtures("_blocked")
def test_t2_whatever_goes_wrong_both_sides_agree_in_the_end(seed):
    with runs.world(seed) as world:
        try:
            runs.live(world, orders=ORDERS)
            assert ending.found() == ending.verdict(world)
            ending.nothing_is_left(world)
            payments.sweep("stripe")
            assert payments.sweep("stripe") == []
            assert ending.found() == ending.verdict(world)
            ending.holds_are_as_large_as_they_can_be(world)
            ending.ledger_is_whole()
            assert drift() == []
        finally:
            print("\n".join(world.trace))


def trace(seed: int) -> list[str]:
    with runs.world(seed) as world:
        runs.live(world, orders=FEW)
        return world.trace + ending.histories()


@pytest.mark.usefixtures("_blocked")
def test_t2_the_same_seed_gives_the_same_trace():
    assert trace(1) == trace(1)
    assert trace(1) != trace(2)
