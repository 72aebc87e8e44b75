"""U13, U8: what the core does with a part, a surplus and a loss, told as bare facts; the limit of one person holds."""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from degentalk.approvals.models import Approval
from payments import services as payments
from payments.models import Review
from payments.rules import extra
from payments.services.looking import _take_ticket, record
from payments.states import Facts, Notice, State
from tests.payments.buying import TRADER, wallet
from tests.payments.usdt.buying import again, opened, ordered
from tests.wallet.test_staff import economist
from wallet.models import WalletPolicy

DGT = TRADER[2]


@pytest.fixture
def order(usdt, alice):
    opened()
    return ordered(alice)


def says(order, **facts):
    """The provider says so, and the ledger follows."""
    record(order, Facts("0x1", currency="usdt", **facts), ticket=_take_ticket(order), because="told")
    payments.settle(order, because="told")
    return again(order)


def too_much(order, times: int):
    """Paid, and `times` the price above it; its review."""
    notice = Notice(Review.Reason.SURPLUS, f"once {times}", amount=order.price * times)
    says(order, paid=order.price, surplus=order.price * times, notices=(notice,))
    return Review.objects.get(reference=f"once {times}")


@given(st.integers(1, 10**9), st.integers(1, 10**12), st.integers(0, 10**13))
def test_u13_a_surplus_is_worth_its_rate_rounded_down(dgt, price, surplus):
    assert extra(dgt=dgt, price=price, surplus=surplus) == floor(Fraction(dgt * surplus, price))


def test_u13_a_part_waits_also_after_the_end_and_the_rest_credits(order, alice):
    assert says(order, closed="expired").state == State.EXPIRED
    assert (says(order, part=1).state, wallet(alice)) == (State.UNDERPAID, (0, 0, 0))
    assert (says(order, paid=order.price).state, wallet(alice)) == (State.CREDITED, (DGT, 0, 0))
    assert list(payments.books("usdt")) == []


def test_w10_u13_a_surplus_above_the_limit_of_one_person_takes_two(order, alice):
    WalletPolicy.objects.update(approval_above_dgt=DGT)
    review = too_much(order, 10)
    payments.decide_or_ask(review=review, decision="credit", actor=economist("mallory"), note="It came", key="1")
    assert (wallet(alice), Approval.objects.get().is_pending) == ((DGT, 0, 0), True)
    assert f"{10 * DGT:,} DGT" in Approval.objects.get().summary


def test_u13_u8_a_surplus_that_was_credited_is_taken_back_with_its_payment(order, alice):
    review = too_much(order, 1)
    payments.decide_or_ask(review=review, decision="credit", actor=economist("mallory"), note="It came", key="1")
    assert wallet(alice) == (2 * DGT, 0, 0)
    gone = says(order, paid=order.price, surplus=order.price, lost=order.price)
    assert (gone.state, wallet(alice), list(payments.books("usdt"))) == (State.LOST, (0, 0, 0), [])


def test_w10_u13_what_comes_after_staff_decided_is_decided_anew(order, alice):
    review = too_much(order, 1)
    payments.decide_or_ask(review=review, decision="credit", actor=economist("mallory"), note="It came", key="1")
    more = too_much(order, 3)
    assert (wallet(alice), payments.may_credit(more)) == ((2 * DGT, 0, 0), True)
    payments.decide_or_ask(review=more, decision="credit", actor=economist("eve"), note="It came", key="2")
    assert (wallet(alice), list(payments.books("usdt"))) == ((4 * DGT, 0, 0), [])
