"""T2: a small world with a clock of its own drives orders through Stripe's sandbox and a chain, over HTTP, with all
that goes wrong on the way: webhooks twice, late, shuffled or never, a Stripe that fails before or after its work,
blocks that are replaced, providers that lie, lag or are silent, processes that are killed at any statement, COMMIT or
call, refunds, disputes. Then both sides of the books must agree, whichever way was paid.

`make test` takes one seed, `make proof` hundreds of orders and a new seed, which a test that fails prints.
"""

import random

import pytest
from django.db import transaction

from degentalk.accounts.models import User
from payments import services as payments
from tests import make
from tests.extent import extent, is_proof
from tests.payments.simulation import ending, runs
from tests.payments.simulation.moments import Moments, Plan
from tests.wallet.test_ledger import drift

ORDERS = extent(30, 320)
FEW = extent(4, 12)


@pytest.fixture
def seed(request) -> int:
    """As the command says, or one that `make proof` takes. A test that fails prints it."""
    given = request.config.getoption("--hypothesis-seed")
    found = int(given) if given else random.SystemRandom().randrange(2**32) if is_proof() else 7
    print(f"the seed is {found}; SEED={found} make proof takes it again")
    return found


@pytest.fixture
def _databases(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        yield


@pytest.mark.proof
@pytest.mark.usefixtures("_databases")
def test_t2_whatever_goes_wrong_both_sides_agree_in_the_end(seed):
    with runs.world(seed, hangs=is_proof()) as world:
        try:
            runs.live(world, orders=ORDERS)
            both_agree(world)
            ending.nothing_is_left(world)
            for provider in ("stripe", "usdt"):
                payments.sweep(provider)
                assert payments.sweep(provider) == []
            both_agree(world)
            ending.holds_are_as_large_as_they_can_be(world)
            ending.ledger_is_whole()
            assert drift() == []
            if is_proof():
                much_happened(world)
        finally:
            print("\n".join(world.trace))


def both_agree(world) -> None:
    assert ending.found() == ending.verdict(world)
    assert ending.found_of_chain() == ending.verdict_of_chain(world)


def much_happened(world) -> None:
    """So many orders meet everything."""
    states = {due.state for due in ending.verdict(world).values()}
    assert {"credited", "partly_refunded", "refunded", "lost", "expired"} <= states
    assert {"credited", "underpaid", "expired"} <= {due.state for due in ending.verdict_of_chain(world).values()}
    assert {1, 2, 3, 4} <= set(world.reorganised)
    assert min(world.moments.deaths.total(), world.held_up) > ORDERS // 20


def trace(seed: int) -> list[str]:
    with runs.world(seed) as world:
        runs.live(world, orders=FEW)
        return world.trace + ending.histories()


@pytest.mark.proof
@pytest.mark.usefixtures("_databases")
def test_t2_the_same_seed_gives_the_same_trace():
    assert trace(1) == trace(1)
    assert trace(1) != trace(2)


@pytest.mark.parametrize(("when", "is_there"), [("before", False), ("after", True)])
def test_who_is_killed_at_a_commit_leaves_what_was_committed_and_nothing_else(committed_db, when, is_there):
    moments = Moments()
    with moments.watched(), moments.process(Plan("commit", 0, when, lambda moment, _about: moments.kill(moment))):
        with transaction.atomic():
            make.user("alice")
        pytest.fail("it lives on")
    assert (User.objects.filter(username="alice").exists(), [*moments.deaths]) == (is_there, [f"{when} COMMIT"])
