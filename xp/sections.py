"""XP's section of the rulebook: actions, levels, rewards, policy as plain values, and what must hold of them."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from itertools import pairwise
from typing import Any

from degentalk.rulebook.errors import RuleError
from degentalk.rulebook.registry import Rules
from xp.models import MULTIPLIER_MAX_BPS, LevelDgtReward, SpecialEvent, StreakMilestone, XpAction, XpLevel, XpPolicy
from xp.rules import ONE


def read() -> dict[str, Any]:
    """The tunables as the tables say now."""
    return {
        "actions": {
            action.name: {
                "label": action.label,
                "base": action.default_value,
                "cooldown_seconds": action.cooldown_seconds,
                "is_enabled": action.is_enabled,
                "daily_cap_xp": action.daily_cap_xp,
                "weekly_cap_xp": action.weekly_cap_xp,
                "pair_daily_cap_xp": action.pair_daily_cap_xp,
                "min_account_age_hours": action.min_account_age_hours,
                "needs_verified_email": action.needs_verified_email,
                "is_self_triggered": action.is_self_triggered,
                "amount_step": action.amount_step,
                "half_after": action.half_after,
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
        "milestones": {str(milestone.days): milestone.xp for milestone in StreakMilestone.objects.filter(xp__gt=0)},
        "events": {str(event.pk): _event(event) for event in SpecialEvent.objects.all()},
        "rewards": {str(reward.level_id): reward.dgt_reward for reward in LevelDgtReward.objects.all()},
        "policy": {"approval_above_xp": XpPolicy.objects.current().approval_above_xp},
    }


def _event(event: SpecialEvent) -> dict[str, Any]:
    return {
        "name": event.name,
        "slug": event.slug,
        "starts_at": event.starts_at.astimezone(UTC).isoformat(),
        "ends_at": event.ends_at.astimezone(UTC).isoformat(),
        "multiplier_bps": event.multiplier_bps,
        "participation_xp": event.participation_xp,
        "is_cancelled": event.is_cancelled,
    }


def validate(draft: Rules) -> None:
    """Refuse what the rules cannot mean: a crooked curve, an endless source of XP, an event without a window."""
    validate_curve(draft["xp"]["levels"])
    for name, action in draft["xp"]["actions"].items():
        validate_action(name, action)
    for event in draft["xp"]["events"].values():
        if event["ends_at"] <= event["starts_at"]:
            raise RuleError(f"“{event['name']}” must end after it starts.")
        if not ONE <= event["multiplier_bps"] <= MULTIPLIER_MAX_BPS:
            raise RuleError(f"“{event['name']}” can multiply by 1 to {MULTIPLIER_MAX_BPS // ONE}.")
    if draft["xp"]["policy"]["approval_above_xp"] < 0:
        raise RuleError("The limit of what one member of staff adjusts alone is 0 XP at least.")


def validate_action(name: str, action: Mapping[str, Any]) -> None:
    """What must hold of one action."""
    if action["is_self_triggered"] and not (action["daily_cap_xp"] and action["weekly_cap_xp"]):
        raise RuleError(f"“{name}” may be triggered by members, so it needs a daily and a weekly cap.")
    if action["half_after"] is not None and not action["amount_step"]:
        raise RuleError(f"“{name}” counts half after an amount, so it must say how many DGT earn its base.")


def validate_curve(levels: Sequence[Sequence[Any]]) -> None:
    """What must hold of all levels: rows that begin with number and XP required, ascending."""
    if not levels or list(levels[0][:2]) != [1, 0]:
        raise RuleError("The curve starts at level 1 with 0 XP.")
    for below, level in pairwise(levels):
        if level[0] != below[0] + 1:
            raise RuleError(f"Level {below[0] + 1} is missing.")
        if level[1] <= below[1]:
            raise RuleError(f"Level {level[0]} must need more XP than level {below[0]}.")
