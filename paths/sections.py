"""The section of the rulebook about paths: what each multiplies, its curve, and the cooldown."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from degentalk.rulebook.errors import RuleError
from degentalk.rulebook.registry import Rules
from paths import rules
from paths.models import PathPolicy, XpPath

XP_MAX = 10**15


def read() -> dict[str, Any]:
    """The paths and their policy as the tables say now."""
    return {
        "paths": {
            path.id: {
                "name": path.name,
                "is_active": path.is_active,
                "multipliers": path.xp_multipliers,
                "levels": [[row.level, row.xp_required, row.title] for row in path.levels.all()],
            }
            for path in XpPath.objects.prefetch_related("levels")
        },
        "policy": {"switch_cooldown_hours": PathPolicy.objects.current().switch_cooldown_hours},
    }


def validate(draft: Rules) -> None:
    """Refuse what a path cannot mean: actions that do not exist, multipliers out of range, a crooked curve."""
    actions = draft["xp"]["actions"]
    for path in draft["paths"]["paths"].values():
        validate_multipliers(path["name"], path["multipliers"], actions)
        validate_levels(path["name"], path["levels"])


def validate_multipliers(name: str, multipliers: object, actions: Mapping[str, Any]) -> None:
    """Basis points by the name of an action that exists. Raises RuleError that names the key."""
    if not isinstance(multipliers, Mapping):
        raise RuleError(f"The multipliers of “{name}” are an object of actions and basis points.")
    for action, bps in multipliers.items():
        if action not in actions:
            raise RuleError(
                f"“{name}” multiplies “{action}”, but there is no such action. Known: {', '.join(sorted(actions))}."
            )
        if type(bps) is not int or not rules.LEAST_BPS <= bps <= rules.MOST_BPS:
            raise RuleError(
                f"“{name}” multiplies “{action}” by {bps!r}: whole basis points from {rules.LEAST_BPS:,} to"
                f" {rules.MOST_BPS:,} are possible, where 10,000 is once."
            )


def validate_levels(name: str, levels: Sequence[Sequence[Any]]) -> None:
    """Level 1 at 0 XP, then each with more, without a gap, and each with a title."""
    if not levels or list(levels[0][:2]) != [1, 0]:
        raise RuleError(f"The levels of “{name}” start with level 1 at 0 XP.")
    for below, level in pairwise(levels):
        if level[0] != below[0] + 1:
            raise RuleError(f"“{name}” has no level {below[0] + 1}.")
        if not below[1] < level[1] <= XP_MAX:
            raise RuleError(f"Level {level[0]} of “{name}” must need more XP than level {below[0]}.")
    for level in levels:
        if not str(level[2]).strip():
            raise RuleError(f"Level {level[0]} of “{name}” has no title.")
