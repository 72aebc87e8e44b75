"""What may happen next in the world, and how often: to members, at Stripe, on the site, and between them."""

from collections.abc import Callable
from typing import Final

from tests.payments.simulation import banks, members, onchain, site
from tests.payments.simulation.world import IMPATIENT_SECONDS, World

Act = Callable[[World], object]


def weather(world: World) -> str:
    """How well webhooks travel from now on."""
    chances = {"duplicate": 0.5, "drop": 0.3, "delay": 0.5, "reorder": 1.0}
    now = {name: round(world.dice.random() * most, 2) for name, most in chances.items()}
    world.card.set_webhook_faults(**now)
    return f"webhooks: {now}"


def break_stripe(world: World) -> str:
    """The next calls to Stripe fail, before or after their work is done."""
    kind, moment = world.dice.choice([*FAILURES, ("hang", "after")] if world.hangs else FAILURES)
    times = 1 if kind == "hang" else world.dice.choice([1, 1, 2, 3, 4])
    world.card.fail_next(kind, moment=moment, times=times, seconds=HANGS_SECONDS)
    return f"the next {times} calls fail: {kind} {moment}"


HANGS_SECONDS = IMPATIENT_SECONDS[1] + 1
FAILURES: Final = [
    ("500", "before"),
    ("500", "before"),
    ("500", "after"),
    ("429", "before"),
    ("429", "after"),
    ("close", "before"),
    ("close", "after"),
]

OUTSIDE: Final[dict[Act, float]] = {
    banks.at_checkout("pay"): 18,
    banks.at_checkout("pay_later"): 4,
    banks.at_checkout("decline"): 2,
    banks.at_checkout("expire"): 1,
    banks.settle_debit: 4,
    banks.refund: 6,
    banks.change_refund: 4,
    banks.dispute: 4,
    banks.change_dispute: 7,
    onchain.pay: 12,
    onchain.pay_many: 2,
    onchain.mine: 16,
    onchain.reorganise: 3,
    onchain.mend_providers: 7,
}
INSIDE: Final[dict[Act, float]] = {members.land: 6, site.work: 12, site.look: 2, site.deliver: 6}
ALL: Final[dict[Act, float]] = {
    **OUTSIDE,
    **INSIDE,
    members.order: 12,
    members.order_again: 6,
    onchain.order: 9,
    onchain.watch: 10,
    onchain.hint: 2,
    onchain.break_provider: 3,
    members.spend: 4,
    members.send: 2,
    banks.alter: 0.3,
    banks.other_shop: 0.5,
    members.freeze: 1,
    members.suspend: 1.5,
    site.timetable: 3,
    weather: 1,
    break_stripe: 2,
}
AFTERWARDS: Final = {act: weight for act, weight in ALL.items() if act not in (members.order, onchain.order)}


def step(world: World, acts: dict[Act, float]) -> None:
    """Something happens."""
    [act] = world.dice.choices([*acts], [*acts.values()])
    said = act(world)
    if said:
        world.tell(str(said))


def meanwhile(world: World) -> None:
    """What happens while a process is held up: a few things on Stripe's side, which others hear of or look at."""
    for _ in range(3):
        step(world, OUTSIDE)
    others = [(site.look,), (site.look,), (site.deliver, site.work), (members.land,), (onchain.watch,), (onchain.hint,)]
    for act in world.dice.choice(others):
        step(world, {act: 1})
