"""What the shop shows: every unlock as it stands for one member, in a fixed number of queries."""

import json
import logging
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from rest_framework.exceptions import ValidationError

from degentalk import unlocks
from degentalk.accounts.models import User
from degentalk.core.clock import database_time
from degentalk.unlocks import UnlockData, Wearable
from shop.filters import Filters
from shop.models import DgtUnlock, DgtUnlockLog
from shop.shopper import Shopper

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Gate:
    """What has to be reached first, and how far the member is."""

    level: int
    needed: int
    path: str = ""
    """The path's name, where it is a level of a path."""

    @property
    def to_go(self) -> int:
        return self.needed - self.level


@dataclass(frozen=True)
class Card:
    """An unlock as it stands for a member, or for a visitor."""

    unlock: DgtUnlock
    kind: unlocks.UnlockType
    state: str
    """available, short, locked, sold_out, not_yet, over, limit, owned or equipped."""
    price: int
    was: int | None
    """The price without the sale that is on."""
    gap: int
    """DGT that the member lacks."""
    gate: Gate | None
    count: int
    """Pieces that the member has and has not used."""
    item: DgtUnlockLog | None
    """One of them; of things to wear the one there is."""
    left: int | None
    """How many more one member may have; None without a limit."""
    is_for_sale: bool
    """Whether anybody can buy one now."""

    @property
    def is_consumable(self) -> bool:
        return not isinstance(self.kind, Wearable)

    @property
    def says(self) -> str:
        """What it does, in one sentence."""
        return self.kind.says(self.unlock.unlock_data)

    @property
    def look(self) -> dict[str, object]:
        """What whoever wears it would look like in its slot; empty for what is not worn."""
        return {self.kind.slot: self.kind.look(self.unlock.unlock_data)} if isinstance(self.kind, Wearable) else {}

    @property
    def percent_off(self) -> int:
        """How much cheaper the sale makes it, in whole percent; 0 without one."""
        return (self.was - self.price) * 100 // self.was if self.was else 0

    @property
    def can_be_given(self) -> bool:
        """Whether it could be bought for somebody else, whatever the giver has and has reached."""
        return self.unlock.is_giftable and self.is_for_sale

    @property
    def can_be_bought(self) -> bool:
        return self.state == "available"


def cards(user: User | None, filters: Filters) -> list[Card]:
    """The shop as the filters ask for it, in its order. As many queries however many unlocks."""
    shopper = Shopper.of(user)
    return [card for card in shelf(shopper) if is_asked_for(card, filters, shopper)]


def shelf(shopper: Shopper) -> list[Card]:
    """All that the shop shows, in its order. Two queries."""
    now = database_time()
    shown = (card_of(row, shopper, now) for row in DgtUnlock.objects.listed())
    return [card for card in shown if card is not None]


def card_of(unlock: DgtUnlock, shopper: Shopper, moment: datetime) -> Card | None:
    """An unlock as it stands for a member at that moment; None where no app knows its type, or its data, any more."""
    kind = unlock.kind
    if kind is None or not _is_known(kind.data, json.dumps(unlock.unlock_data, sort_keys=True)):
        return None
    price = unlock.price_at(moment)
    kept = shopper.kept.get(unlock.pk, [])
    left = None if unlock.limit_per_member is None else max(unlock.limit_per_member - shopper.ever[unlock.pk], 0)
    gate = _gate(unlock, shopper)
    return Card(
        unlock=unlock,
        kind=kind,
        state=_state(unlock, kind, kept, left, gate, shopper, moment),
        price=price,
        was=unlock.cost_dgt if price != unlock.cost_dgt else None,
        gap=max(price - shopper.balance, 0),
        gate=gate,
        count=len(kept),
        item=kept[0] if kept else None,
        left=left,
        is_for_sale=_when(unlock, moment) == "" and unlock.stock != 0,
    )


@lru_cache(maxsize=1_000)
def _is_known(data: type[UnlockData], written: str) -> bool:
    """Whether a type can still show what was written for it: a choice that it had may be gone."""
    try:
        data.checked(json.loads(written))
    except ValidationError:
        logger.warning("shop: %s has no use for %s: it is left out", data.__name__, written)
        return False
    return True


def _state(
    unlock: DgtUnlock,
    kind: unlocks.UnlockType,
    kept: list[DgtUnlockLog],
    left: int | None,
    gate: Gate | None,
    shopper: Shopper,
    moment: datetime,
) -> str:
    if kept and isinstance(kind, Wearable):
        return "equipped" if kept[0].equipped_slot else "owned"
    if when := _when(unlock, moment):
        return when
    if unlock.stock == 0:
        return "sold_out"
    if left == 0:
        return "limit"
    if gate is not None and shopper.user is not None:
        return "locked"
    if shopper.user is not None and unlock.price_at(moment) > shopper.balance:
        return "short"
    return "available"


def _when(unlock: DgtUnlock, moment: datetime) -> str:
    """not_yet or over; empty while it is available."""
    if unlock.available_from is not None and moment < unlock.available_from:
        return "not_yet"
    return "over" if unlock.available_until is not None and moment >= unlock.available_until else ""


def _gate(unlock: DgtUnlock, shopper: Shopper) -> Gate | None:
    if shopper.level < unlock.min_level:
        return Gate(shopper.level, unlock.min_level)
    if unlock.required_path_id is not None:
        level = shopper.path_levels.get(unlock.required_path_id, 0)
        if level < unlock.min_path_level:
            return Gate(level, unlock.min_path_level, str(unlock.required_path))
    return None


def is_asked_for(card: Card, filters: Filters, shopper: Shopper) -> bool:
    """Whether a card is one of those that the filters ask for."""
    if filters.type not in {"", card.unlock.type} or filters.rarity not in {"", card.unlock.rarity}:
        return False
    if shopper.user is None:
        return True
    if filters.affordable is not None and filters.affordable != (card.gap == 0):
        return False
    return filters.owned is None or filters.owned == bool(card.count)
