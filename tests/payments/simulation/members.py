"""What members do, and what staff do about them."""

from collections.abc import Callable

from degentalk.accounts import services as accounts
from degentalk.core.errors import MemberError
from tests.payments.simulation.world import MEMBERS, PACKAGES, Purchase, World
from wallet import services as wallet

CREATED = 201


def order(world: World) -> str:
    """A member orders a package."""
    buyer, package = world.dice.choice(MEMBERS), world.dice.choice([*PACKAGES])
    made = Purchase(len(world.purchases) + 1, buyer, package, world.key())
    world.purchases.append(made)
    return f"{buyer} orders {package}: {_send(world, made)}"


def order_again(world: World) -> str | None:
    """A member who was not told where to pay sends the same request, or gives up."""
    waiting = [one for one in world.purchases[-6:] if not one.session]
    if not waiting:
        return None
    made = world.dice.choice(waiting)
    return f"{made.buyer} asks again for {made}: {_send(world, made)}"


def _send(world: World, made: Purchase) -> str:
    answer = None
    with world.process("the web"):
        answer = world.windows[made.buyer].post(
            "/api/dgt/purchase/stripe",
            {"package_id": made.package},
            content_type="application/json",
            headers={"Idempotency-Key": made.key},
        )
    if answer is None:
        return "no answer"
    if answer.status_code == CREATED:
        said = answer.json()
        made.order = said["order"]["id"]
        if said["pay_url"]:
            made.session = said["pay_url"].rsplit("/", 1)[1]
        return f"{made} is {said['order']['state']}"
    return f"{answer.status_code} {answer.json().get('code', '')}"


def land(world: World) -> str | None:
    """A buyer comes back to the site, whether they paid or not."""
    made = world.any_purchase(bool)
    if made is None:
        return None
    answer = None
    with world.process("the web"):
        answer = world.windows[made.buyer].get(f"/buy/orders/{made.order}/paid?session={made.session}")
    return f"{made}: {made.buyer} comes back, {answer.status_code if answer else 'no answer'}, {world.row(made).state}"


def spend(world: World) -> str:
    """A member spends DGT, often all of it."""
    name = world.dice.choice(MEMBERS)
    amount = world.dice.choice([50, 500, 3_000, 9_000])
    verb = lambda: wallet.debit(user=world.people[name], amount=amount, to="shop", key=world.key(), description="")  # noqa: E731
    return f"{name} spends {amount}: {_allowed(verb)}"


def send(world: World) -> str:
    """A member sends DGT to another."""
    one, other = world.dice.sample(MEMBERS, 2)
    amount = world.dice.randint(1, 300)
    sender, receiver = world.people[one], world.people[other]
    verb = lambda: wallet.transfer(sender=sender, receiver=receiver, amount=amount, key=world.key())  # noqa: E731
    return f"{one} sends {other} {amount}: {_allowed(verb)}"


# ── Staff ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def freeze(world: World) -> str:
    """Staff let a wallet stand still, or move again."""
    name, verb = world.dice.choice(MEMBERS), world.dice.choice([wallet.freeze, wallet.unfreeze, wallet.unfreeze])
    return f"{name} {verb.__name__}: {verb(user=world.people[name], reason='A drill', actor=world.people['moderator'])}"


def suspend(world: World) -> str:
    """Staff suspend a member, or let them in again."""
    out = [name for name in MEMBERS if not world.people[name].is_active]
    name = world.dice.choice(out or MEMBERS)
    verb = accounts.reinstate if out else accounts.suspend
    member, actor = world.people[name], world.people["moderator"]
    said = _allowed(lambda: verb(member=member, actor=actor, reason="A drill"))
    member.refresh_from_db()
    if member.is_active:
        world.windows[name].force_login(member)
    return f"{name} {verb.__name__}: {said}"


def _allowed(verb: Callable[[], object]) -> str:
    try:
        verb()
    except MemberError as refusal:
        return f"no: {refusal.code}"
    return "done"
