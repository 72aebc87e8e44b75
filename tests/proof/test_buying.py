"""T4 for payments: DGT is bought in parallel while web processes and workers are killed, and webhooks come twice, late,
shuffled or not at all. In the end what was paid is credited once, and reconciling finds nothing."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import requests

from degentalk.sandbox.stripe import API_KEY, WEBHOOK_SECRET, Sandbox
from degentalk.sandbox.stripe.errors import ApiError
from tests.processes import wait_until
from tests.proof import till
from tests.proof.clients import TIMEOUT_SECONDS, Act, Client, order
from tests.proof.conftest import Drill, drilling
from tests.proof.production import Production

VICTIMS = {"a web process": Production.kill_web, "a worker": Production.kill_worker}
ROUNDS_OF_EACH = 4
BUYERS = 8
MEMBERS = 24
WAITING = 0
ORDERS_PER_ROUND = 18
ORDERS_EACH = ORDERS_PER_ROUND * ROUNDS_OF_EACH * len(VICTIMS) // MEMBERS
"""Fewer than a member may begin in an hour."""
PATIENCE_SECONDS = 120
FAULTS = {"duplicate": 0.3, "drop": 0.1, "delay": 0.3, "delay_seconds": 3, "reorder": 0.5}
PACKAGES = ("starter", "regular", "trader", "whale", "satoshi")

NO_LEASES = "update outbox set available_at = clock() where delivered_at is null"
UNSENT = "select topic, last_error from outbox where delivered_at is null"


@dataclass
class Buyer:
    """Somebody who orders, pays, and sometimes gets the money back."""

    client: Client
    card: Sandbox = field(repr=False)
    dice: random.Random = field(repr=False)
    orders: list[str] = field(default_factory=list)
    """Those that they were told of."""

    def buy(self, act: Act) -> bool:
        """Order, and pay what was ordered. False: no answer came."""
        if not self.client.send(act):
            return False
        self.pay_for(act)
        return True

    def pay_for(self, act: Act) -> None:
        """Do what buyers do once they know where to pay."""
        answer = next(answer for sent, answer in reversed(self.client.journal) if sent == act)
        assert answer is not None
        assert answer.is_yes, answer
        self.orders.append(answer.said["order"]["id"])
        page = answer.said["pay_url"]
        if page is None:
            return
        requests.post(
            page, {"way": self.dice.choice(["pay", "pay", "pay", "pay_later"])}, timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
        )  # fmt: skip
        self._and_then(page.rsplit("/", 1)[1])

    def _and_then(self, session: str) -> None:
        try:
            match self.dice.randrange(10):
                case 0:
                    self.card.settle(session)
                case 1 | 2:
                    self.card.refund(session, self.dice.choice([None, 1, 50, 150]))
                case 3:
                    self.card.close_dispute(self.card.dispute(session)["id"], self.dice.choice(["won", "lost"]))
        except ApiError:
            pass  # that cannot happen to this payment


@pytest.fixture(scope="module")
def card() -> Iterator[Sandbox]:
    """Stripe, on the machine's time. Webhooks leave by themselves; what got no answer goes again after seconds."""
    with Sandbox(delivers=True, retry_scale=1 / 30) as card:
        yield card


@pytest.fixture(scope="module")
def drill(request: pytest.FixtureRequest, card: Sandbox) -> Iterator[Drill]:
    """A site that is paid by that Stripe, whose webhooks come without the proxy that ends TLS."""
    stripe = {"STRIPE_API_BASE": card.url, "STRIPE_SECRET_KEY": API_KEY, "STRIPE_WEBHOOK_SECRETS": WEBHOOK_SECRET}
    with drilling(request, **stripe, STRIPE_LIVEMODE="off", SECURE_SSL_REDIRECT="off") as drill:
        card.world.options.webhook_url = f"http://{drill.site.base}/api/webhook/stripe"
        yield drill


