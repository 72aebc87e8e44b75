"""The verbs of XP."""

from xp.services.adjust import adjust
from xp.services.approvals import adjust_approved, adjusted, ask_to_adjust
from xp.services.award import Gain, award
from xp.services.boards import build_board_buckets, forget_periods
from xp.services.boosts import grant_boost
from xp.services.curve_changes import Foresight, change_curve, foresee, recompute_levels
from xp.services.events import Joined, join_event
from xp.services.forecast import Forecast, forecast
from xp.services.freezes import give_streak_freeze, grant_streak_freeze
from xp.services.gifts import give_boost
from xp.services.outside import award_from_outside, trigger
from xp.services.retention import forget_refusals
from xp.services.rewards import pay_pending_rewards
from xp.services.standing import curve, standing_of
from xp.services.tips import TipGains, award_tip, take_back_tip
from xp.services.undo import Undone, lock_members, restore, reverse
from xp.services.visits import Visit, follow_time_zone, streak_from_days, visit

__all__ = [
    "Forecast",
    "Foresight",
    "Gain",
    "Joined",
    "TipGains",
    "Undone",
    "Visit",
    "adjust",
    "adjust_approved",
    "adjusted",
    "ask_to_adjust",
    "award",
    "award_from_outside",
    "award_tip",
    "build_board_buckets",
    "change_curve",
    "curve",
    "follow_time_zone",
    "forecast",
    "foresee",
    "forget_periods",
    "forget_refusals",
    "give_boost",
    "give_streak_freeze",
    "grant_boost",
    "grant_streak_freeze",
    "join_event",
    "lock_members",
    "pay_pending_rewards",
    "recompute_levels",
    "restore",
    "reverse",
    "standing_of",
    "streak_from_days",
    "take_back_tip",
    "trigger",
    "visit",
]
