"""T1: whatever is done to the ledger, in whatever order, it agrees with a small model in Python after every step.

`make proof` takes 200 sequences of 50 steps, `make test` a few; `--hypothesis-seed` repeats a run.
"""

import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
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

from degentalk.core import clock
from degentalk.core.errors import KeyReused, MemberError
from tests import make
from tests.extent import extent
from tests.wallet.model import POLICY, SINK, SOURCES, STAFF, Model
from wallet import services as wallet
from wallet.models import WalletPolicy

EXAMPLES, STEPS = extent((10, 25), (200, 50))
SETTINGS = settings(max_examples=EXAMPLES, stateful_step_count=STEPS, suppress_health_check=list(HealthCheck))

MEMBERS = ("alice", "bob", "mallory")
FIRST_DAY = datetime(2031, 5, 1, 12, tzinfo=UTC)

members = st.sampled_from(MEMBERS)
staff = st.sampled_from(STAFF)
nobody_or_staff = st.none() | staff
pairs = st.sampled_from([*itertools.permutations(MEMBERS, 2), ("alice", "alice")])
amounts = st.integers(min_value=1, max_value=130)
prices = st.integers(min_value=1, max_value=500)
changes = st.integers(min_value=-100, max_value=100).filter(bool)
parts = st.none() | st.integers(min_value=1, max_value=60)


