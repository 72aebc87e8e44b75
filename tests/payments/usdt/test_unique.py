"""Where all orders are paid to one address, the amount says whose payment it is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments.providers.usdt.amounts import to_base
from payments.providers.usdt.unique import TAILS, NoFreeAmount, choose, tail_of

cents = st.integers(1, 10**7)
decimals = st.sampled_from([6, 8, 18])
ALL = frozenset(TAILS)


@given(cents, decimals, st.frozensets(st.sampled_from(range(1, 50))))
@settings(max_examples=30)
def test_an_amount_is_less_than_a_cent_above_the_price_with_a_tail_that_is_free(price, places, taken):
    base = to_base(price * 10_000, places)
    amount = choose(base, places, taken)
    assert base < amount < base + to_base(10_000, places)
    assert tail_of(amount, places) in ALL - taken
    assert amount == base + to_base(tail_of(amount, places), places)


@pytest.mark.parametrize("last", [1, 5000, 9999])
def test_the_last_free_tail_is_found(last):
    assert choose(19_990_000, 6, ALL - {last}) == 19_990_000 + last


def test_nothing_is_free_once_all_tails_are_taken():
    with pytest.raises(NoFreeAmount):
        choose(19_990_000, 6, ALL)


def test_orders_one_after_the_other_never_share_an_amount():
    taken: set[int] = set()
    for _ in range(60):
        taken.add(tail_of(choose(19_990_000, 6, taken), 6))
    assert len(taken) == 60


def test_an_amount_says_nothing_about_how_many_orders_there_are():
    assert len({choose(19_990_000, 6, ()) for _ in range(20)}) > 10  # by chance once in more than 10^30


@pytest.mark.parametrize(("price", "places"), [(19_990_001, 6), (19_990_000 * 10**12 + 1, 18)])
def test_a_price_with_a_tail_of_its_own_is_refused(price, places):
    with pytest.raises(ValueError, match="whole cents"):
        choose(price, places, ())
