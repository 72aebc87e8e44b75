"""Points, levels, rewards, streaks, events. XP and its log are written by the SQL doors, never by Django."""

from xp.models.actions import XpAction
from xp.models.levels import LevelDgtReward, LevelDgtRewardLog, Tier, XpCurveChange, XpLevel
from xp.models.log import APPROVER, XpLog, XpRefusal, XpWithholding
from xp.models.occasions import MULTIPLIER_MAX_BPS, EventParticipation, SpecialEvent, TipFlow, XpBoost
from xp.models.policy import XpPolicy
from xp.models.standing import (
    Period,
    TotalsQuerySet,
    UserXp,
    UserXpSummary,
    XpBoardBucket,
    XpLeaderboardRow,
    XpPeriodLeaderboardRow,
    XpPeriodTotal,
)
from xp.models.streaks import StreakDay, StreakFreeze, StreakMilestone, UserStreak

__all__ = [
    "APPROVER",
    "MULTIPLIER_MAX_BPS",
    "EventParticipation",
    "LevelDgtReward",
    "LevelDgtRewardLog",
    "Period",
    "SpecialEvent",
    "StreakDay",
    "StreakFreeze",
    "StreakMilestone",
    "Tier",
    "TipFlow",
    "TotalsQuerySet",
    "UserStreak",
    "UserXp",
    "UserXpSummary",
    "XpAction",
    "XpBoardBucket",
    "XpBoost",
    "XpCurveChange",
    "XpLeaderboardRow",
    "XpLevel",
    "XpLog",
    "XpPeriodLeaderboardRow",
    "XpPeriodTotal",
    "XpPolicy",
    "XpRefusal",
    "XpWithholding",
]
