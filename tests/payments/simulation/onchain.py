"""What happens on the chain: buyers pay in every way, blocks are replaced, providers fail and lie."""

from dataclasses import dataclass
from typing import Any

from degentalk.core.errors import MemberError
from payments import services as payments
from payments.models import Order, UsdtDeposit
from payments.providers.usdt import hinting, watching
from tests.payments.simulation.world import MEMBERS, PACKAGES, World

LATELY = 8
DEEPEST = 4
"""Blocks that are not final yet: those below never change on an honest chain."""
DUST = 9_999
MOODS = [*["any"] * 7, "once", "never"]
PROVIDERS = ("main", "second")
LIES = (
    {"value": 10**12}, {"value": 1}, {"status": 0}, {"block_hash": True}, {"nothing": ["logs"]},
    {"nothing": ["receipt"]}, {"nothing": ["block"]}, {"lag": 2}, {"lag": 6}, {"stuck": True}, {"chain_id": 5},
    {"no_finality": True}, {"range_cap": 1},
)  # fmt: skip
"""Of one provider at a time: where two must agree, one alone credits nothing and hides nothing for long."""


@dataclass(frozen=True)
class Deal:
    """An order with USDT, and where it is paid."""

    number: int
    buyer: str
    order: str
    address: str
    amount: int
    mood: str
    """What its buyer ever pays: `any` sum at any time, `once` too little and no more, or `never` anything."""

    def __str__(self) -> str:
        return f"deal {self.number}"


def order(world: World) -> str:
    """A member orders a package."""
    buyer, package = world.dice.choice(MEMBERS), world.dice.choice([*PACKAGES])
    said = "killed"
    with world.process("the web"):
        said = _order(world, buyer, package)
    for deposit in UsdtDeposit.objects.select_related("order").order_by("id")[len(world.deals) :]:
        public_id, amount = str(deposit.order.public_id), int(deposit.amount)
        mood = world.dice.choice(MOODS)
        number, buyer = len(world.deals) + 1, deposit.order.username
        world.deals.append(Deal(number, buyer, public_id, deposit.address, amount, mood))
    return f"{buyer} orders {package} for USDT: {said}"


def _order(world: World, buyer: str, package: str) -> str:
    user = world.people[buyer]
    try:
        made = payments.place(user=user, package_id=package, provider="usdt", chain_id=world.chain_id)
        payments.pay(made)
    except MemberError as refusal:
        return f"no: {refusal.code}"
    return "done"


def _one(world: World) -> Deal | None:
    return world.dice.choice(world.deals[-LATELY:]) if world.deals else None


def pay(world: World) -> str | None:
    """A buyer sends the price, or less, or more, or the rest of it, or dust."""
    deal = _one(world)
    if deal is None:
        return None
    how = world.dice.choice(["exact"] * 8 + ["short"] * 3 + ["over", "rest", "rest", "dust", "dust", "nothing"])
    come = world.chain.balances(deal.address)["tokens"]
    if deal.mood == "never" or (deal.mood == "once" and come >= deal.amount // 3):
        how = "nothing"
    elif deal.mood == "once":
        how = "short"
    if how == "nothing":
        world.chain.poison(world.chain.address(), deal.address)
        return f"{deal}: {deal.buyer} is shown a transfer of nothing"
    rest = max(1, deal.amount - come)
    amount = {"short": deal.amount // 3, "over": deal.amount * 2, "rest": rest, "dust": DUST}.get(how, deal.amount)
    world.sent.append(world.chain.pay(deal.address, amount))
    return f"{deal}: {deal.buyer} pays {how}"


def pay_many(world: World) -> str | None:
    """One transaction pays several orders."""
    fitting = [deal for deal in world.deals[-LATELY:] if deal.mood == "any"]
    if not fitting:
        return None
    some = world.dice.choices(fitting, k=3)
    world.sent.append(world.chain.spray([(deal.address, deal.amount // 2) for deal in some]))
    return f"one transaction pays half of {', '.join(map(str, some))}"


def mine(world: World) -> str:
    """Blocks come."""
    return f"block {world.chain.mine(world.dice.choice([1, 1, 2, 5]))}"


def reorganise(world: World) -> str:
    """The last blocks are replaced by others: their transactions stand elsewhere, wait again, or are lost."""
    depth = world.dice.randint(1, DEEPEST)
    how: dict[str, Any] = world.dice.choice([{}, {"reorder": True}, {"keep": False}, {"drop": "all"}])
    world.chain.reorg(depth, blocks=depth + world.dice.choice([0, 0, 1]), **how)
    world.reorganised[depth] += 1
    return f"the last {depth} blocks are replaced: {how or 'as they were'}"


def break_provider(world: World) -> str:
    """One provider lies, or calls to both fail."""
    name = world.dice.choice(PROVIDERS)
    if world.chance(0.5):
        world.chain.clear_faults()
        lie = world.dice.choice(LIES)
        world.chain.set_faults(name, **lie)
        return f"the {name} provider: {lie}"
    kind = world.dice.choice(["429", "500", "close", "garbage", *(["hang"] if world.hangs else [])])
    times = 1 if kind == "hang" else world.dice.choice([1, 2, 4])
    world.chain.fail_next(kind, times=times, rpc=name)
    return f"the next {times} calls to the {name} provider: {kind}"


def mend_providers(world: World) -> str:
    """Everything works again, for a while."""
    world.chain.clear_faults()
    return "the providers work"


def watch(world: World) -> str:
    """A worker reads the chain and looks at what moves."""
    found = None
    with world.process("the worker"):
        found = watching.watch()
    return f"the chain is read: {found} transfers"


def hint(world: World) -> str | None:
    """Somebody names a transaction, of theirs or not."""
    if not world.sent:
        return None
    deal, tx = _one(world), world.dice.choice(world.sent[-LATELY:])
    if deal is None:
        return None
    with world.process("the worker"):
        hinting.follow({"chain": world.chain_id, "tx": tx, "order": Order.objects.get(public_id=deal.order).pk}, "hint")
    return f"{deal}: a hint"
