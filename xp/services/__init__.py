"""The verbs of XP."""

from xp.services.adjust import adjust
from xp.services.award import Gain, award
from xp.services.boosts import grant_boost
from xp.services.events import Joined, join_event
from xp.services.freezes import give_streak_freeze, grant_streak_freeze
from xp.services.gifts import give_boost
from xp.services.rewards import pay_pending_rewards
from xp.services.standing import curve, standing_of
from xp.services.tips import TipGains, award_tip
from xp.services.undo import Undone, lock_members, restore, reverse
from xp.services.visits import Visit, follow_time_zone, visit

__all__ = [
    "Gain",
    "Joined",
    "TipGains",
    "Undone",
    "Visit",
    "adjust",
    "award",
    "award_tip",
    "curve",
    "follow_time_zone",
    "give_boost",
    "give_streak_freeze",
    "grant_boost",
    "grant_streak_freeze",
    "join_event",
    "lock_members",
    "pay_pending_rewards",
    "restore",
    "reverse",
    "standing_of",
    "visit",
]
