"""One run from nothing: a database, a site and a Stripe of its own, and so many orders as the dice have them."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from django.test import override_settings

from degentalk.sandbox.chain import Chain
from degentalk.sandbox.stripe import API_KEY, WEBHOOK_SECRET, Sandbox
from payments.providers.stripe.events import HANDLED
from tests import databases, memory
from tests.payments.simulation import acts, ending
from tests.payments.simulation.world import START, World
from tests.payments.usdt.entries import entry_of
from tests.serving import served

SHORTEST_SECONDS, LONGEST_SECONDS = 5, 300


@contextmanager
def world(seed: int, *, hangs: bool = False) -> Iterator[World]:
    """A site that nobody used yet, told of payments by a Stripe whose clock is the world's, and which also `hangs`; on
    its chain two providers must agree about everything."""
    with databases.of_this_run().clone(secrets.token_hex(4)) as name, databases.using(name), served() as site:
        memory.forget()
        told = {"webhook_url": f"{site}/api/webhook/stripe", "enabled_events": (*sorted(HANDLED), "charge.pending")}
        with Sandbox(seed=seed, start=int(START.timestamp()), **told) as card, Chain(seed=seed) as chain:
            stripe = {
                "STRIPE_API_BASE": card.url,
                "STRIPE_SECRET_KEY": API_KEY,
                "STRIPE_WEBHOOK_SECRETS": [WEBHOOK_SECRET],
                "STRIPE_LIVEMODE": False,
                "SITE_URL": site,
                "USDT_CHAINS": [entry_of(chain)],
                "USDT_AGREE_ABOVE": 0,
            }
            with override_settings(**stripe), World(seed, card, chain, acts.meanwhile, hangs=hangs).running() as made:
                yield made


def live(made: World, *, orders: int) -> None:
    """So many orders, and as many steps more; then the faults end, and what is left is done."""
    left = orders
    while left:
        made.move(made.dice.randint(SHORTEST_SECONDS, LONGEST_SECONDS))
        acts.step(made, acts.ALL if len(made.purchases) < orders else acts.AFTERWARDS)
        left -= len(made.purchases) >= orders
    ending.finish(made)
