"""What a new site's shop starts with: something of every type and rarity, all of it valid."""

import pytest

from degentalk import unlocks
from shop.catalogue import cards
from shop.filters import Filters
from shop.models import DgtUnlock, Rarity
from tests.shop.selling import rich

pytestmark = pytest.mark.django_db


def test_there_are_twelve_of_all_types_and_rarities():
    rows = list(DgtUnlock.objects.all())
    assert len(rows) == 12
    assert {row.type for row in rows} == {kind.name for kind in unlocks.types()}
    assert {row.rarity for row in rows} == set(Rarity.values)


def test_their_data_are_what_their_types_ask_for():
    for row in DgtUnlock.objects.all():
        assert row.kind.data.checked(row.unlock_data) == row.unlock_data
        assert row.kind.says(row.unlock_data)


def test_a_member_sees_all_of_them():
    assert len(cards(rich(), Filters())) == 12
