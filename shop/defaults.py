"""What a new site's shop starts with. Prices are whole DGT; reaching level L pays 10 × L, and more at a new tier."""

from typing import Any, Final

UNLOCKS: Final[tuple[dict[str, Any], ...]] = (
    {
        "name": "Lime name", "type": "name_style", "rarity": "common", "cost_dgt": 60,
        "unlock_data": {"color": "lime"}, "description": "The colour of XP.",
    },
    {
        "name": "Aurora name", "type": "name_style", "rarity": "epic", "cost_dgt": 900, "min_level": 15,
        "unlock_data": {"color": "aurora"}, "description": "Northern lights over every post.",
    },
    {
        "name": "Diamond hands", "type": "title", "rarity": "rare", "cost_dgt": 250,
        "unlock_data": {"text": "Diamond hands"}, "description": "Never sold.",
    },
    {
        "name": "Bronze frame", "type": "avatar_frame", "rarity": "common", "cost_dgt": 80,
        "unlock_data": {"frame": "bronze"}, "description": "A first frame.",
    },
    {
        "name": "Laurel frame", "type": "avatar_frame", "rarity": "legendary", "cost_dgt": 2_500, "min_level": 30,
        "stock": 100, "unlock_data": {"frame": "laurel"}, "description": "A hundred of them, for ever.",
    },
    {
        "name": "Terminal", "type": "profile_theme", "rarity": "rare", "cost_dgt": 300,
        "unlock_data": {"theme": "terminal"}, "description": "Green on black, as it was in the beginning.",
    },
    {
        "name": "Early bird", "type": "badge", "rarity": "common", "cost_dgt": 50,
        "unlock_data": {"icon": "rocket", "text": "Early bird"}, "description": "Here before it was cool.",
    },
    {
        "name": "Oracle", "type": "badge", "rarity": "legendary", "cost_dgt": 1_800, "required_path_id": "analyst",
        "min_path_level": 5, "unlock_data": {"icon": "eye", "text": "Oracle"},
        "description": "For analysts who saw it coming.",
    },
    {
        "name": "Day boost", "type": "xp_boost", "rarity": "common", "cost_dgt": 120, "position": 50,
        "unlock_data": {"multiplier_bps": 15_000, "hours": 24}, "description": "A day that counts half as much again.",
    },
    {
        "name": "Streak freeze", "type": "streak_freeze", "rarity": "common", "cost_dgt": 90, "position": 50,
        "limit_per_member": 24, "unlock_data": {}, "description": "For the day you forget.",
    },
    {
        "name": "Path switch", "type": "path_switch", "rarity": "rare", "cost_dgt": 400, "position": 50,
        "unlock_data": {}, "description": "Change your mind today.",
    },
    {
        "name": "Spotlight", "type": "thread_highlight", "rarity": "rare", "cost_dgt": 200, "position": 50,
        "unlock_data": {"hours": 24}, "description": "A day in a better light for one of your threads.",
    },
)  # fmt: skip
"""Fields of DgtUnlock."""
