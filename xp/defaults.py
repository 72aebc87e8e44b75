"""What a new site starts with: actions, the curve of 100 levels in eight tiers, and the rewards."""

from typing import Final

LEVELS: Final = 100

ACTIONS: Final = (
    # name, label, base XP, cooldown in seconds, description
    ("thread_created", "Thread started", 20, 60, "Starting a thread."),
    ("post_created", "Reply written", 10, 15, "Replying in a thread."),
    ("like_received", "Like received", 4, 0, "Somebody else likes a post of yours."),
    ("tip_given", "Tip given", 5, 0, "Tipping DGT for somebody else's post."),
    ("tip_received", "Tip received", 5, 0, "Somebody else tips a post of yours."),
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
