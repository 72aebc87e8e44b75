"""XP's section of the rulebook: actions, levels and level rewards as plain values, and what must hold of them."""

from itertools import pairwise
from typing import Any

from degentalk.rulebook.errors import RuleError
from degentalk.rulebook.registry import Rules
from xp.models import LevelDgtReward, XpAction, XpLevel


def read() -> dict[str, Any]:
    """The tunables as the tables say now."""
    return {
        "actions": {
            action.name: {
                "label": action.label,
                "base": action.default_value,
                "cooldown_seconds": action.cooldown_seconds,
                "is_enabled": action.is_enabled,
            }
            for action in XpAction.objects.all()
        },
        "levels": [
            [
                level.level,
                level.xp_required,
                level.rank_name,
                level.tier,
                level.color_code,
            ]
            for level in XpLevel.objects.all()
        ],
        "rewards": {str(reward.level_id): reward.dgt_reward for reward in LevelDgtReward.objects.all()},
    }


def validate(draft: Rules) -> None:
    """Refuse a curve that does not start at level 1 with 0 XP or does not strictly increase."""
    levels = draft["xp"]["levels"]
    if not levels or levels[0][:2] != [1, 0]:
        raise RuleError("The curve starts at level 1 with 0 XP.")
    for below, level in pairwise(levels):
        if level[0] != below[0] + 1:
            raise RuleError(f"Level {below[0] + 1} is missing.")
        if level[1] <= below[1]:
            raise RuleError(f"Level {level[0]} must need more XP than level {below[0]}.")
