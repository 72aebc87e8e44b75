"""The verbs of XP."""

from xp.services.adjust import adjust
from xp.services.award import Gain, award
from xp.services.boosts import grant_boost
from xp.services.events import Joined, join_event
from xp.services.gifts import give_boost
from xp.services.rewards import pay_pending_rewards
from xp.services.standing import curve, standing_of
from xp.services.tips import TipGains, award_tip
from xp.services.undo import Undone, lock_members, restore, reverse

__all__ = [
    "Gain",
    "Joined",
    "TipGains",
    "Undone",
    "adjust",
    "award",
    "award_tip",
    "curve",
    "give_boost",
    "grant_boost",
    "join_event",
    "lock_members",
    "pay_pending_rewards",
    "restore",
    "reverse",
    "standing_of",
]
