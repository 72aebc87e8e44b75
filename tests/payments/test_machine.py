"""S6, S17 to S22, S27: whatever is done about some payments, here and at Stripe, both sides' books agree in the end.

`make proof` takes many long sequences, `make test` a few; `--hypothesis-seed` repeats a run.
"""

import secrets
from contextlib import ExitStack, suppress
from fractions import Fraction
from functools import partial
from math import ceil

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from degentalk.core.errors import MemberError
from degentalk.sandbox.stripe.errors import ApiError
from payments import services as payments
from payments.models import Order
from payments.states import State
from tests import databases, make
from tests.extent import extent
from tests.payments.buying import TRADER, earned, ordered, session, spent, wallet, worked
from tests.payments.line import stripe_for
from tests.wallet.test_ledger import drift
from wallet import services as wallets
from wallet.models import UserWallet

EXAMPLES, STEPS = extent((5, 20), (60, 50))
SETTINGS = hypothesis_settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    phases=[Phase.generate],  # making a failure smaller takes minutes over HTTP
    suppress_health_check=list(HealthCheck),
)
CENTS, DGT = TRADER[1:]
EARNED = 300

amounts = st.integers(1, CENTS)
dgts = st.integers(1, DGT)


class Payments(RuleBasedStateMachine):
    """One member with two orders. Every example has a database and a Stripe of its own."""

    orders = Bundle("orders")
    refunds = Bundle("refunds")
    disputes = Bundle("disputes")

    def __init__(self, live, settings):
        super().__init__()
        self.example = ExitStack()
        name = self.example.enter_context(databases.of_this_run().clone(secrets.token_hex(4)))
        self.example.enter_context(databases.using(name))
        self.card = self.example.enter_context(stripe_for(live, settings))
        self.alice, self.bob = (make.verified(make.user(name)) for name in ("alice", "bob"))
        self.moderator = make.moderator()
        self.gone = 0  # DGT that she spent and sent
        self.told = 0  # events that were told or dropped

    def teardown(self):
        with self.example:
            self.in_the_end_both_sides_agree()

    # ── at Stripe ───────────────────────────────────────────────────────────────────────────────────────────────────

    @initialize(target=orders)
    def two_orders_one_of_them_paid(self):
        earned(self.alice, EARNED)
        first, second = ordered(self.alice), ordered(self.alice)
        self.card.pay(session(first))
        return multiple(first, second)

    @rule(order=orders, verb=st.sampled_from(["pay", "pay_later", "settle", "expire"]))
    def pays_or_not(self, order, verb):
        with suppress(ApiError):
            getattr(self.card, verb)(session(order))

    @rule(target=refunds, order=orders, cents=st.none() | amounts, status=st.sampled_from(["", "pending"]))
    def refund(self, order, cents, status):
        return self.made(lambda: self.card.refund(session(order), cents, status=status))

    @rule(refund=refunds, verb=st.sampled_from(["fail_refund", "cancel_refund", "succeed_refund"]))
    def refund_ends(self, refund, verb):
        with suppress(ApiError):
            getattr(self.card, verb)(refund)

    @rule(target=disputes, order=orders, cents=st.none() | amounts, kind=st.sampled_from(["dispute", "inquiry"]))
    def dispute(self, order, cents, kind):
        return self.made(lambda: self.card.dispute(session(order), amount=cents, kind=kind))

    @rule(dispute=disputes, result=st.sampled_from(["lost", "won", "prevented", "warning_closed"]))
    def dispute_is_decided(self, dispute, result):
        with suppress(ApiError):
            self.card.close_dispute(dispute, result)

    @rule(dispute=disputes, verb=st.sampled_from(["respond", "escalate", "reinstate"]))
    def dispute_goes_on(self, dispute, verb):
        with suppress(ApiError):
            getattr(self.card, verb)(dispute)

    def made(self, act):
        """The id of what this makes, if it can be made now."""
        try:
            return act()["id"]
        except ApiError:
            return multiple()

    # ── what is told ────────────────────────────────────────────────────────────────────────────────────────────────

    @rule(dice=st.randoms(use_true_random=False), is_dropped=st.booleans())
    def some_events_come(self, dice, is_dropped):
        """In any order, some twice, old ones again; or what is new never comes."""
        events = [event["id"] for event in self.card.events()]
        if not is_dropped:
            late = events[self.told :]
            for event in dice.sample(late, len(late)) + dice.sample(events, min(2, len(events))):
                self.card.deliver(event)
        self.told = len(events)

    @rule(order=orders, way=st.sampled_from(["worker", "landing", "reconciler", "timetable"]))
    def somebody_looks(self, order, way):
        looks = {
            "worker": worked,
            "landing": lambda: payments.look(order, because="the buyer came back"),
            "reconciler": lambda: payments.reconcile("stripe"),
            "timetable": payments.settle_waiting,
        }
        looks[way]()

    # ── here ────────────────────────────────────────────────────────────────────────────────────────────────────────

    @rule(dgt=dgts)
    def spends(self, dgt):
        with suppress(MemberError):
            spent(self.alice, dgt)
            self.gone += dgt

    @rule(dgt=st.integers(1, EARNED))
    def sends(self, dgt):
        """While an order is disputed she never does."""
        before = wallet(self.bob)[0]
        with suppress(MemberError):
            wallets.tip(sender=self.alice, receiver=self.bob, amount=dgt, key=f"tip:{make.serial()}", cause=("post", 1))
        sent = wallet(self.bob)[0] - before
        assert not (sent and Order.objects.filter(state=State.DISPUTED).exists())
        self.gone += sent

    @rule()
    def staff_freeze_the_wallet_or_let_it_move(self):
        if not wallets.freeze(user=self.alice, reason="Why", actor=self.moderator):
            self.the_wallet_moves()

    def the_wallet_moves(self):
        wallets.unfreeze(user=self.alice, reason="Why", actor=self.moderator)

    # ── after every step, and in the end ────────────────────────────────────────────────────────────────────────────

    @invariant()
    def nothing_is_below_zero_and_the_ledger_agrees(self):
        balance, held, debt = wallet(self.alice)
        assert min(balance, held, debt) >= 0
        assert not (balance and debt)
        rows = Order.objects.all()
        assert held == sum(order.held_dgt for order in rows)
        assert balance + held - debt == EARNED - self.gone + sum(row.credited_dgt - row.taken_dgt for row in rows)
        assert drift() == []

    def in_the_end_both_sides_agree(self):
        self.the_wallet_moves()
        payments.settle_waiting()
        payments.sweep("stripe")
        worked()
        assert payments.sweep("stripe") == []
        kept = self.card.books()
        for order in Order.objects.all():
            sums = kept.get(str(order.public_id), {"paid": 0})
            left, lasting = due(**sums)
            assert (order.pk, order.credited_dgt - order.taken_dgt) == (order.pk, left)
            assert (
                order.held_dgt == left - lasting or wallet(self.alice)[0] == 0
            )  # all that is disputed, or all there is
            assert order.waits_for == ""
            assert bool(sums.get("withdrawn")) is (order.state == State.DISPUTED)
        self.nothing_is_below_zero_and_the_ledger_agrees()
        is_stopped = Order.objects.filter(state=State.DISPUTED).exists()
        assert UserWallet.objects.of(self.alice).sending_is_stopped is is_stopped


def due(*, paid: int, refunded: int = 0, lost: int = 0, withdrawn: int = 0) -> tuple[int, int]:
    """What an order gives for the money that Stripe kept, and what of it lasts if all open disputes are lost too."""
    gone = (refunded + lost, refunded + lost + withdrawn)
    kept = [DGT - min(DGT, ceil(Fraction(DGT * cents, paid))) if paid else 0 for cents in gone]
    return kept[0], kept[1]


@pytest.mark.proof
def test_s6_s20_s27_whatever_is_done_about_payments_both_sides_agree_in_the_end(live, settings, quick):
    run_state_machine_as_test(partial(Payments, live, settings), settings=SETTINGS)
