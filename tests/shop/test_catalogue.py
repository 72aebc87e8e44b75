"""What the shop shows: every unlock in its state for one member, in a fixed number of queries."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from paths import services as paths
from shop import services as shop
from shop.catalogue import cards
from shop.filters import Filters, UnknownFilter
from shop.models import DgtUnlock
from tests import make
from tests.shop.selling import buy, rich, unlock
from tests.shop.states import every_state

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MOMENTS = st.integers(-5, 25).map(lambda tick: NOON + timedelta(microseconds=tick))


def shown(user, **asked):
    return {card.unlock.name: card for card in cards(user, Filters.of(asked))}


def queries(user):
    with CaptureQueriesContext(connection) as captured:
        cards(user, Filters())
    return len(captured)


def test_a_card_says_how_its_unlock_stands_for_the_member(db):
    alice = rich(dgt=400)
    shelf = every_state(alice)
    seen = shown(alice)
    states = {name: seen[row.name].state for name, row in shelf.items()}
    assert states == {
        "available": "available", "short": "short", "locked": "locked", "locked_path": "locked",
        "sold_out": "sold_out", "owned": "owned", "equipped": "equipped", "sale": "available",
        "consumable": "available", "not_yet": "not_yet", "over": "over", "limit": "limit",
    }  # fmt: skip
    assert (seen["Aurora name"].gap, seen["Day boost"].count, seen["One freeze"].left) == (1_820, 2, 0)
    assert (seen["Rose name"].price, seen["Rose name"].was) == (30, 60)
    assert (seen["Crown"].gate.level, seen["Crown"].gate.needed, seen["Crown"].gate.path) == (1, 45, "")
    assert (seen["Seer"].gate.level, seen["Seer"].gate.needed) == (0, 5)


def test_the_limit_counts_what_was_used_and_not_what_was_refunded(db):
    alice, otto = rich(dgt=1_000), make.user("otto", is_staff=True, is_superuser=True)
    row = unlock("xp_boost", limit_per_member=2, name="Boost")
    used, back = buy(alice, row), buy(alice, row)
    shop.use(user=alice, item_id=used.pk)
    shop.refund(item=back, actor=otto, reason="By mistake")
    card = shown(alice)["Boost"]
    assert (card.left, card.count, card.state) == (1, 0, "available")


def test_what_was_delivered_and_used_up_elsewhere_is_not_had_any_more(db):
    alice = rich(dgt=1_000)
    row = unlock("path_switch", name="Switch")
    buy(alice, row), buy(alice, row)
    paths.choose_primary(user=alice, path_id="analyst")
    assert shown(alice)["Switch"].count == 2
    paths.choose_primary(user=alice, path_id="explorer", use_token=True)
    assert shown(alice)["Switch"].count == 1


def test_filters_are_exact_and_together(db):
    alice = rich(dgt=400)
    every_state(alice)
    assert set(shown(alice, type="avatar_frame")) == {"Gold frame", "Genesis frame", "Neon frame"}
    assert set(shown(alice, type="avatar_frame", owned="1")) == {"Neon frame"}
    assert set(shown(alice, rarity="epic", affordable="1")) == {"Gold frame", "Crown"}
    assert set(shown(alice, affordable="0")) == {"Aurora name", "Chart Necromancer", "Neon frame"}
    assert shown(alice, type="", rarity="", affordable="", owned="").keys() == shown(alice).keys()
    assert len(shown(AnonymousUser(), owned="1", affordable="0")) == 12


@pytest.mark.parametrize("asked", [{"type": "x"}, {"rarity": "x"}, {"owned": "true"}, {"affordable": "-1"}])
def test_a_filter_that_does_not_exist_is_refused(asked):
    with pytest.raises(UnknownFilter):
        Filters.of(asked)


def test_it_takes_as_many_queries_however_much_is_for_sale_and_owned(db):
    alice = rich(dgt=10_000)
    for kind in ("streak_freeze", "path_switch", "title", "xp_boost"):
        buy(alice, unlock(kind))
    few = queries(alice)
    for number in range(20):
        kind = ("streak_freeze", "path_switch", "title", "xp_boost")[number % 4]
        buy(alice, unlock(kind, name=f"More {number}"))
    assert queries(alice) == few


@given(starts=MOMENTS, ends=MOMENTS, moment=MOMENTS, cost=st.integers(2, 10**12), off=st.integers(1, 10**12))
def test_the_sale_price_counts_from_its_first_microsecond_to_before_its_last(starts, ends, moment, cost, off):
    sale = max(1, cost - off)
    row = DgtUnlock(cost_dgt=cost, sale_cost_dgt=sale, sale_starts_at=starts, sale_ends_at=ends)
    assert row.price_at(moment) == (sale if starts <= moment < ends else cost)
    assert DgtUnlock(cost_dgt=cost).price_at(moment) == cost
