"""Sample unlocks for the gallery: a card in every state, buying and giving one, what somebody has."""

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from degentalk import unlocks
from degentalk.accounts.models import User
from shop.catalogue import Card, Gate
from shop.filters import Filters
from shop.forms import GiftForm, PurchaseForm
from shop.inventory import Inventory, Piece
from shop.models import DgtUnlock, DgtUnlockLog
from shop.presentation import Counter, Group, Option, Quote, ShopShown
from shop.shopper import Shopper
from wallet.models import UserWallet

SAMPLES: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
    ("available", "avatar_frame", "Laurel frame", "legendary", {"frame": "laurel"}),
    ("short", "name_style", "Aurora name", "epic", {"color": "aurora"}),
    ("locked", "badge", "Oracle", "epic", {"icon": "eye", "text": "Oracle"}),
    ("sold_out", "avatar_frame", "Genesis frame", "legendary", {"frame": "diamond"}),
    ("owned", "title", "Chart Necromancer", "rare", {"text": "Chart Necromancer"}),
    ("equipped", "avatar_frame", "Neon frame", "rare", {"frame": "neon"}),
    ("not_yet", "profile_theme", "Deep sea", "common", {"theme": "deep-sea"}),
    ("over", "profile_theme", "Paper", "common", {"theme": "paper"}),
    ("limit", "streak_freeze", "Streak freeze", "common", {}),
    ("available", "xp_boost", "Day boost", "common", {"multiplier_bps": 15_000, "hours": 24}),
)

LOOK = {
    "name_style": "aurora",
    "title": "Chart Necromancer",
    "avatar_frame": "neon",
    "badge": {"icon": "crown", "label": "Early bird"},
}
"""All that a member can wear beside their name."""


def samples(now: datetime, viewer: User) -> dict[str, object]:
    """What the gallery shows of the shop."""
    cards = [_card(number, *sample, now=now, viewer=viewer) for number, sample in enumerate(SAMPLES, 1)]
    wallet = UserWallet(user=viewer, dgt_balance=12_480)
    counter = Counter(Shopper(viewer, wallet), True, None, next_level=35, next_pays=350, next_in=646)
    shut = replace(counter, is_open=False)
    return {
        "shop_shown": ShopShown(counter, cards, Filters(rarity="epic"), _groups()),
        "shop_counter": counter,
        "shut_counter": shut,
        "quote": _quote(cards[0], counter),
        "gift_quote": _quote(cards[9], counter, is_gift=True),
        "purchase_form": PurchaseForm(initial={"price": 2_500}),
        "gift_form": GiftForm({"to": ""}, sender=viewer, auto_id="gift-%s"),
        "inventory": _inventory(cards, now, viewer),
        "no_inventory": Inventory([], [], []),
        "usable": _item(cards[9], now, viewer),
        "use_target": SimpleNamespace(label="Thread"),
        "use_choices": [
            ("1", "Gas at 3 gwei"),
            ("2", "A thread with quite a long title about wicks and what they mean"),
        ],
    }


def _card(
    number: int, state: str, kind: str, name: str, rarity: str, data: dict[str, Any], *, now: datetime, viewer: User
) -> Card:
    found = unlocks.find(kind)
    if found is None:
        raise LookupError(f"The gallery shows a type that no app registers: {kind}.")
    unlock = DgtUnlock(
        pk=number, name=name, type=kind, rarity=rarity, unlock_data=data, cost_dgt=2_500, sale_cost_dgt=2_000,
        sale_ends_at=now + timedelta(days=3), stock=0 if state == "sold_out" else 37 if number == 1 else None,
        available_from=now + timedelta(days=2), limit_per_member=2,
    )  # fmt: skip
    card = Card(
        unlock, found, state, price=2_500, was=None, gap=5_519 if state == "short" else 0,
        gate=Gate(34, 45) if state == "locked" else None, count=2 if number == 10 else 0, item=None, left=None,
        is_for_sale=state in {"available", "short", "locked"},
    )  # fmt: skip
    if number == 1:
        card = replace(card, price=2_000, was=2_500)
    return replace(card, item=_item(card, now, viewer))


def _item(card: Card, now: datetime, viewer: User) -> DgtUnlockLog:
    return DgtUnlockLog(
        pk=card.unlock.pk, user=viewer, unlock=card.unlock, kind="purchase", dgt_spent=2_500, acquired_at=now,
        payer=viewer, name=card.unlock.name, type=card.unlock.type, unlock_data=card.unlock.unlock_data,
        equipped_slot="avatar_frame" if card.state == "equipped" else None,
    )  # fmt: skip


def _groups() -> list[Group]:
    kinds = [Option("type-frame", "Avatar frame", 4, "#main", False), Option("type-badge", "Badge", 12, "#main", False)]
    return [Group("Type", kinds), Group("Rarity", [Option("rarity-epic", "Epic", 2, "#main", True)])]


def _quote(card: Card, counter: Counter, *, is_gift: bool = False) -> Quote:
    return Quote(card, counter, is_gift, refund_days=14)


def _inventory(cards: list[Card], now: datetime, viewer: User) -> Inventory:
    pieces = [
        Piece(_item(card, now, viewer), card.kind, count) for card, count in zip(cards, (1,) * 9 + (3,), strict=True)
    ]
    pieces[4].item.kind, pieces[4].item.note = DgtUnlockLog.Kind.GIFT, "For the chart that aged well"
    used = _item(cards[9], now, viewer)
    used.state, used.used_at, used.used_for = DgtUnlockLog.State.USED, now, "Your boost runs: ×1.5 on all XP."
    return Inventory([pieces[5], pieces[4]], [pieces[9], pieces[8]], [used])
