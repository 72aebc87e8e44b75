"""What a path multiplies, and how its own levels follow its XP: pure arithmetic over a rule set."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

ONE = 10_000
"""A multiplier of 1 in basis points."""
LEAST_BPS, MOST_BPS = 5_000, 30_000
"""A path multiplies an action by a half at least and by three at most."""
RESERVED = frozenset({"user", "me", "primary", "summary", "leaderboard"})
"""Words of the API's addresses, which no path may be called."""


@dataclass(frozen=True)
class PathLevel:
    """One row of a path's curve."""

    level: int
    xp_required: int
    title: str


@dataclass(frozen=True)
class PathRules:
    """What a rule set says of one path."""

    id: str
    name: str
    is_active: bool
    multipliers: Mapping[str, int]
    levels: tuple[PathLevel, ...]

    def multiplier_of(self, action: str) -> int:
        """Basis points for an action: 1 for one that the path does not name, and for all of an inactive path."""
        return self.multipliers.get(action, ONE) if self.is_active else ONE

    def level_at(self, xp: int) -> PathLevel:
        """The level that much path XP reaches; a negative sum counts as 0. The same as SQL's calculate_path_level()."""
        return self.levels[bisect_right(self.levels, max(xp, 0), key=lambda row: row.xp_required) - 1]

    def next_after(self, level: int) -> PathLevel | None:
        """The level after that one; None after the last."""
        return next((row for row in self.levels if row.level == level + 1), None)


def paths(rules: Mapping[str, Any]) -> dict[str, PathRules]:
    """All paths of a rule set by id. Rule sets from before there were paths have none."""
    return {number: _path(number, path) for number, path in _stored(rules).items()}


def path_named(rules: Mapping[str, Any], number: str) -> PathRules | None:
    """One path of a rule set; None where the rule set does not know it."""
    path = _stored(rules).get(number)
    return _path(number, path) if path else None


def _stored(rules: Mapping[str, Any]) -> Mapping[str, Any]:
    stored: Mapping[str, Any] = rules.get("paths", {}).get("paths", {})
    return stored


def _path(number: str, path: Mapping[str, Any]) -> PathRules:
    return PathRules(
        id=number,
        name=path["name"],
        is_active=path["is_active"],
        multipliers=path["multipliers"],
        levels=tuple(PathLevel(*row) for row in path["levels"]),
    )


def multiplier(rules: Mapping[str, Any], path: str | None, action: str) -> int:
    """Basis points that a member of this primary path (None: without one) earns an action by.

    The same as SQL's get_path_xp_multiplier() of such a member, while these rules are in force.
    """
    known = path_named(rules, path) if path else None
    return known.multiplier_of(action) if known else ONE


def switch_allowed_at(last_chosen_at: datetime, cooldown_hours: int) -> datetime:
    """When a member who chose their primary path then may choose another without a token."""
    return last_chosen_at + timedelta(hours=cooldown_hours)
