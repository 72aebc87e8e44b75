"""The verbs of the ledger, called as the product calls them."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from degentalk.accounts.models import User
from degentalk.core.errors import KeyReused
from tests import make
from tests.threads import together
from tests.wallet.test_ledger import drift, give
from wallet import services as wallet
from wallet.errors import BadAmount, NoSuchAccount, NotEnoughDGT
from wallet.models import DgtJournal, DgtTransaction, UserWallet


def balance(user):
    return UserWallet.objects.of(user).dgt_balance


@pytest.mark.django_db
def test_a_transfer_is_neither_earned_nor_spent():
    alice, bob = make.verified(make.user("alice")), make.verified(make.user("bob"))
    give(alice, 100)
    wallet.transfer(sender=alice, receiver=bob, amount=40, key="transfer:1", description="thanks")
    rows = [UserWallet.objects.of(user) for user in (alice, bob)]
    assert [(row.dgt_balance, row.lifetime_earned, row.lifetime_spent) for row in rows] == [(60, 100, 0), (40, 0, 0)]


@pytest.mark.django_db
def test_history_says_what_moved_the_balance_and_where_it_stood():
    alice, bob = make.verified(make.user("alice")), make.verified(make.user("bob"))
    give(alice, 100)
    wallet.transfer(sender=alice, receiver=bob, amount=40, key="transfer:1", description="thanks")
    history = DgtTransaction.objects.of(alice).newest()
    assert list(history.values_list("amount", "balance_after", "description")) == [
        (-40, 60, "thanks"),
        (100, 100, "Welcome"),
    ]


@pytest.mark.django_db
def test_a_used_key_with_the_same_request_moves_nothing():
    alice, bob = make.verified(make.user("alice")), make.verified(make.user("bob"))
    give(alice, 100)
    first = wallet.transfer(sender=alice, receiver=bob, amount=40, key="transfer:1")
    second = wallet.transfer(sender=alice, receiver=bob, amount=40, key="transfer:1")
    assert (second.id, second.replayed, balance(alice)) == (first.id, True, 60)


@pytest.mark.django_db
def test_a_used_key_with_another_request_is_refused():
    alice, bob = make.verified(make.user("alice")), make.verified(make.user("bob"))
    give(alice, 100)
    wallet.transfer(sender=alice, receiver=bob, amount=40, key="transfer:1")
    with pytest.raises(KeyReused):
        wallet.transfer(sender=alice, receiver=bob, amount=41, key="transfer:1")
    assert balance(alice) == 60


@pytest.mark.parametrize("amount", [0, -1, 10**12 + 1, True, 1.0, "5", None])
@pytest.mark.django_db
def test_an_amount_that_is_no_whole_dgt_is_refused(amount):
    alice, bob = make.verified(make.user("alice")), make.verified(make.user("bob"))
    with pytest.raises(BadAmount):
        wallet.transfer(sender=alice, receiver=bob, amount=amount, key="transfer:1")
    assert DgtJournal.objects.count() == 0


@pytest.mark.django_db
def test_l15_a_transfer_to_oneself_is_refused():
    alice = make.verified(make.user("alice"))
    give(alice)
    with pytest.raises(NoSuchAccount, match="yourself"):
        wallet.transfer(sender=alice, receiver=alice, amount=1, key="transfer:1")


@pytest.mark.django_db
def test_l15_a_transfer_to_a_suspended_member_is_refused():
    alice, mallory = make.verified(make.user("alice")), make.verified(make.user("mallory", is_active=False))
    give(alice)
    with pytest.raises(NoSuchAccount, match="suspended"):
        wallet.transfer(sender=alice, receiver=mallory, amount=1, key="transfer:1")


@pytest.mark.django_db
def test_l15_a_receiver_who_was_suspended_meanwhile_is_not_paid():
    alice, mallory = make.verified(make.user("alice")), make.verified(make.user("mallory"))
    give(alice)
    User.objects.filter(pk=mallory.pk).update(is_active=False)
    with pytest.raises(NoSuchAccount, match="suspended"):
        wallet.transfer(sender=alice, receiver=mallory, amount=1, key="transfer:1")
    assert balance(mallory) == 0


def test_l13_parallel_spends_of_a_balance_succeed_as_often_as_it_lasts(committed_db):
    alice, bob = make.verified(make.user("alice")), make.verified(make.user("bob"))
    give(alice, 100)
    answers = together(
        [lambda n=n: wallet.transfer(sender=alice, receiver=bob, amount=30, key=f"transfer:{n}") for n in range(12)],
        refusals=NotEnoughDGT,
    )
    assert sum(isinstance(answer, wallet.Journal) for answer in answers) == 3
    assert (balance(alice), balance(bob), drift()) == (10, 90, [])


def test_parallel_transfers_with_one_key_move_dgt_once(committed_db):
    alice, bob = make.verified(make.user("alice")), make.verified(make.user("bob"))
    give(alice, 100)
    answers = together(
        [lambda: wallet.transfer(sender=alice, receiver=bob, amount=10, key="transfer:1") for _ in range(20)]
    )
    assert (len({answer.id for answer in answers}), balance(bob)) == (1, 10)


def test_l14_members_who_pay_each_other_in_parallel_never_deadlock(committed_db):
    alice, bob = make.verified(make.user("alice")), make.verified(make.user("bob"))
    give(alice, 500, key="gift:1")
    give(bob, 500, key="gift:2")

    def pay(sender, receiver, name):
        for n in range(125):  # 1,000 in all
            wallet.transfer(sender=sender, receiver=receiver, amount=1, key=f"{name}:{n}")

    together([lambda n=n: pay(*((alice, bob) if n % 2 else (bob, alice)), name=f"payer{n}") for n in range(8)])
    assert (balance(alice), balance(bob), drift()) == (500, 500, [])


AMOUNTS = st.integers(min_value=1, max_value=50)
MOVES = st.lists(st.tuples(st.sampled_from(["credit", "debit", "transfer"]), st.booleans(), AMOUNTS), max_size=25)


@pytest.mark.django_db
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_l5_any_sequence_of_verbs_agrees_with_a_model_in_python(moves):
    serial = make.serial()
    people = [make.verified(make.user(f"{name}{serial}")) for name in ("alice", "bob")]
    model = [0, 0]
    for n, (verb, first, amount) in enumerate(moves):
        one, other = (0, 1) if first else (1, 0)
        key = f"{serial}:{n}"
        if verb == "credit":
            wallet.credit(user=people[one], amount=amount, source="rewards", key=key, description="")
            model[one] += amount
            continue
        affordable = model[one] >= amount
        try:
            if verb == "debit":
                wallet.debit(user=people[one], amount=amount, to="shop", key=key, description="")
            else:
                wallet.transfer(sender=people[one], receiver=people[other], amount=amount, key=key)
                model[other] += amount
            model[one] -= amount
            assert affordable
        except NotEnoughDGT:
            assert not affordable
    assert [balance(user) for user in people] == model
    assert drift() == []
