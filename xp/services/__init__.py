"""The verbs of XP."""

from xp.services.adjust import adjust
from xp.services.award import Gain, award
from xp.services.boosts import grant_boost
from xp.services.rewards import pay_pending_rewards
from xp.services.standing import curve, standing_of
from xp.services.undo import Undone, lock_members, restore, reverse

__all__ = [
    "Gain",
    "Undone",
    "adjust",
    "award",
    "curve",
    "grant_boost",
    "lock_members",
    "pay_pending_rewards",
    "restore",
    "reverse",
    "standing_of",
]
