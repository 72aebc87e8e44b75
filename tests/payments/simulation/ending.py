"""How it ends: everything works again, all is done that was left, and then both sides of the books must agree.

What each order should be is worked out here anew from Stripe's books and the chain alone, with none of the rules of
payments.
"""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.core.management import call_command
from django.db import connection

from degentalk.accounts import services as accounts
from degentalk.core import outbox
from degentalk.sandbox.chain.node import FINALIZED_DEPTH
from payments import services as payments
from payments import tasks
from payments.models import Order, OrderChange, ProviderEvent, Review, UsdtTransfer
from payments.providers.usdt import watching
from tests.payments.simulation.world import PACKAGES, World
from tests.proof.books import IMPOSSIBLE
from wallet import services as wallet
from wallet.models import UserWallet

HOUR_SECONDS = 3600
ROUNDS = 100
DUST_MICRO = 10_000

WAITING = "select count(*) from outbox where delivered_at is null"
ISSUED = """
select split_part(j.key, ':', 2), -sum(e.amount)::bigint
from dgt_transactions e
join dgt_accounts a on a.id = e.account_id and a.name = %s
join dgt_journal j on j.id = e.journal_id
group by 1
"""


@dataclass(frozen=True)
class Standing:
    """Of one order: where it stands, how much DGT of it is there, and the money, in cents."""

    state: str
    issued: int
    paid: int
    refunded: int
    disputed: int
    lost: int


def finish(world: World) -> None:
    """All faults end, members and wallets are let go, and whatever waits is done."""
    world.tell("all faults end")
    world.card.clear_faults()
    world.chain.clear_faults()
    world.chain.mine(2 * FINALIZED_DEPTH)
    for name, member in world.people.items():
        member.refresh_from_db()
        if not member.is_active:
            accounts.reinstate(member=member, actor=world.people["moderator"], reason="The end")
        if name != "moderator":
            wallet.unfreeze(user=member, reason="The end", actor=world.people["moderator"])
    drain(world)
    for provider in ("stripe", "usdt"):
        world.tell(f"reconciled {provider}: {len(payments.reconcile(provider))} differences")
    drain(world)


def drain(world: World) -> None:
    """Hours pass until no webhook is on its way and no message waits."""
    for _ in range(ROUNDS):
        world.move(HOUR_SECONDS)
        world.card.deliver_all()
        outbox.deliver_due(limit=10_000)
        watching.watch()
        tasks.settle_waiting()
        tasks.close_expired()
        if not world.card.pending() and rows(WAITING) == [(0,)]:
            return
    raise AssertionError(f"still waiting: {world.card.pending()}, {rows(WAITING)}")


def verdict(world: World) -> dict[str, Standing]:
    """What Stripe's books make of each order, by its public id."""
    books, sessions = world.card.books(), world.sessions()
    return {str(order.public_id): _due(world, order, books, sessions) for order in of("stripe")}


def of(provider: str) -> Any:
    """The orders of a provider."""
    return Order.objects.filter(provider=provider).order_by("id")


@dataclass(frozen=True)
class OnChain:
    """Of one order with USDT: where it stands, its DGT, and what came, in micro-USDT."""

    state: str
    issued: int
    paid: int
    surplus: int


def verdict_of_chain(world: World) -> dict[str, OnChain]:
    """What the chain makes of each order: by what its address has, which nobody spends."""
    return {str(order.public_id): _due_on_chain(world, order) for order in of("usdt")}


def _due_on_chain(world: World, order: Order) -> OnChain:
    come = world.chain.balances(order.usdt_deposit.address)["tokens"]
    if come >= order.price:
        return OnChain("credited", PACKAGES[order.package_id], order.price, come - order.price)
    if come >= DUST_MICRO:
        return OnChain("underpaid", 0, come, 0)
    return OnChain("expired", 0, 0, 0)


def found_of_chain() -> dict[str, OnChain]:
    """What the site says of each order with USDT and its ledger did for it."""
    issued = dict(rows(ISSUED, "usdt"))
    found = {
        str(order.public_id): OnChain(order.state, issued.pop(str(order.public_id), 0), order.paid, order.surplus)
        for order in of("usdt")
    }
    assert issued == {}, "DGT were issued for no order"
    return found


