"""What the demo's shop sells besides what every new site starts with."""

from datetime import datetime, timedelta
from typing import Any, Final

from shop.models import DgtUnlock

UNLOCKS: Final[tuple[dict[str, Any], ...]] = (
    {"name": "Amber name", "type": "name_style", "rarity": "common", "cost_dgt": 70, "unlock_data": {"color": "amber"}},
    {"name": "Aqua name", "type": "name_style", "rarity": "common", "cost_dgt": 70, "unlock_data": {"color": "aqua"}},
    {
        "name": "Violet name",
        "type": "name_style",
        "rarity": "rare",
        "cost_dgt": 220,
        "unlock_data": {"color": "violet"},
    },
    {"name": "Rose name", "type": "name_style", "rarity": "rare", "cost_dgt": 220, "unlock_data": {"color": "rose"}},
    {
        "name": "Sunset name",
        "type": "name_style",
        "rarity": "epic",
        "cost_dgt": 800,
        "unlock_data": {"color": "sunset"},
    },
    {
        "name": "Golden name",
        "type": "name_style",
        "rarity": "legendary",
        "cost_dgt": 2_200,
        "min_level": 30,
        "unlock_data": {"color": "gold"},
    },
    {"name": "Night owl", "type": "title", "rarity": "common", "cost_dgt": 60, "unlock_data": {"text": "Night owl"}},
    {
        "name": "Gas optimiser",
        "type": "title",
        "rarity": "rare",
        "cost_dgt": 260,
        "unlock_data": {"text": "Gas optimiser"},
    },
    {
        "name": "Genesis holder",
        "type": "title",
        "rarity": "epic",
        "cost_dgt": 950,
        "stock": 0,
        "unlock_data": {"text": "Genesis holder"},
    },
    {
        "name": "Silver frame",
        "type": "avatar_frame",
        "rarity": "common",
        "cost_dgt": 150,
        "unlock_data": {"frame": "silver"},
    },
    {
        "name": "Golden frame",
        "type": "avatar_frame",
        "rarity": "rare",
        "cost_dgt": 450,
        "unlock_data": {"frame": "gold"},
    },
    {
        "name": "Neon frame",
        "type": "avatar_frame",
        "rarity": "epic",
        "cost_dgt": 1_000,
        "unlock_data": {"frame": "neon"},
    },
    {
        "name": "Diamond frame",
        "type": "avatar_frame",
        "rarity": "legendary",
        "cost_dgt": 3_000,
        "min_level": 45,
        "stock": 25,
        "unlock_data": {"frame": "diamond"},
    },
    {
        "name": "Deep sea",
        "type": "profile_theme",
        "rarity": "rare",
        "cost_dgt": 320,
        "unlock_data": {"theme": "deep-sea"},
    },
    {"name": "Sunset", "type": "profile_theme", "rarity": "rare", "cost_dgt": 320, "unlock_data": {"theme": "sunset"}},
    {"name": "Paper", "type": "profile_theme", "rarity": "common", "cost_dgt": 110, "unlock_data": {"theme": "paper"}},
    {
        "name": "Survivor",
        "type": "badge",
        "rarity": "rare",
        "cost_dgt": 280,
        "unlock_data": {"icon": "skull", "text": "Bear market survivor"},
    },
    {
        "name": "Crown",
        "type": "badge",
        "rarity": "epic",
        "cost_dgt": 1_200,
        "is_giftable": False,
        "unlock_data": {"icon": "crown", "text": "Crowned"},
    },
    {
        "name": "Week boost",
        "type": "xp_boost",
        "rarity": "epic",
        "cost_dgt": 700,
        "position": 50,
        "unlock_data": {"multiplier_bps": 15_000, "hours": 168},
    },
    {
        "name": "Power hour",
        "type": "xp_boost",
        "rarity": "rare",
        "cost_dgt": 80,
        "position": 50,
        "limit_per_member": 10,
        "unlock_data": {"multiplier_bps": 30_000, "hours": 1},
    },
    {
        "name": "Headline",
        "type": "thread_highlight",
        "rarity": "epic",
        "cost_dgt": 500,
        "position": 50,
        "unlock_data": {"hours": 72},
    },
)
"""With those of shop/defaults.py 33, of every type and rarity."""

ON_SALE: Final = {"Golden frame": 360, "Week boost": 490}
"""Prices of the sale that is on."""
COMING: Final = "Paper"
"""Sold from next week on."""


def fill(now: datetime) -> None:
    """Put everything on the shelves; some is on sale, and one thing is announced."""
    DgtUnlock.objects.bulk_create(DgtUnlock(**unlock) for unlock in UNLOCKS)
    for name, price in ON_SALE.items():
        DgtUnlock.objects.filter(name=name).update(
            sale_cost_dgt=price, sale_starts_at=now - timedelta(days=1), sale_ends_at=now + timedelta(days=6)
        )
    DgtUnlock.objects.filter(name=COMING).update(available_from=now + timedelta(days=7))
