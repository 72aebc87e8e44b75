"""S17, S19, S20: the arithmetic of what is taken and held, for any amounts. Exact, against fractions."""

from fractions import Fraction
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from payments.rules import Target, target

dgt = st.integers(1, 2 * 10**9)
cents = st.integers(0, 10**8)
paid = st.integers(1, 10**8)
parts = st.lists(st.integers(1, 10**6), min_size=1, max_size=8)


def taken_for(dgt, paid, refunded):
    found = target(dgt=dgt, paid=paid, refunded=refunded, lost=0, disputed=0)
    assert found.held == 0
    return found.taken


@given(dgt, paid, cents)
def test_s17_a_refund_takes_its_share_rounded_up(dgt, paid, refunded):
    assert taken_for(dgt, paid, refunded) == min(dgt, ceil(Fraction(dgt * refunded, paid)))


@given(dgt, paid)
def test_s17_nothing_takes_nothing_and_all_takes_all(dgt, paid):
    assert (taken_for(dgt, paid, 0), taken_for(dgt, paid, paid)) == (0, dgt)


@given(dgt, parts, st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_s17_in_whatever_parts_and_order_it_goes_back_the_sum_is_the_same(dgt, parts, rest, dice):
    """Each step takes what is due less what was taken: the steps are never below zero and add up to the whole."""
    paid, taken, refunded = sum(parts) + rest, 0, 0
    for part in dice.sample(parts, len(parts)):
        refunded += part
        for _told_twice in range(2):
            more = taken_for(dgt, paid, refunded) - taken
            assert more >= 0
            taken += more
    assert taken == ceil(Fraction(dgt * sum(parts), paid))


@given(dgt, paid, cents, cents, cents)
def test_s20_however_refunds_and_disputes_overlap_no_more_than_all_is_taken_and_held(
    dgt, paid, refunded, lost, disputed
):
    found = target(dgt=dgt, paid=paid, refunded=refunded, lost=lost, disputed=disputed)
    assert min(found.taken, found.held) >= 0
    assert found.taken + found.held <= dgt
    assert found.taken == taken_for(dgt, paid, refunded + lost)
    assert found.taken + found.held == taken_for(dgt, paid, refunded + lost + disputed)


@given(dgt, paid, cents, cents)
def test_s19_lost_takes_what_was_held_and_won_holds_nothing(dgt, paid, refunded, disputed):
    during = target(dgt=dgt, paid=paid, refunded=refunded, lost=0, disputed=disputed)
    lost = target(dgt=dgt, paid=paid, refunded=refunded, lost=disputed, disputed=0)
    won = target(dgt=dgt, paid=paid, refunded=refunded, lost=0, disputed=0)
    assert lost == Target(during.taken + during.held, 0)
    assert won == Target(during.taken, 0)


@given(dgt, cents, cents, cents)
def test_s20_where_nothing_was_paid_nothing_is_taken(dgt, refunded, lost, disputed):
    assert target(dgt=dgt, paid=0, refunded=refunded, lost=lost, disputed=disputed) == Target(0, 0)
