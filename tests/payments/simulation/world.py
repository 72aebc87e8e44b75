"""A small world with a clock of its own: members, the site, Stripe, and dice that decide everything."""

import logging
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from uuid import UUID

import stripe
from django.conf import settings
from django.db import connection
from django.test import Client

from degentalk.accounts.models import User
from degentalk.sandbox.chain import Chain
from degentalk.sandbox.stripe import Sandbox
from payments.models import Order, UsdtKey
from payments.providers.usdt import watching
from tests import make
from tests.payments.simulation.moments import Moments, Plan
from wallet import services as wallet

if TYPE_CHECKING:
    from tests.payments.simulation.onchain import Deal

START = datetime(2031, 3, 3, 12, tzinfo=UTC)
MEMBERS = ("alice", "bob", "carol", "dave", "erin", "mallory")
PACKAGES = {"starter": 100, "regular": 525, "trader": 1_300, "whale": 3_400, "satoshi": 9_600}
"""What a new site sells, and the DGT of it with the bonus."""
OPENING_DGT = 500
KILLED, HELD_UP = 0.08, 0.25
"""How often a process is killed, and how often it waits while others go on."""
IMPATIENT_SECONDS = (3, 2)
DEEP_ENOUGH = 10
"""Blocks before anything happens: more than are ever replaced at once."""
LATELY = 16
"""Purchases that anything still happens to: the last so many."""


@dataclass
class Purchase:
    """What a member knows of an order: the key they sent, and what they were answered."""

    number: int
    buyer: str
    package: str
    key: str
    order: str = ""
    session: str = ""
    is_altered: bool = False

    def __str__(self) -> str:
        return f"order {self.number}"


