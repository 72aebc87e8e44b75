"""What the machines of the site do: webhooks come in, workers work, the timetable calls."""

from typing import Any
from unittest.mock import patch

from degentalk.core import outbox
from payments import services as payments
from payments import tasks
from payments.errors import ProviderUnreachable
from tests.payments.simulation.world import KILLED, World


def deliver(world: World) -> str | None:
    """Every webhook that is due arrives, as the faults have it. The web may die of one, before or after it is kept."""
    store, moment = payments.store, world.dice.choice(["before", "after"])

    def dying(*given: Any, **options: Any) -> bool:
        fate.stop()
        if moment == "after":
            store(*given, **options)
        raise ConnectionAbortedError(moment)

    fate = patch.object(payments, "store", dying)
    is_killed = world.chance(KILLED)
    if is_killed:
        fate.start()
    try:
        sent = world.card.deliver_all()
    finally:
        fate.stop()
    if is_killed and sent:
        world.moments.deaths[f"the web, {moment} a webhook is kept"] += 1
    told = [f"{world.card.get(one['event'])['type']} {one['tries'][-1]['status']}" for one in sent]
    return ", ".join(told) or None


def work(world: World) -> str:
    """A worker does a part of what waits."""
    done, most = None, world.dice.choice([1, 3, 30])
    with world.process("the worker"):
        done = outbox.deliver_due(limit=most)
    return f"the worker did {done} of {most}"


def timetable(world: World) -> str:
    """What the timetable calls for."""
    task = world.dice.choice([tasks.settle_waiting, tasks.settle_waiting, tasks.close_expired, tasks.reconcile])
    done = None
    with world.process("the worker"):
        done = task()
    return f"{task.name}: {done}"


def look(world: World) -> str | None:
    """Staff ask about an order."""
    made = world.any_purchase(bool)
    if made is None:
        return None
    with world.process("the admin"):
        try:
            payments.look(world.row(made), because="staff looked")
        except ProviderUnreachable:
            return f"{made}: Stripe does not answer"
    return f"{made}: looked at, {world.row(made).state}"
