"""A shelf with an unlock in every state that a card can show."""

from datetime import timedelta

from degentalk.accounts.models import User
from degentalk.core.clock import database_time
from paths.models import XpPath
from shop import services as shop
from shop.models import DgtUnlock
from tests.shop.selling import buy, unlock


def every_state(member: User) -> dict[str, DgtUnlock]:
    """By state, for a member of level 1 who has 400 DGT and then 40."""
    now, day = database_time(), timedelta(days=1)
    path = XpPath.objects.order_by("pk").first()
    DgtUnlock.objects.update(is_listed=False)
    shelf = {
        "available": unlock("avatar_frame", cost=40, name="Gold frame", rarity="epic", stock=7),
        "short": unlock(
            "name_style", cost=1_900, name="Aurora name", rarity="legendary", unlock_data={"color": "aurora"}
        ),
        "locked": unlock("badge", cost=20, name="Crown", rarity="epic", min_level=45),
        "locked_path": unlock("title", cost=20, name="Seer", required_path=path, min_path_level=5),
        "sold_out": unlock("avatar_frame", cost=25, name="Genesis frame", unlock_data={"frame": "diamond"}, stock=0),
        "owned": unlock(
            "title", cost=100, name="Chart Necromancer", rarity="rare", unlock_data={"text": "Chart Necromancer"}
        ),
        "equipped": unlock("avatar_frame", cost=100, name="Neon frame", rarity="rare", unlock_data={"frame": "neon"}),
        "sale": unlock(
            "name_style",
            cost=60,
            name="Rose name",
            unlock_data={"color": "rose"},
            sale_cost_dgt=30,
            sale_starts_at=now - day,
            sale_ends_at=now + 3 * day,
        ),
        "consumable": unlock("xp_boost", cost=40, name="Day boost"),
        "not_yet": unlock(
            "profile_theme", cost=10, name="Deep sea", unlock_data={"theme": "deep-sea"}, available_from=now + day
        ),
        "over": unlock(
            "profile_theme", cost=10, name="Paper", unlock_data={"theme": "paper"}, available_until=now - day
        ),
        "limit": unlock("streak_freeze", cost=40, name="One freeze", limit_per_member=1),
    }
    for state in ("owned", "equipped", "consumable", "consumable", "limit"):
        item = buy(member, shelf[state])
        if state == "equipped":
            shop.equip(user=member, item_id=item.pk)
    return shelf