@dataclass
class World:
    """Everybody and everything. `trace` says line by line what happened; nothing in it is random on our side."""

    seed: int
    card: Sandbox
    chain: Chain
    meanwhile: "Callable[[World], None]"
    """What happens while a process is held up."""
    hangs: bool = False
    """Whether calls to Stripe may also get no answer in time: that takes real seconds."""
    dice: random.Random = field(init=False)
    now: datetime = START
    trace: list[str] = field(default_factory=list)
    moments: Moments = field(default_factory=Moments)
    purchases: list[Purchase] = field(default_factory=list)
    people: dict[str, User] = field(default_factory=dict)
    windows: dict[str, Client] = field(default_factory=dict)
    refunds: list[str] = field(default_factory=list)
    disputes: list[str] = field(default_factory=list)
    keys: int = 0
    depth: int = 0
    held_up: int = 0
    talked_of: str = ""
    """The address that a process asks Stripe for while it is held up."""
    deals: "list[Deal]" = field(default_factory=list)
    """Orders that are paid with USDT."""
    sent: list[str] = field(default_factory=list)
    """Transactions that pay them."""
    reorganised: Counter[int] = field(default_factory=Counter)
    """How often blocks were replaced, by how many."""
    known: list[Purchase] = field(default_factory=list)
    """The purchases behind it, as far as others found out meanwhile what became of them."""

    def __post_init__(self) -> None:
        self.dice = random.Random(f"world {self.seed}")
        self._options = ""

    def settle_in(self) -> None:
        """Members come, each with a few DGT; a moderator watches."""
        self.people["moderator"] = make.moderator()
        for name in MEMBERS:
            self.people[name] = make.verified(make.user(name))
            self.windows[name] = Client(raise_request_exception=False)
            make.signed_in(self.windows[name], self.people[name])
            wallet.credit(
                user=self.people[name], amount=OPENING_DGT, source="rewards", key=f"opening:{name}", description=""
            )

        watching.watch()
        UsdtKey.objects.update(approved_at=START)
        self.chain.automine(False)
        self.chain.mine(DEEP_ENOUGH)

    @property
    def chain_id(self) -> int:
        return self.chain.world.options.chain_id

    def tell(self, line: str) -> None:
        """Write a line into the trace."""
        minutes = (self.now - START) // timedelta(minutes=1)
        self.trace.append(f"{minutes:6} {'  ' * self.depth}{line}")

    def move(self, seconds: int) -> None:
        """Let time pass, for the site and for Stripe."""
        self.now += timedelta(seconds=seconds)
        self._set_clocks()
        self.card.advance(seconds)

    def key(self) -> str:
        """One that nobody used."""
        self.keys += 1
        return f"sim-{self.keys}"

    def with_session(self) -> list[Purchase]:
        """Purchases whose buyers were told where to pay."""
        return [purchase for purchase in self.purchases if purchase.session]

    def any_purchase(self, fits: Callable[[dict[str, Any]], object]) -> Purchase | None:
        """One whose session at Stripe is like that, a late one; None if there is none. While a process is held up,
        rather the one that it asks about."""
        found = [(one, self.card.get(one.session)) for one in self.with_session()[-LATELY:]]
        fitting = [(one, session) for one, session in found if fits(session)]
        talked_of = [(one, session) for one, session in fitting if self._is_talked_of(session)]
        return self.dice.choice(talked_of or fitting)[0] if fitting else None

    def _is_talked_of(self, session: dict[str, Any]) -> bool:
        return any(name and name in self.talked_of for name in (session["id"], session["payment_intent"]))

    def sessions(self) -> dict[str, list[dict[str, Any]]]:
        """All sessions at Stripe, by the order that they are for."""
        found: dict[str, list[dict[str, Any]]] = {}
        with self.card.world.change():
            for session in self.card.world.store.oldest("session"):
                found.setdefault(session["client_reference_id"], []).append(session)
        return found

    def chance(self, probability: float) -> bool:
        """Throw the dice."""
        return self.dice.random() < probability

    def row(self, purchase: Purchase) -> Order:
        """The order as it is now."""
        order: Order = Order.objects.get(public_id=purchase.order)
        return order

    @contextmanager
    def process(self, name: str) -> Iterator[None]:
        """A process of the site, which may be killed, or held up at a call to Stripe while others go on."""
        with self.moments.process(self._plan(name)):
            yield
        if not self.depth:
            known, self.known = self.known, []
            forgotten = [f"{one}: {self._said(one)}" for one in known if not self._is_known(one)]
            assert forgotten == [], f"{name} overwrote what was known by what it had heard before: {forgotten}"

    def _is_known(self, purchase: Purchase) -> bool:
        """Whether the site knows what Stripe's books say of a payment."""
        here, there = self._said(purchase)
        return here == there

    def _said(self, purchase: Purchase) -> tuple[list[int], list[int]]:
        """What the site and what Stripe say of a payment."""
        row, money = self.row(purchase), self.card.books().get(purchase.order)
        said = [money[column] for column in ("paid", "refunded", "withdrawn", "lost")] if money else [0] * 4
        return [row.paid, row.refunded, row.disputed, row.lost], said

    def _plan(self, name: str) -> Plan | None:
        fate = self.dice.random()
        kind = self.dice.choice(["statement", "commit", "commit", "call", "call"])
        when = self.dice.choice(["before", "after"])
        most = {"statement": 40, "commit": 7, "call": 4}[kind]
        left = min(self.dice.randrange(most), self.dice.randrange(most))  # many processes do little

        def die(moment: str, about: str) -> None:
            self.tell(f"{name} is killed {moment}")
            self.moments.kill(moment)

        def wait(moment: str, about: str) -> None:
            self.tell(f"{name} is held up {moment}; meanwhile")
            self._let_others_go_on(about)

        if self.depth or fate >= KILLED + HELD_UP:
            return None
        return Plan(kind, left, when, die) if fate < KILLED else Plan("call", self.dice.randrange(4), when, wait)

    def _let_others_go_on(self, about: str) -> None:
        self.depth, self.talked_of = 1, about
        before = dict(Order.objects.values_list("public_id", "looked"))
        self.meanwhile(self)
        talked_of = [one for one in self.with_session() if self._is_talked_of(self.card.get(one.session))]
        found_out = [one for one in talked_of if self.row(one).looked > before.get(UUID(one.order), 0)]
        self.known = [one for one in found_out if self._is_known(one)]
        self.held_up, self.depth, self.talked_of = self.held_up + 1, 0, ""

    def _set_clocks(self) -> None:
        """This thread's connection now; those of others, and of whoever comes after a kill, when they are made."""
        moment = self.now.isoformat()
        settings.DATABASES["default"]["OPTIONS"]["options"] = f"{self._options} -c degentalk.now={moment}"
        if connection.connection is not None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('degentalk.now', %s, false)", [moment])

    @contextmanager
    def running(self) -> Iterator["World"]:
        """Time stands where the dice let it; processes are watched."""
        options = settings.DATABASES["default"]["OPTIONS"]
        self._options = options["options"]
        quick = patch.multiple(stripe.HTTPClient, INITIAL_DELAY=0.0, MAX_DELAY=0.0)
        impatient = patch("payments.providers.stripe.client.TIMEOUT_SECONDS", IMPATIENT_SECONDS)
        hasty = patch("payments.providers.usdt.node.TIMEOUT_SECONDS", IMPATIENT_SECONDS)
        with patch.dict(options, {"options": self._options}), quick, impatient, hasty:
            self._set_clocks()
            logging.disable(logging.WARNING)  # a line for each request, and each failure on purpose
            try:
                with self.moments.watched():
                    self.settle_in()
                    yield self
            finally:
                logging.disable(logging.NOTSET)
                connection.close()