class Ledger(RuleBasedStateMachine):
    """Every verb of the wallet, with the model beside it. An example is a transaction that is rolled back."""

    journals = Bundle("journals")
    holds = Bundle("holds")

    def __init__(self, people):
        super().__init__()
        self.people = people
        self.model = Model(MEMBERS)
        self.keys = 0
        self.acts = {}
        self.ids = {}
        self.example = transaction.atomic()
        self.example.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    # ── DGT comes and goes ──────────────────────────────────────────────────────────────────────────────────────────

    @initialize(target=journals)
    def first_gifts(self):
        return multiple(*[self.credit(name, 100) for name in MEMBERS])

    @rule(target=journals, name=members, amount=amounts)
    def credit(self, name, amount):
        act = partial(wallet.credit, user=self.people[name], amount=amount, source="rewards", description="")
        return self.post(
            act,
            self.model.against_being_paid(name),
            lambda key: self.model.move(key, "credit", {name: amount}, {"rewards": -amount}, counts="earned"),
        )

    @rule(target=journals, name=members, amount=prices)
    def purchase(self, name, amount):
        act = partial(wallet.purchase, user=self.people[name], amount=amount, source="stripe", description="")
        return self.post(
            act,
            self.model.against_being_paid(name),
            lambda key: self.model.move(key, "purchase", {name: amount}, {"stripe": -amount}),
        )

    @rule(target=journals, name=members, amount=amounts)
    def debit(self, name, amount):
        act = partial(wallet.debit, user=self.people[name], amount=amount, to=SINK, description="")
        return self.post(
            act,
            self.model.against_paying(name, amount),
            lambda key: self.model.move(key, "debit", {name: -amount}, {SINK: amount}, counts="spent"),
        )

    @rule(target=journals, name=members, amount=prices, to=st.sampled_from(SOURCES))
    def claw_back(self, name, amount, to):
        act = partial(wallet.claw_back, user=self.people[name], amount=amount, to=to, description="")
        return self.post(
            act,
            self.model.against_being_paid(name),
            lambda key: self.model.move(key, "clawback", {name: -amount}, {to: amount}, into_debt=True),
        )

    # ── between members ─────────────────────────────────────────────────────────────────────────────────────────────

    @rule(target=journals, pair=pairs, amount=amounts, agreed_fee=st.none() | st.integers(0, 3))
    def transfer(self, pair, amount, agreed_fee):
        return self.send(partial(wallet.transfer, fee=agreed_fee), "transfer", pair, amount, agreed_fee)

    @rule(target=journals, pair=pairs, amount=amounts)
    def tip(self, pair, amount):
        return self.send(partial(wallet.tip, cause=("post", 91)), "tip", pair, amount, 0)

    def send(self, verb, kind, pair, amount, agreed_fee):
        sender, receiver = pair
        return self.post(
            partial(verb, sender=self.people[sender], receiver=self.people[receiver], amount=amount),
            self.model.against_sending(kind, sender, receiver, amount, agreed_fee),
            lambda key: self.model.send(key, kind, sender, receiver, amount),
        )

    # ── set aside ───────────────────────────────────────────────────────────────────────────────────────────────────

    @rule(target=holds, name=members, amount=amounts)
    def hold(self, name, amount):
        act = partial(wallet.hold, user=self.people[name], amount=amount, description="")
        return self.post(act, self.model.against_paying(name, amount), lambda key: self.model.hold(key, name, amount))

    @rule(target=journals, hold=holds, amount=parts)
    def release(self, hold, amount):
        act = partial(wallet.release, hold_id=self.ids[hold], amount=amount)
        return self.post(
            act,
            self.model.against_settling(hold, amount),
            lambda key: self.model.settle(key, "release", hold, amount),
        )

    @rule(target=journals, hold=holds, amount=parts)
    def capture(self, hold, amount):
        act = partial(wallet.capture, hold_id=self.ids[hold], to=SINK, amount=amount)
        return self.post(
            act,
            self.model.against_settling(hold, amount),
            lambda key: self.model.settle(key, "capture", hold, amount),
        )

    # ── staff ───────────────────────────────────────────────────────────────────────────────────────────────────────

    @rule(target=journals, name=members, amount=changes, actor=staff, approver=nobody_or_staff)
    def adjust(self, name, amount, actor, approver):
        act = partial(
            wallet.adjust,
            user=self.people[name],
            amount=amount,
            reason="Why",
            actor=self.people[actor],
            approver=self.people[approver],
        )
        return self.post(
            act,
            self.model.against_adjusting(name, amount, actor, approver),
            lambda key: self.model.adjust(key, name, amount, actor, approver),
        )

    @rule(
        target=journals, of=journals | holds, actor=nobody_or_staff, approver=nobody_or_staff, into_debt=st.booleans()
    )
    def reverse(self, of, actor, approver, into_debt):
        act = partial(
            wallet.reverse,
            journal_id=self.ids[of],
            reason="Why",
            actor=self.people[actor],
            approver=self.people[approver],
            into_debt=into_debt,
        )
        return self.post(
            act,
            self.model.against_reversing(of, actor, approver, into_debt),
            lambda key: self.model.reverse(key, of, actor, approver, into_debt),
        )

    @rule(name=members)
    def freeze(self, name):
        assert wallet.freeze(user=self.people[name], reason="Why", actor=None) == (name not in self.model.frozen)
        self.model.frozen.add(name)

    @rule(name=members)
    def unfreeze(self, name):
        is_news = wallet.unfreeze(user=self.people[name], reason="Why", actor=self.people["moderator"])
        assert is_news == (name in self.model.frozen)
        self.model.frozen.discard(name)

    @rule()
    def a_day_passes(self):
        self.model.today += 1

    # ── keys ────────────────────────────────────────────────────────────────────────────────────────────────────────

    @rule(key=journals | holds)
    def the_same_again(self, key):
        with self.today():
            again = self.acts[key](key=key)
        assert (again.id, again.replayed) == (self.ids[key], True)

    @rule(key=journals | holds, name=members)
    def another_request_with_a_used_key(self, key, name):
        with pytest.raises(KeyReused):
            wallet.credit(user=self.people[name], amount=1_000, source="rewards", key=key, description="")

    def post(self, act, against, then):
        """Do it under a new key: refused for one of the reasons against it, or done, and then the model follows."""
        self.keys += 1
        key = f"key:{self.keys}"
        with self.today():
            if against:
                with pytest.raises(MemberError) as refusal:
                    act(key=key)
                assert refusal.value.code in against
                return multiple()
            journal = act(key=key)
        assert not journal.replayed
        self.acts[key], self.ids[key] = act, journal.id
        then(key)
        return key

    def today(self):
        return clock.at(FIRST_DAY + timedelta(days=self.model.today))

    # ── after every step ────────────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def l1_every_journal_balances(self):
        connection.check_constraints()  # what would be checked at COMMIT
        assert rows("select journal_id from dgt_transactions group by 1 having count(*) < 2 or sum(amount) <> 0") == []
        assert rows("select count(*) from dgt_journal") == [(len(self.model.journals),)]

    @invariant()
    def l4_nothing_is_below_zero_but_system_accounts(self):
        assert rows("select user_id from user_wallet where least(dgt_balance, held_dgt, debt_dgt) < 0") == []

    @invariant()
    def l5_figures_are_those_of_the_model_and_of_the_entries(self):
        figures = {user: (tuple(stored), tuple(summed)) for user, stored, summed in rows(FIGURES)}
        for name, member in self.model.members.items():
            expected = tuple(member[figure] for figure in ("balance", "held", "debt", "earned", "spent"))
            stored, summed = figures.get(self.people[name].pk, ((0,) * 5, (0,) * 3))
            assert (name, stored, summed) == (name, expected, expected[:3])
        left = {self.ids[key]: hold["left"] for key, hold in self.model.holds.items()}
        assert dict(rows("select journal_id, amount - released - captured from dgt_holds")) == left

    @invariant()
    def l6_all_accounts_sum_to_zero(self):
        system = Counter(dict(rows(SYSTEM)))
        assert system == self.model.system
        members = self.model.members.values()
        assert system.total() + sum(member["balance"] + member["held"] - member["debt"] for member in members) == 0


FIGURES = """
select w.user_id, array [dgt_balance, held_dgt, debt_dgt, lifetime_earned, lifetime_spent],
    array [coalesce(e.member, 0), coalesce(e.held, 0), -coalesce(e.debt, 0)]::bigint[]
from user_wallet w left join (
    select a.user_id, sum(amount) filter (where kind = 'member') as member,
        sum(amount) filter (where kind = 'held') as held, sum(amount) filter (where kind = 'debt') as debt
    from dgt_transactions e join dgt_accounts a on a.id = e.account_id group by a.user_id
) e using (user_id)
"""
SYSTEM = """
select name, sum(amount)::bigint from dgt_transactions e join dgt_accounts a on a.id = e.account_id
where kind = 'system' group by name
"""


def rows(query):
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


@pytest.mark.proof
@pytest.mark.django_db
def test_t1_whatever_is_done_the_ledger_agrees_with_a_model_in_python():
    WalletPolicy.objects.update(**POLICY)
    people = {None: None}
    people |= {name: make.verified(make.user(name)) for name in MEMBERS}
    people |= {name: make.moderator(name) for name in STAFF}
    run_state_machine_as_test(partial(Ledger, people), settings=SETTINGS)