def _due(world: World, order: Order, books: dict[str, Any], sessions: dict[str, list[Any]]) -> Standing:
    name = str(order.public_id)
    money, of_order = books.get(name), sessions.get(name, [])
    assert len(of_order) <= 1, f"S14 order row {order.pk} has {len(of_order)} sessions"
    if money is None or not money["paid"]:
        return Standing(_unpaid(world, of_order), 0, 0, 0, 0, 0)
    [session], cents = of_order, [money[column] for column in ("paid", "refunded", "withdrawn", "lost")]
    if session["amount_total"] != order.price:
        return Standing("review", 0, *cents)
    dgt = PACKAGES[order.package_id]
    gone = min(Fraction(money["refunded"] + money["lost"], money["paid"]), Fraction(1))
    return Standing(_paid(world, session, money), dgt - math.ceil(dgt * gone), *cents)


def _unpaid(world: World, of_order: list[Any]) -> str:
    if not of_order or of_order[0]["status"] == "expired":
        return "expired"
    [session] = of_order
    if session["status"] == "open":
        return "pending"
    intent = world.card.get(session["payment_intent"])
    return "processing" if intent["status"] == "processing" else "failed"


def _paid(world: World, session: Any, money: dict[str, int]) -> str:
    if money["withdrawn"]:
        return "disputed"
    if money["lost"]:
        return "lost"
    if money["refunded"]:
        return "refunded" if money["refunded"] >= money["paid"] else "partly_refunded"
    disputes = [world.card.get(one) for one in world.disputes]
    took = [one["balance_transactions"] for one in disputes if one["payment_intent"] == session["payment_intent"]]
    return "reinstated" if any(took) else "credited"


def found() -> dict[str, Standing]:
    """What the site says of each order and its ledger did for it."""
    issued = dict(rows(ISSUED, "stripe"))
    orders = {
        str(order.public_id): Standing(
            order.state,
            issued.pop(str(order.public_id), 0),
            order.paid,
            order.refunded,
            order.disputed,
            order.lost,
        )
        for order in of("stripe")
    }
    assert issued == {}, "DGT were issued for no order"
    return orders


def nothing_is_left(world: World) -> None:
    """Every event is done, and nobody has to look at anything without a reason in the world."""
    undone = ProviderEvent.objects.filter(state__in=["received", "failed"])
    assert list(undone.values_list("type", "state", "note")) == []
    waiting = Order.objects.exclude(waits_for="")
    assert list(waiting.values_list("pk", "waits_for")) == []
    altered = {order for order, due in verdict(world).items() if due.state == "review"}
    due = {(order, "wrong_amount") for order in altered}
    for order, standing in verdict_of_chain(world).items():
        due |= {(order, "surplus")} if standing.surplus >= DUST_MICRO else set()
        due |= {(order, "underpaid")} if standing.state == "underpaid" else set()
    reviews = Review.objects.open().values_list("order__public_id", "reason")
    assert {(str(order), reason) for order, reason in reviews} == due
    assert not UsdtTransfer.objects.filter(state="seen").exists()


def ledger_is_whole() -> None:
    """Nothing impossible is in it, its audit is clean, and what wallets hold is held for orders."""
    for what, query in IMPOSSIBLE.items():
        assert (what, rows(query)) == (what, [])
    call_command("ledger_audit", freeze=False)
    for member_wallet in UserWallet.objects.all():
        orders = Order.objects.filter(user_id=member_wallet.user_id)
        assert sum(order.held_dgt for order in orders) == member_wallet.held_dgt


def holds_are_as_large_as_they_can_be(world: World) -> None:
    """What is disputed is held, or the member has nothing left that could be."""
    books = world.card.books()
    for order in of("stripe").select_related("user"):
        due = 0 if order.state == "review" else _due_to_be_held(order, books.get(str(order.public_id)))
        assert order.held_dgt == due or (order.held_dgt < due and UserWallet.objects.of(order.user).dgt_balance == 0)


def _due_to_be_held(order: Order, money: dict[str, int] | None) -> int:
    if money is None or not money["paid"]:
        return 0
    gone = money["refunded"] + money["lost"]
    taken, all_of_it = (
        math.ceil(PACKAGES[order.package_id] * min(Fraction(cents, money["paid"]), Fraction(1)))
        for cents in (gone, gone + money["withdrawn"])
    )
    return all_of_it - taken


def histories() -> list[str]:
    """How each order came to where it is, and what each member has: the end of a trace."""
    orders, wallets = Order.objects.order_by("id"), UserWallet.objects.order_by("user_id")
    return [
        *(f"order row {order.pk}: {', '.join(map(_step, order.changes.all()))}" for order in orders),
        *(f"wallet {row.user_id}: {row.dgt_balance}, {row.held_dgt} held, {row.debt_dgt} owed" for row in wallets),
    ]


def _step(step: OrderChange) -> str:
    return f"{step.to_state} ({step.because})"


def rows(query: str, *given: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, given or None)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
