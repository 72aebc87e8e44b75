"""What a new site starts with: actions, the curve of 100 levels in eight tiers, and the rewards."""

from typing import Final

LEVELS: Final = 100

ACTIONS: Final = (
    # name, label, base XP, cooldown in seconds, description
    ("thread_created", "Thread started", 20, 60, "Starting a thread."),
    ("post_created", "Reply written", 10, 15, "Replying in a thread."),
    ("like_received", "Like received", 4, 0, "Somebody else likes a post of yours."),
    ("tip_given", "Tip given", 1, 0, "Tipping DGT for somebody else's post."),
    ("tip_received", "Tip received", 1, 0, "Somebody else tips a post of yours."),
    (
        "daily_login",
        "Daily visit",
        10,
        0,
        "The first visit of a day in your time zone.",
    ),
    ("profile_completed", "Profile completed", 50, 0, "Filling in your profile, once."),
    ("streak_maintained", "Streak kept", 25, 0, "Visiting on several days in a row."),
    (
        "special_event",
        "Special event",
        100,
        0,
        "Taking part in an event that staff announced.",
    ),
)

LIMITS: Final[dict[str, dict[str, int | bool]]] = {
    # What actions start with besides the columns above; see XpAction for the units.
    "thread_created": {"daily_cap_xp": 400, "weekly_cap_xp": 1_600},
    "post_created": {"daily_cap_xp": 1_000, "weekly_cap_xp": 4_000},
    "like_received": {
        "daily_cap_xp": 200,
        "weekly_cap_xp": 1_000,
        "pair_daily_cap_xp": 20,
        "min_account_age_hours": 24,
        "needs_verified_email": True,
    },
    "tip_given": {
        "daily_cap_xp": 50,
        "pair_daily_cap_xp": 25,
        "amount_step": 5,
        "half_after": 50,
        "min_account_age_hours": 24,
    },
    "tip_received": {
        "daily_cap_xp": 100,
        "pair_daily_cap_xp": 25,
        "amount_step": 5,
        "half_after": 50,
        "min_account_age_hours": 24,
    },
}

MILESTONES: Final = ((3, 15), (7, 40), (14, 80), (30, 200), (60, 400), (100, 800), (200, 1_500), (365, 4_000))
"""Days in a row, and the XP of getting there."""

TIERS: Final = (
    # first level, silhouette, rank name, colour
    (1, "lurker", "Lurker", "#8f8f9e"),
    (5, "shrimp", "Shrimp", "#dd7f86"),
    (10, "crab", "Crab", "#c67c4e"),
    (20, "octopus", "Octopus", "#b07ad9"),
    (30, "dolphin", "Dolphin", "#4fb6c6"),
    (45, "shark", "Shark", "#5b86dd"),
    (60, "whale", "Whale", "#e3b84f"),
    (80, "leviathan", "Leviathan", "#bdf043"),
)


def xp_required(level: int) -> int:
    """XP for a level: each level needs 50 XP more than the one before did, so 25 × (level − 1) × level."""
    return 25 * (level - 1) * level


def tier_of(level: int) -> tuple[int, str, str, str]:
    """The tier that a level belongs to."""
    return max(tier for tier in TIERS if tier[0] <= level)


def reward_dgt(level: int) -> int:
    """DGT for reaching a level: ten times the level, and five times that at the first level of a tier."""
    return 10 * level * (5 if tier_of(level)[0] == level else 1)