@pytest.fixture(scope="module")
def bought(drill: Drill, card: Sandbox) -> list[Buyer]:
    """After all rounds, and after all that was left to do."""
    card.set_webhook_faults(**FAULTS)
    acts = [order(member, drill.dice.choice(PACKAGES)) for member in drill.members for _ in range(ORDERS_EACH)]
    drill.dice.shuffle(acts)
    buyers = [Buyer(drill.client(), card, random.Random(drill.dice.random())) for _ in range(BUYERS)]
    victims = list(VICTIMS) * ROUNDS_OF_EACH
    drill.dice.shuffle(victims)
    for number, victim in enumerate(victims):
        print(f"{number + 1:3}  {kill_one(drill, buyers, acts[number :: len(victims)], victim)}")
    finish(drill, card)
    return buyers


def kill_one(drill: Drill, buyers: list[Buyer], acts: list[Act], victim: str) -> str:
    """Buying, a kill in the midst of it, recovery, and the same keys again where no answer came. What it met."""
    moment = len(acts) - drill.dice.randint(BUYERS, 2 * BUYERS)
    with buying(buyers, acts):
        wait_until(lambda: len(acts) <= moment, PATIENCE_SECONDS)
        in_flight = sum(buyer.client.is_waiting for buyer in buyers)
        VICTIMS[victim](drill.site, drill.dice)
        drill.site.start_missing()
    unanswered = [(buyer, act) for buyer in buyers for act in buyer.client.unanswered()]
    for buyer, act in unanswered:
        buyer.client.send_until_answered(act)
        buyer.pay_for(act)
    return f"{victim:13} killed with {in_flight} in flight; {len(unanswered)} orders asked for again"


@contextmanager
def buying(buyers: list[Buyer], acts: list[Act]) -> Iterator[None]:
    """They buy while the block runs, and to the end. Who gets no answer stops and remembers it."""

    def go_on(buyer: Buyer) -> None:
        while acts and buyer.buy(acts.pop()):
            pass

    with ThreadPoolExecutor(BUYERS) as pool:
        work = pool.map(go_on, buyers)
        yield
        list(work)


def finish(drill: Drill, card: Sandbox) -> None:
    """Faults end; wait until all webhooks came that come, and everything that was promised has happened."""
    card.clear_faults()
    wait_until(lambda: not card.pending(), PATIENCE_SECONDS, "every webhook has come")
    work_off(drill)
    differences = drill.site.run("manage.py", "reconcile", "--provider", "stripe").splitlines()
    print(f"reconciling mended {len(differences)} differences")
    work_off(drill)


def work_off(drill: Drill) -> None:
    with drill.site.owner() as owner:
        # A message in the hands of a worker that died waits ten minutes for it. We do not.
        owner.execute(NO_LEASES)
        wait_until(lambda: not owner.execute(UNSENT).fetchall(), PATIENCE_SECONDS, UNSENT)


def test_t4_what_was_paid_is_credited_once_and_nothing_else_is(
    bought: list[Buyer], drill: Drill, card: Sandbox
) -> None:
    answered = [name for buyer in bought for name in buyer.orders]
    assert len(answered) > len(VICTIMS) * ROUNDS_OF_EACH * BUYERS
    with drill.site.owner() as owner:
        till.check(owner, card.books(), answered)


@pytest.mark.usefixtures("bought")
def test_s14_every_order_has_one_session(drill: Drill, card: Sandbox) -> None:
    with card.world.change():
        sessions = [session["client_reference_id"] for session in card.world.store.view("session")]
    with drill.site.owner() as owner:
        orders = [name for (name,) in owner.execute("select public_id::text from dgt_orders")]
    assert sorted(sessions) == sorted(orders)


@pytest.mark.usefixtures("bought")
def test_s27_reconciling_again_finds_nothing(drill: Drill) -> None:
    assert drill.site.run("manage.py", "reconcile", "--provider", "stripe", "--report") == ""


@pytest.mark.usefixtures("bought")
def test_l5_the_audit_finds_nothing(drill: Drill) -> None:
    print(drill.site.run("manage.py", "ledger_audit").splitlines()[-1])
