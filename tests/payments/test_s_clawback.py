"""S17 to S21: money that goes back takes its DGT along, by what is so in sum, never by what was told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments import services as payments
from payments.models import OrderMovement
from payments.rules import share, target
from payments.states import State
from tests import make
from tests.payments.buying import TRADER, again, ordered, paid, session, told, wallet
from tests.wallet.test_ledger import drift, give
from wallet import services as wallets
from wallet.errors import NotEnoughDGT, PaymentDisputed
from wallet.models import UserWallet

PRICE, DGT = TRADER[1:]

dgt_amounts = st.integers(min_value=1, max_value=10**9)
prices = st.integers(min_value=1, max_value=10**8)


@pytest.fixture
def bob(alice):
    return make.verified(make.user("bob"))


def taken_of(order) -> int:
    """What the ledger took for it, in sum."""
    _credited, *rest = OrderMovement.objects.filter(order=order).order_by("id").values_list("dgt", flat=True)
    return -sum(rest)


# ── The arithmetic ──────────────────────────────────────────────────────────────────────────────────────────────────


@given(dgt=dgt_amounts, price=prices, parts=st.lists(st.integers(min_value=0, max_value=10**8), max_size=8))
def test_s17_parts_take_in_sum_what_one_refund_of_all_of_them_takes(dgt, price, parts):
    taken = 0
    refunded = 0
    for part in parts:
        refunded += part
        more = target(dgt=dgt, paid=price, refunded=refunded, lost=0, disputed=0).taken - taken
        assert more >= 0
        taken += more
    assert taken == min(-(-dgt * refunded // price), dgt)


@given(dgt=dgt_amounts, price=prices)
def test_s17_all_of_the_money_takes_all_and_a_cent_takes_at_least_one(dgt, price):
    assert share(dgt, price, price) == dgt
    assert share(dgt, 0, price) == 0
    assert 1 <= share(dgt, 1, price) <= dgt


@given(
    dgt=dgt_amounts,
    price=prices,
    refunded=st.integers(min_value=0, max_value=2 * 10**8),
    lost=st.integers(min_value=0, max_value=2 * 10**8),
    disputed=st.integers(min_value=0, max_value=2 * 10**8),
)
def test_s20_refunds_and_disputes_together_never_take_more_than_was_credited(dgt, price, refunded, lost, disputed):
    found = target(dgt=dgt, paid=price, refunded=refunded, lost=lost, disputed=disputed)
    assert found.taken >= 0
    assert found.held >= 0
    assert found.taken + found.held <= dgt
    assert found.taken == min(-(-dgt * min(refunded + lost, price) // price), dgt)


# ── Refunds ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_s17_part_by_part_to_the_last_cent(card, alice):
    order = paid(card, alice)
    for cents, refunded in ((1, 1), (1, 2), (700, 702), (1_096, 1_798), (1, PRICE)):
        card.refund(session(order), cents)
        told(card)
        assert wallet(alice) == (DGT - -(-DGT * refunded // PRICE), 0, 0)
    assert (again(order).state, taken_of(order)) == (State.REFUNDED, DGT)
    assert drift() == []


def test_s17_the_same_refund_told_of_again_takes_nothing_more(card, alice):
    order = paid(card, alice)
    card.refund(session(order), 500)
    told(card)
    for name in ("refund.created", "charge.refunded", "refund.updated"):
        for event in card.events(name):
            card.deliver(event["id"], times=2)
            card.announce(name, event["data"]["object"])
    told(card)
    payments.sweep("stripe")
    assert wallet(alice) == (DGT - 362, 0, 0)


def test_s17_a_refund_before_the_payment_was_heard_of_credits_what_is_left(card, alice):
    order = ordered(alice)
    card.pay(session(order))
    card.refund(session(order), 500)
    told(card)
    assert (again(order).state, wallet(alice)) == (State.PARTLY_REFUNDED, (DGT - 362, 0, 0))


def test_s17_what_was_refunded_whole_before_it_was_heard_of_credits_nothing(card, alice):
    order = ordered(alice)
    card.pay(session(order))
    card.refund(session(order))
    told(card)
    assert (again(order).state, wallet(alice), again(order).credited_dgt) == (State.REFUNDED, (0, 0, 0), 0)
    assert payments.sweep("stripe") == []


@pytest.mark.parametrize("undo", ["fail_refund", "cancel_refund"])
def test_s18_a_refund_that_did_not_happen_gives_back_once(card, alice, undo):
    order = paid(card, alice)
    refund = card.refund(session(order), 500, status="pending")
    told(card)
    assert wallet(alice) == (DGT - 362, 0, 0)
    getattr(card, undo)(refund["id"])
    told(card)
    for event in card.events("refund.updated") + card.events("refund.failed"):
        card.deliver(event["id"], times=2)
    told(card)
    payments.sweep("stripe")
    assert (again(order).state, wallet(alice)) == (State.CREDITED, (DGT, 0, 0))
    assert drift() == []


def test_s18_one_of_two_refunds_fails(card, alice):
    order = paid(card, alice)
    first = card.refund(session(order), 500)
    card.refund(session(order), 300)
    told(card)
    card.fail_refund(first["id"])
    told(card)
    assert (again(order).state, wallet(alice)) == (State.PARTLY_REFUNDED, (DGT - 217, 0, 0))


# ── Disputes ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_s19_while_it_is_disputed_nothing_is_sent(card, alice, bob):
    other = paid(card, alice)
    order = paid(card, alice)
    dispute = card.dispute(session(order))
    told(card)
    assert (again(order).state, again(other).state, wallet(alice)) == (State.DISPUTED, State.CREDITED, (DGT, DGT, 0))
    with pytest.raises(PaymentDisputed):
        wallets.transfer(sender=alice, receiver=bob, amount=1, key="t", description="")
    card.close_dispute(dispute["id"], "won")
    told(card)
    assert wallet(alice) == (2 * DGT, 0, 0)
    assert not _is_stopped(alice)


@pytest.mark.parametrize(
    ("result", "state", "left"),
    [("won", State.REINSTATED, DGT), ("lost", State.LOST, 0), ("prevented", State.REINSTATED, DGT)],
)
def test_s19_however_it_ends_nothing_stays_held(card, alice, result, state, left):
    order = paid(card, alice)
    dispute = card.dispute(session(order))
    told(card)
    card.close_dispute(dispute["id"], result)
    told(card)
    assert (again(order).state, wallet(alice)) == (state, (left, 0, 0))
    assert not _is_stopped(alice)
    assert drift() == []


@pytest.mark.parametrize("result", ["warning_closed", "prevented"])
def test_s19_an_inquiry_holds_nothing_and_stops_nothing(card, alice, result):
    order = paid(card, alice)
    inquiry = card.dispute(session(order), kind="inquiry")
    told(card)
    assert (again(order).state, wallet(alice), _is_stopped(alice)) == (State.CREDITED, (DGT, 0, 0), False)
    card.close_dispute(inquiry["id"], result)
    told(card)
    assert wallet(alice) == (DGT, 0, 0)


def test_s19_an_inquiry_that_becomes_a_dispute_holds(card, alice):
    order = paid(card, alice)
    inquiry = card.dispute(session(order), kind="inquiry")
    told(card)
    card.escalate(inquiry["id"])
    told(card)
    assert (again(order).state, wallet(alice)) == (State.DISPUTED, (0, DGT, 0))


def test_s19_money_that_comes_back_after_a_lost_dispute_credits_again(card, alice):
    order = paid(card, alice)
    dispute = card.dispute(session(order))
    card.close_dispute(dispute["id"], "lost")
    told(card)
    assert wallet(alice) == (0, 0, 0)
    card.reinstate(dispute["id"])
    told(card)
    for event in card.events("charge.dispute.funds_reinstated"):
        card.deliver(event["id"], times=2)
    told(card)
    assert (again(order).state, wallet(alice)) == (State.REINSTATED, (DGT, 0, 0))


def test_s20_a_refund_in_part_and_a_dispute_about_the_rest_take_what_was_credited(card, alice):
    order = paid(card, alice)
    card.refund(session(order), 799)
    told(card)
    dispute = card.dispute(session(order), amount=1_000)
    told(card)
    balance, held, owed = wallet(alice)
    assert (balance, held, owed) == (0, DGT - 578, 0)
    card.close_dispute(dispute["id"], "lost")
    told(card)
    assert (wallet(alice), taken_of(order)) == ((0, 0, 0), DGT)
    assert drift() == []


def test_s20_a_dispute_about_all_after_a_refund_takes_no_more_than_all(card, alice):
    order = paid(card, alice)
    card.refund(session(order), 799)
    dispute = card.dispute(session(order), amount=PRICE)
    card.close_dispute(dispute["id"], "lost")
    told(card)
    assert (wallet(alice), taken_of(order)) == ((0, 0, 0), DGT)


# ── What is spent already ───────────────────────────────────────────────────────────────────────────────────────────


def test_s21_what_was_spent_becomes_a_debt_that_the_next_credit_repays(card, alice, bob):
    order = paid(card, alice)
    _spent(alice, 1_000)
    card.refund(session(order))
    told(card)
    assert wallet(alice) == (0, 0, 1_000)
    with pytest.raises(NotEnoughDGT):
        wallets.transfer(sender=alice, receiver=bob, amount=1, key="t", description="")
    with pytest.raises(NotEnoughDGT):
        _spent(alice, 1)
    give(alice, 400, key="gift")
    assert wallet(alice) == (0, 0, 600)
    paid(card, alice)
    assert wallet(alice) == (DGT - 600, 0, 0)
    assert drift() == []


def test_s21_of_a_disputed_payment_what_is_left_is_held_and_the_rest_is_owed_if_it_is_lost(card, alice):
    order = paid(card, alice)
    _spent(alice, 1_000)
    dispute = card.dispute(session(order))
    told(card)
    assert wallet(alice) == (0, DGT - 1_000, 0)
    card.close_dispute(dispute["id"], "lost")
    told(card)
    assert wallet(alice) == (0, 0, 1_000)
    card.reinstate(dispute["id"])
    told(card)
    assert wallet(alice) == (DGT - 1_000, 0, 0)
    assert drift() == []


def _spent(user, dgt: int) -> None:
    wallets.debit(user=user, amount=dgt, to="shop", key=f"spent:{dgt}", description="spent")


def _is_stopped(user) -> bool:
    return bool(UserWallet.objects.of(user).sending_is_stopped)
