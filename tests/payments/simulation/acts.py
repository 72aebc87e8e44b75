"""What may happen next in the world: to members, banks, staff, the machines of the site, and between them."""

from collections.abc import Callable
from typing import Any, Final
from unittest.mock import patch

from degentalk.accounts import services as accounts
from degentalk.core import outbox
from degentalk.core.errors import MemberError
from degentalk.sandbox.stripe.errors import ApiError
from payments import services as payments
from payments import tasks
from payments.errors import ProviderUnreachable
from tests.payments.simulation.world import IMPATIENT_SECONDS, MEMBERS, PACKAGES, Purchase, World
from wallet import services as wallet

Act = Callable[[World], object]

CREATED = 201
KILLED, HELD_UP = 0.08, 0.25
"""How often a process is killed, and how often it waits while others go on."""


# ── Members ─────────────────────────────────────────────────────────────────────────────────────────────────────────


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
    with _process(world, "the web"):
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


def _at_checkout(verb: str) -> Act:
    """A buyer does something on Stripe's page."""

    def act(world: World) -> str | None:
        made = world.any_purchase(lambda session: session["status"] == "open")
        return made and f"{made}: {made.buyer}, {verb}, {_at_stripe(getattr(world.card, verb), made.session)}"

    return act


def land(world: World) -> str | None:
    """A buyer comes back to the site, whether they paid or not."""
    made = world.any_purchase(bool)
    if made is None:
        return None
    answer = None
    with _process(world, "the web"):
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


# ── Banks and Stripe ────────────────────────────────────────────────────────────────────────────────────────────────


def settle_debit(world: World) -> str | None:
    """The money of a debit comes, or does not."""
    made = world.any_purchase(lambda one: (one["status"], one["payment_status"]) == ("complete", "unpaid"))
    ok = world.chance(0.7)
    return made and f"{made}: debit, {ok}, {_at_stripe(world.card.settle, made.session, ok=ok)}"


def refund(world: World) -> str | None:
    """Staff give money back at Stripe, all that is left or a part."""
    made = world.any_purchase(_is_paid)
    if made is None:
        return None
    amount = world.dice.choice([None, 1, 33, 99, 150, world.dice.randint(1, 2_000)])
    status = world.dice.choice(["", "", "pending"])
    said = _at_stripe(world.card.refund, made.session, amount, status=status, remembered=world.refunds)
    return f"{made}: refund of {amount}, {said}"


def change_refund(world: World) -> str | None:
    """A refund arrives, fails or is stopped."""
    if not world.refunds:
        return None
    of = world.dice.choice(world.refunds[-8:])
    verb = world.dice.choice(["succeed_refund", "fail_refund", "fail_refund", "cancel_refund"])
    return f"{of} {verb}: {_at_stripe(getattr(world.card, verb), of)}"


def dispute(world: World) -> str | None:
    """A bank disputes a payment in whole or in part, or only asks."""
    made = world.any_purchase(_is_paid)
    if made is None:
        return None
    kind, amount = world.dice.choice(["dispute", "dispute", "inquiry"]), world.dice.choice([None, None, 100])
    said = _at_stripe(world.card.dispute, made.session, kind=kind, amount=amount, remembered=world.disputes)
    return f"{made}: {kind} of {amount}, {said}"


def change_dispute(world: World) -> str | None:
    """A dispute goes on in any way it can, or cannot."""
    if not world.disputes:
        return None
    of = world.dice.choice(world.disputes[-8:])
    match world.dice.choice(["respond", "escalate", "won", "lost", "lost", "warning_closed", "prevented", "reinstate"]):
        case "respond" | "escalate" | "reinstate" as verb:
            return f"{of} {verb}: {_at_stripe(getattr(world.card, verb), of)}"
        case result:
            return f"{of} closes: {result}, {_at_stripe(world.card.close_dispute, of, result)}"


def alter(world: World) -> str | None:
    """Stripe says another sum than was ordered: that is for staff to look at."""
    made = world.any_purchase(lambda session: session["status"] == "open" and not session["payment_intent"])
    if made is None:
        return None
    made.is_altered = True
    world.card.alter(made.session, amount_total=world.card.get(made.session)["amount_total"] - 1)
    return f"{made}: its page asks for a cent less"


def other_shop(world: World) -> str:
    """Somebody else sells something on the same account."""
    world.card.foreign_session(reference=world.dice.choice([None, "order-17"]))
    return "another shop is paid"


def _is_paid(session: dict[str, Any]) -> bool:
    return session["payment_status"] == "paid"


def _at_stripe(verb: Callable[..., Any], *given: Any, remembered: list[str] | None = None, **options: Any) -> str:
    try:
        made = verb(*given, **options)
    except ApiError as refusal:
        return f"no: {refusal.message[:60]}"
    if remembered is not None:
        remembered.append(made["id"])
    return f"{made['id'][:12]} {made['status']}"


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


# ── The site ────────────────────────────────────────────────────────────────────────────────────────────────────────


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
    with _process(world, "the worker"):
        done = outbox.deliver_due(limit=most)
    return f"the worker did {done} of {most}"


def timetable(world: World) -> str:
    """What the timetable calls for."""
    task = world.dice.choice([tasks.settle_waiting, tasks.settle_waiting, tasks.close_expired, tasks.reconcile])
    done = None
    with _process(world, "the worker"):
        done = task()
    return f"{task.name}: {done}"


def look(world: World) -> str | None:
    """Staff ask about an order."""
    made = world.any_purchase(bool)
    if made is None:
        return None
    with _process(world, "the admin"):
        try:
            payments.look(world.row(made), because="staff looked")
        except ProviderUnreachable:
            return f"{made}: Stripe does not answer"
    return f"{made}: looked at, {world.row(made).state}"


def _process(world: World, name: str) -> Any:
    return world.process(name, killed=KILLED, held_up=HELD_UP, meanwhile=lambda: meanwhile(world))


def meanwhile(world: World) -> None:
    """What happens while a process is held up: something on Stripe's side, which others hear of or look at."""
    step(world, OUTSIDE)
    for act in world.dice.choice([(deliver, work), (deliver, work), (look,), (land,)]):
        step(world, {act: 1})


# ── Between them ────────────────────────────────────────────────────────────────────────────────────────────────────


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
    _at_checkout("pay"): 18,
    _at_checkout("pay_later"): 4,
    _at_checkout("decline"): 2,
    _at_checkout("expire"): 1,
    settle_debit: 4,
    refund: 6,
    change_refund: 4,
    dispute: 4,
    change_dispute: 7,
}
INSIDE: Final[dict[Act, float]] = {land: 6, work: 12, look: 2, deliver: 6}
ALL: Final[dict[Act, float]] = {
    **OUTSIDE,
    **INSIDE,
    order: 12,
    order_again: 4,
    spend: 4,
    send: 2,
    alter: 0.3,
    other_shop: 0.5,
    freeze: 1,
    suspend: 1.5,
    timetable: 3,
    weather: 1,
    break_stripe: 2,
}
AFTERWARDS: Final = {act: weight for act, weight in ALL.items() if act is not order}


def step(world: World, acts: dict[Act, float]) -> None:
    """Something happens."""
    [act] = world.dice.choices([*acts], [*acts.values()])
    said = act(world)
    if said:
        world.tell(str(said))
